/** Why a provider says no, in one vocabulary for all of them. What may follow is decided by the category alone. */
export const declineCategories = [
  /** The customer's bank refuses this time: not enough money, a limit. */
  'insufficient_funds',
  'limit_exceeded',
  /** The bank gives no reason. */
  'do_not_honour',
  /** The method is wrong, and stays so. */
  'expired_card',
  'invalid_card',
  'incorrect_cvc',
  'lost_or_stolen',
  'not_permitted',
  /** Somebody suspects fraud. */
  'fraud',
  /** The customer has to prove who they are, or could not. */
  'authentication_required',
  'authentication_failed',
  /** The provider itself: it cannot just now, is asked too often, is set up wrongly, or does not offer this. */
  'provider_unavailable',
  'rate_limited',
  'misconfigured',
  'not_supported',
  /** The request makes no sense there: more than was captured, a state that does not allow it. */
  'refused',
  /** A code that nobody has mapped. */
  'other',
] as const;
export type DeclineCategory = (typeof declineCategories)[number];

export interface Decline {
  readonly category: DeclineCategory;
  /** The provider's own. */
  readonly code: string;
  readonly message: string;
}
