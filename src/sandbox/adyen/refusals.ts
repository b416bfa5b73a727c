export interface AdyenRefusal {
  readonly reason: string;
  readonly resultCode: 'Refused' | 'Error' | 'Cancelled';
  /** The name on the card that brings it about in Adyen's test environment. */
  readonly holderName: string;
}

const refused = (reason: string, holderName: string): AdyenRefusal => ({ reason, resultCode: 'Refused', holderName });

/** By `refusalReasonCode`: every refusal that this simulator can send. */
export const adyenRefusals = {
  '2': refused('Refused', 'DECLINED'),
  '3': refused('Referral', 'REFERRAL'),
  '4': { reason: 'Acquirer Error', resultCode: 'Error', holderName: 'ERROR' },
  '5': refused('Blocked Card', 'BLOCK_CARD'),
  '6': refused('Expired Card', 'CARD_EXPIRED'),
  '7': refused('Invalid Amount', 'INVALID_AMOUNT'),
  '8': refused('Invalid Card Number', 'INVALID_CARD_NUMBER'),
  '9': refused('Issuer Unavailable', 'ISSUER_UNAVAILABLE'),
  '10': refused('Not supported', 'NOT_SUPPORTED'),
  '11': refused('3D Not Authenticated', 'NOT_3D_AUTHENTICATED'),
  '12': refused('Not enough balance', 'NOT_ENOUGH_BALANCE'),
  '14': refused('Acquirer Fraud', 'ACQUIRER_FRAUD'),
  '15': { reason: 'Cancelled', resultCode: 'Cancelled', holderName: 'CANCELLED' },
  '16': { reason: 'Shopper Cancelled', resultCode: 'Cancelled', holderName: 'SHOPPER_CANCELLED' },
  '17': refused('Invalid Pin', 'INVALID_PIN'),
  '18': refused('Pin tries exceeded', 'PIN_TRIES_EXCEEDED'),
  '20': refused('FRAUD', 'FRAUD'),
  '21': refused('Not Submitted', 'NOT_SUBMITTED'),
  '22': { reason: 'FRAUD-CANCELLED', resultCode: 'Cancelled', holderName: 'FRAUD_CANCELLED' },
  '23': refused('Transaction Not Permitted', 'TRANSACTION_NOT_PERMITTED'),
  '24': refused('CVC Declined', 'CVC_DECLINED'),
  '25': refused('Restricted Card', 'RESTRICTED_CARD'),
  '26': refused('Revocation Of Auth', 'REVOCATION_OF_AUTH'),
  '27': refused('Declined Non Generic', 'DECLINED_NON_GENERIC'),
  '28': refused('Withdrawal amount exceeded', 'WITHDRAWAL_AMOUNT_EXCEEDED'),
  '29': refused('Withdrawal count exceeded', 'WITHDRAWAL_COUNT_EXCEEDED'),
  '31': refused('Issuer Suspected Fraud', 'ISSUER_SUSPECTED_FRAUD'),
  '32': refused('AVS Declined', 'AVS_DECLINED'),
  '38': refused('Authentication required', 'AUTHENTICATION_REQUIRED'),
  '39': refused('RReq not received from DS', 'RREQ_NOT_RECEIVED'),
  '42': refused('3DS Authentication Error', 'THREED_SECURE_ERROR'),
  '46': refused('Transaction blocked by Adyen to prevent excessive retry fees', 'ERPS_BLOCK'),
} as const satisfies Readonly<Record<string, AdyenRefusal>>;
export type AdyenRefusalCode = keyof typeof adyenRefusals;

export const isRefusalCode = (code: string): code is AdyenRefusalCode => Object.hasOwn(adyenRefusals, code);
const codes = Object.keys(adyenRefusals) as AdyenRefusalCode[];
export const codeOfHolder = (name: string): AdyenRefusalCode | undefined => codes.find((code) => adyenRefusals[code].holderName === name);

/** What chance declines with where the success rate says so. */
export const chanceCodes = ['2', '12', '27'] as const satisfies readonly AdyenRefusalCode[];
