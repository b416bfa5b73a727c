/** The processor's codes with which a card can be declined, and their names in PayPal's reference. */
export const paypalProcessorCodes = {
  '00N7': 'CVV2_FAILURE_POSSIBLE_RETRY_WITH_CVV',
  '0390': 'ACCOUNT_NOT_FOUND',
  '0500': 'DO_NOT_HONOR',
  '0580': 'UNAUTHORIZED_TRANSACTION',
  '10BR': 'ISSUER_REJECTED',
  '1310': 'INVALID_AMOUNT',
  '1330': 'INVALID_ACCOUNT',
  '1380': 'INVALID_EXPIRATION',
  '1393': 'TRANSACTION_CANNOT_BE_COMPLETED',
  '5100': 'GENERIC_DECLINE',
  '5110': 'CVV2_FAILURE',
  '5120': 'INSUFFICIENT_FUNDS',
  '5130': 'INVALID_PIN',
  '5140': 'CARD_CLOSED',
  '5150': 'PICKUP_CARD_SPECIAL_CONDITIONS',
  '5160': 'UNAUTHORIZED_USER',
  '5170': 'AVS_FAILURE',
  '5180': 'INVALID_OR_RESTRICTED_CARD',
  '5200': 'DUPLICATE_TRANSACTION',
  '5210': 'INVALID_TRANSACTION',
  '5400': 'EXPIRED_CARD',
  '5700': 'TRANSACTION_NOT_PERMITTED',
  '5710': 'TX_ATTEMPTS_EXCEED_LIMIT',
  '5930': 'CARD_NOT_ACTIVATED',
  '9100': 'DECLINED_PLEASE_RETRY',
  '9500': 'SUSPECTED_FRAUD',
  '9510': 'SECURITY_VIOLATION',
  '9520': 'LOST_OR_STOLEN',
  '9540': 'REFUSED_CARD',
} as const satisfies Readonly<Record<string, string>>;
export type PaypalProcessorCode = keyof typeof paypalProcessorCodes;

/** What chance declines with where the success rate says so. */
export const chanceCodes = ['0500', '5100', '5120'] as const satisfies readonly PaypalProcessorCode[];

/** PayPal's own triggers, given as the name on the card or as a token. */
export const rejectionTriggers: Readonly<Record<string, PaypalProcessorCode>> = {
  'CCREJECT-REFUSED': '0500',
  'CCREJECT-SF': '9500',
  'CCREJECT-EC': '5400',
  'CCREJECT-IRC': '5180',
  'CCREJECT-IF': '5120',
  'CCREJECT-LS': '9520',
  'CCREJECT-IA': '1330',
  'CCREJECT-BANK_ERROR': '5100',
  'CCREJECT-CVV_F': '00N7',
};
