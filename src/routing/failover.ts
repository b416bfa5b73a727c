import type { DeclineCategory } from '../providers/decline.js';
import type { Outcome } from '../providers/payment-provider.js';

/**
 * What may follow. `stop`: nothing, ever, with this method. `another`: the next provider may try. `same_later`: the method may do another
 * day, wherever; another provider now would ask the same bank. `customer`: first the customer has to do something. `wait`: it is not known
 * what happened, and until it is nothing else may be tried.
 */
export type FollowUp = 'stop' | 'another' | 'same_later' | 'customer' | 'wait';

/** Counts the changes of the table, so that a trace says by which one it went. */
export const failoverVersion = 1;

/**
 * After the rules of the card schemes: Visa's decline categories (1 never approved, 2 not now, 3 wrong data, 4 generic; at most 20 tries
 * in 30 days) and Mastercard's merchant advice codes, MAC (01 new data, 02 and 24 to 30 later, 03 and 21 never; at most 35 tries in 30
 * days). A try of a 1, an 03 or a 21 costs a fee each time, through whichever provider.
 */
export const failover: Readonly<Record<DeclineCategory | 'unknown', FollowUp>> = {
  // Visa category 2 (51), MAC 02 and 24 to 30: the account is empty for every acquirer.
  insufficient_funds: 'same_later',
  // Visa category 2 (61, 65), MAC 02: the limit is counted by the bank over all acquirers, and starts anew.
  limit_exceeded: 'same_later',
  // Visa category 4 (05): a generic refusal often depends on the acquirer and the message, and may be tried again.
  do_not_honour: 'another',
  // Visa category 3 (54), MAC 01: the bank wants the new date.
  expired_card: 'customer',
  // Visa category 1 (15, 46), MAC 03: there is no such account.
  invalid_card: 'stop',
  // Visa category 3 (N7, 82), MAC 01: only the customer can read the code again.
  incorrect_cvc: 'customer',
  // Visa category 1 (04, 41, 43), MAC 03.
  lost_or_stolen: 'stop',
  // Visa category 1 (57), MAC 03: this card never pays for this.
  not_permitted: 'stop',
  // Visa category 1 (07); Visa has mere suspicion (59) in category 2, but to shop around with it is what monitoring looks for.
  fraud: 'stop',
  // Visa category 3 (1A), Mastercard's 65 soft decline: a challenge has to be answered.
  authentication_required: 'customer',
  // As above; elsewhere without authentication would be at the merchant's own risk.
  authentication_failed: 'customer',
  // No scheme was asked.
  provider_unavailable: 'another',
  // No scheme was asked.
  rate_limited: 'another',
  // Our own mistake at this provider alone.
  misconfigured: 'another',
  // Only this provider's range.
  not_supported: 'another',
  // The request is wrong, and would be as wrong elsewhere.
  refused: 'stop',
  // May be a category 1 or an 03 that nobody has mapped: without advice the schemes' default is not to try again.
  other: 'stop',
  // No decline at all: it may have been charged, and a second try could charge twice.
  unknown: 'wait',
};

/** Of an operation that was not applied. */
export const followUpOf = (outcome: Exclude<Outcome, { outcome: 'applied' }>): FollowUp =>
  failover[outcome.outcome === 'unknown' ? 'unknown' : outcome.decline.category];
