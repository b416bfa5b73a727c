import { stripeDeclines, type StripeDeclineName } from './declines.js';

export interface TestMethod {
  readonly brand: string;
  readonly last4: string;
  readonly outcome: 'approve' | 'authenticate' | StripeDeclineName;
  /** What becomes of a refund to it. */
  readonly refund?: 'pending' | 'fail';
}

const visa = (last4: string, outcome: TestMethod['outcome'], refund?: TestMethod['refund']): TestMethod => ({
  brand: 'visa',
  last4,
  outcome,
  ...(refund && { refund }),
});

/** Stripe's own test methods; where Stripe writes `pm_card_visa_…` too, that is the same one. */
const published: Readonly<Record<string, TestMethod>> = {
  pm_card_visa: visa('4242', 'approve'),
  pm_card_mastercard: { brand: 'mastercard', last4: '4444', outcome: 'approve' },
  pm_card_amex: { brand: 'amex', last4: '0005', outcome: 'approve' },
  pm_card_chargeDeclined: visa('0002', 'generic_decline'),
  pm_card_chargeDeclinedInsufficientFunds: visa('9995', 'insufficient_funds'),
  pm_card_chargeDeclinedLostCard: visa('9987', 'lost_card'),
  pm_card_chargeDeclinedStolenCard: visa('9979', 'stolen_card'),
  pm_card_chargeDeclinedExpiredCard: visa('0069', 'expired_card'),
  pm_card_chargeDeclinedIncorrectCvc: visa('0127', 'incorrect_cvc'),
  pm_card_chargeDeclinedProcessingError: visa('0119', 'processing_error'),
  pm_card_chargeDeclinedVelocityLimitExceeded: visa('6975', 'card_velocity_exceeded'),
  pm_card_radarBlock: visa('0019', 'fraudulent'),
  pm_card_authenticationRequired: visa('3184', 'authenticate'),
  pm_card_threeDSecure2Required: visa('3220', 'authenticate'),
  pm_card_pendingRefund: visa('7726', 'approve', 'pending'),
  pm_card_refundFail: visa('5126', 'approve', 'fail'),
};

/** Ours: one for every decline that there is. */
const sandboxPrefix = 'pm_sandbox_';

export function testMethod(given: string): TestMethod | undefined {
  const name = given.replace(/^pm_card_visa_/, 'pm_card_');
  if (Object.hasOwn(published, name)) return published[name];
  const decline = given.startsWith(sandboxPrefix) ? given.slice(sandboxPrefix.length) : '';
  return Object.hasOwn(stripeDeclines, decline) ? visa('0002', decline as StripeDeclineName) : undefined;
}
