import { ApiProperty } from '@nestjs/swagger';
import { publicId } from '../payments/payment-record.js';
import { AttemptView, PaymentView } from '../payments/payment.view.js';
import type { Candidate, Decision } from './decision.js';
import { failoverVersion } from './failover.js';
import type { FlowPayment } from './flow-payment.js';
import type { Simulation } from './route-previews.service.js';
import type { StoredStrategy } from './stored-strategy.js';
import type { Step, Strategy } from './strategy.js';

export class StrategyView {
  /** Counts the tenant's strategies; 0 where nobody has made one. @example 3 */
  version: number;
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [{ kind: 'fallback', providers: ['stripe-eu'] }],
  })
  steps: readonly Step[];
  /** @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  madeBy: string | null;
  /** @example "2026-01-03T10:00:00.000Z" */
  madeAt: string | null;

  static of(strategy: Strategy | StoredStrategy): StrategyView {
    const made = 'madeAt' in strategy ? strategy : null;
    return { version: strategy.version, steps: strategy.steps, madeBy: made?.madeBy ?? null, madeAt: made?.madeAt.toISOString() ?? null };
  }
}
export class CandidateView {
  /** @example "stripe-eu" */
  provider: string;
  /** The success rate drawn for this payment; null where the strategy does not go by it. */
  score: number | null;
  /** Null where it has no price in the currency. @example 44 */
  costMinor: number | null;
  /** How often it approves such payments. @example 0.7 */
  success: number;
  /** On how many payments that rests, each counting the less the older it is. @example 0 */
  evidence: number;
  /** @example "closed" */
  breaker: string;
  /** Why it is not tried: `disabled`, `no_token`, `currency`, `method`, `circuit_open` or `rule`. */
  leftOut: string | null;
  /** The rule that leaves it out, where one does. */
  rule: string | null;

  static of({ provider, score, costMinor, estimate, breaker, leftOut }: Candidate): CandidateView {
    const rule = leftOut?.because === 'rule' ? leftOut.rule : null;
    const known = { success: estimate.success, evidence: estimate.evidence };
    return { provider, score, costMinor, ...known, breaker, leftOut: leftOut?.because ?? null, rule };
  }
}
export class DecisionView {
  /** @example 3 */
  strategyVersion: number;
  /** Who is tried, one after the other. @example ["stripe-eu", "adyen"] */
  order: string[];
  /** @example "stripe-eu is tried first: rule \"Large ones in euros\" prefers it." */
  reason: string;
  /** Rules that held. @example ["Large ones in euros"] */
  rules: string[];
  candidates: CandidateView[];

  static of({ strategyVersion, order, reason, rules, candidates }: Decision): DecisionView {
    return {
      strategyVersion,
      order: [...order],
      reason,
      rules: [...rules],
      candidates: candidates.map((candidate) => CandidateView.of(candidate)),
    };
  }
}
/** How a payment was routed: what was decided, and what came of it. */
export class RoutingView {
  /** @example "pay_65f1a7c4b2e8f4a91c0d2211" */
  paymentId: string;
  /** By which version of the table of what may follow a decline. @example 1 */
  failoverVersion: number;
  decision: DecisionView;
  attempts: AttemptView[];
  /** Accounts that would be tried next. @example ["adyen"] */
  ahead: string[];

  static of({ flow, ...payment }: FlowPayment): RoutingView {
    const decision = DecisionView.of(flow.route as unknown as Decision);
    const { attempts } = PaymentView.of(payment);
    return { paymentId: publicId(payment), failoverVersion, decision, attempts, ahead: flow.ahead.map(({ account }) => account) };
  }
}
export class SimulatedProviderView {
  /** Null for nobody. @example "stripe-eu" */
  provider: string | null;
  /** Payments that go there by the present strategy. @example 12 */
  current: number;
  /** Payments that would. @example 30 */
  draft: number;
}
export class SimulationView {
  /** @example 42 */
  payments: number;
  /** Of them, those that would go somewhere else. @example 18 */
  changed: number;
  providers: SimulatedProviderView[];

  static of({ payments, changed, providers }: Simulation): SimulationView {
    return { payments, changed, providers: [...providers] };
  }
}
