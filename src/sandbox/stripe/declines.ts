/** How a charge can fail: `code` of the error and, where the bank said more, its `decline_code`. */
export interface StripeDecline {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
}

const declined = (declineCode: string, message = 'Your card was declined.'): StripeDecline => ({
  code: 'card_declined',
  declineCode,
  message,
});

/** Every decline that this simulator can send, by the name that a test method gives it. */
export const stripeDeclines = {
  generic_decline: declined('generic_decline'),
  insufficient_funds: declined('insufficient_funds', 'Your card has insufficient funds.'),
  lost_card: declined('lost_card'),
  stolen_card: declined('stolen_card'),
  pickup_card: declined('pickup_card'),
  restricted_card: declined('restricted_card'),
  do_not_honor: declined('do_not_honor'),
  call_issuer: declined('call_issuer'),
  card_not_supported: declined('card_not_supported', 'Your card does not support this type of purchase.'),
  currency_not_supported: declined('currency_not_supported', 'Your card does not support this currency.'),
  card_velocity_exceeded: declined('card_velocity_exceeded', 'Your card was declined for making repeated attempts too frequently.'),
  withdrawal_count_limit_exceeded: declined('withdrawal_count_limit_exceeded'),
  fraudulent: declined('fraudulent'),
  merchant_blacklist: declined('merchant_blacklist'),
  invalid_account: declined('invalid_account'),
  new_account_information_available: declined('new_account_information_available'),
  no_action_taken: declined('no_action_taken'),
  not_permitted: declined('not_permitted'),
  transaction_not_allowed: declined('transaction_not_allowed'),
  service_not_allowed: declined('service_not_allowed'),
  revocation_of_authorization: declined('revocation_of_authorization'),
  stop_payment_order: declined('stop_payment_order'),
  issuer_not_available: declined('issuer_not_available'),
  try_again_later: declined('try_again_later'),
  reenter_transaction: declined('reenter_transaction'),
  testmode_decline: declined('testmode_decline'),
  authentication_required: {
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
  expired_card: { code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.' },
  incorrect_cvc: { code: 'incorrect_cvc', declineCode: 'incorrect_cvc', message: "Your card's security code is incorrect." },
  incorrect_number: { code: 'incorrect_number', declineCode: 'incorrect_number', message: 'Your card number is incorrect.' },
  processing_error: {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
  authentication_failure: {
    code: 'payment_intent_authentication_failure',
    declineCode: null,
    message: 'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
  },
} as const satisfies Readonly<Record<string, StripeDecline>>;
export type StripeDeclineName = keyof typeof stripeDeclines;

/** What chance declines with where the success rate says so: a bank that may say otherwise to another. */
export const chanceDeclines = ['do_not_honor', 'generic_decline', 'insufficient_funds'] as const satisfies readonly StripeDeclineName[];
