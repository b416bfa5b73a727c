/** What should not be, in a word that can be counted. */
export const findingKinds = [
  'captured_twice',
  'capture_lost',
  'capture_unbacked',
  'amount_differs',
  'hold_left',
  'hold_unbacked',
  'refund_lost',
  'refund_unbacked',
  'refunded_twice',
  'refunded_too_much',
  'payment_unknown',
  'stuck',
  'in_review',
  'dead_job',
  'step_backward',
  'steps_broken',
  'acknowledged_lost',
  'effect_lost',
  'effect_twice',
  'effect_of_refusal',
  'answers_differ',
] as const;
export type FindingKind = (typeof findingKinds)[number];
export interface Finding {
  readonly kind: FindingKind;
  /** The payment, or whatever it is about. */
  readonly about: string;
  readonly detail: string;
}
