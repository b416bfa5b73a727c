import { type Draw, drawsOf } from '../../routing/chance.js';
import { type ProviderName, providerNames } from '../../sandbox/engine/settings.js';

/** What the customer's method does at each provider. */
const methods = {
  approves: { stripe: 'pm_card_visa', paypal: 'tok_paypal_ok', adyen: 'tok_adyen_ok' },
  /** Another provider may be tried. */
  isRefused: { stripe: 'pm_card_chargeDeclined', paypal: 'tok_paypal_instrument_declined', adyen: 'tok_adyen_refused' },
  isEmpty: { stripe: 'pm_card_chargeDeclinedInsufficientFunds', paypal: 'tok_paypal_5120', adyen: 'tok_adyen_insufficient' },
  challenges: { stripe: 'pm_card_authenticationRequired', paypal: 'tok_paypal_3ds', adyen: 'tok_adyen_3ds' },
  /** Pending at first, and then good: the payment at Adyen, a refund at the others. */
  succeedsLate: { stripe: 'pm_card_pendingRefund', paypal: 'tok_paypal_refundpending', adyen: 'tok_adyen_pending' },
} as const satisfies Readonly<Record<string, Readonly<Record<ProviderName, string>>>>;
type Method = keyof typeof methods;

export type Followup = 'nothing' | 'capture' | 'capture_part' | 'cancel' | 'capture_or_cancel';
export type Refunding = 'nothing' | 'whole' | 'part' | 'parts' | 'rivals';

/** What one customer does. The same seed and number are the same customer. */
export interface Scenario {
  readonly provider: ProviderName;
  readonly method: Method;
  /** By account; the accounts are called as the providers. */
  readonly tokens: Readonly<Partial<Record<ProviderName, string>>>;
  readonly capture: 'now' | 'later';
  readonly amountMinor: number;
  readonly currency: string;
  /** On the page of the provider, where they are sent there. */
  readonly decision: 'approve' | 'decline' | 'cancel';
  readonly followup: Followup;
  readonly refunding: Refunding;
}

/** Of a hundred. */
type Weights<Choice extends string> = Readonly<Record<Choice, number>>;
const weights = {
  method: { approves: 62, isRefused: 8, isEmpty: 5, challenges: 10, succeedsLate: 15 } satisfies Weights<Method>,
  followup: { nothing: 10, capture: 40, capture_part: 20, cancel: 20, capture_or_cancel: 10 } satisfies Weights<Followup>,
  refunding: { nothing: 45, whole: 20, part: 15, parts: 10, rivals: 10 } satisfies Weights<Refunding>,
};

export function scenarioOf(seed: number, number: number): Scenario {
  const draw = drawsOf(`harness ${seed} ${number}`);
  const provider = pick(draw, providerNames);
  const method = weighed(draw, weights.method);
  return {
    provider,
    method,
    tokens: tokensOf(draw, provider, method),
    capture: draw() < 0.5 ? 'now' : 'later',
    amountMinor: 100 + Math.floor(draw() * 100_000),
    currency: pick(draw, ['EUR', 'USD', 'GBP']),
    decision: decisionOf(draw, provider),
    followup: weighed(draw, weights.followup),
    refunding: weighed(draw, weights.refunding),
  };
}

/** The same with every account, at each of which it is approved. */
export const anybody = (scenario: Scenario): Scenario => ({ ...scenario, tokens: methods.approves });

/** Mostly one account, so that it is known who is meant; else the others follow with methods that approve. */
function tokensOf(draw: Draw, provider: ProviderName, method: Method): Scenario['tokens'] {
  const own = { [provider]: methods[method][provider] };
  return draw() < 0.7 ? own : { ...methods.approves, ...own };
}

/** PayPal tells nobody of a customer who does not come back, and only Stripe lets one be given up who is still away. */
function decisionOf(draw: Draw, provider: ProviderName): Scenario['decision'] {
  const drawn = draw();
  if (provider === 'paypal' || drawn < 0.6) return 'approve';
  return provider === 'stripe' && drawn < 0.8 ? 'cancel' : 'decline';
}

function weighed<Choice extends string>(draw: Draw, of: Weights<Choice>): Choice {
  let left = draw() * 100;
  const entries = Object.entries(of) as [Choice, number][];
  return entries.find(([, weight]) => (left -= weight) < 0)?.[0] ?? (entries[0] as [Choice, number])[0];
}

const pick = <Item>(draw: Draw, items: readonly Item[]): Item => items[Math.floor(draw() * items.length)] as Item;
