import type { DeclineCategory } from '../decline.js';

/** `refusalReasonCode` (https://docs.adyen.com/development-resources/refusal-reasons). */
const refusals: Readonly<Record<string, DeclineCategory>> = {
  '2': 'do_not_honour', // Refused
  '3': 'do_not_honour', // Referral
  '4': 'provider_unavailable', // Acquirer Error
  '5': 'lost_or_stolen', // Blocked Card
  '6': 'expired_card', // Expired Card
  '7': 'refused', // Invalid Amount
  '8': 'invalid_card', // Invalid Card Number
  '9': 'provider_unavailable', // Issuer Unavailable
  '10': 'not_permitted', // Not supported
  '11': 'authentication_failed', // 3D Not Authenticated
  '12': 'insufficient_funds', // Not enough balance
  '14': 'fraud', // Acquirer Fraud
  '15': 'refused', // Cancelled
  '16': 'refused', // Shopper Cancelled
  '17': 'authentication_failed', // Invalid Pin
  '18': 'authentication_failed', // Pin tries exceeded
  '19': 'authentication_failed', // Pin validation not possible
  '20': 'fraud', // FRAUD
  '21': 'provider_unavailable', // Not Submitted
  '22': 'fraud', // FRAUD-CANCELLED
  '23': 'not_permitted', // Transaction Not Permitted
  '24': 'incorrect_cvc', // CVC Declined
  '25': 'not_permitted', // Restricted Card
  '26': 'not_permitted', // Revocation Of Auth
  '27': 'do_not_honour', // Declined Non Generic
  '28': 'limit_exceeded', // Withdrawal amount exceeded
  '29': 'limit_exceeded', // Withdrawal count exceeded
  '31': 'fraud', // Issuer Suspected Fraud
  '32': 'invalid_card', // AVS Declined
  '33': 'authentication_required', // Card requires online pin
  '34': 'not_permitted', // No checking account available on Card
  '35': 'not_permitted', // No savings account available on Card
  '36': 'authentication_required', // Mobile pin required
  '37': 'refused', // Contactless fallback
  '38': 'authentication_required', // Authentication required
  '39': 'authentication_failed', // RReq not received from DS
  '40': 'provider_unavailable', // Current AID is in Penalty Box
  '41': 'authentication_required', // CVM Required Restart Payment
  '42': 'authentication_failed', // 3DS Authentication Error
  '43': 'authentication_required', // Online PIN required
  '44': 'refused', // Try another interface
  '45': 'refused', // Chip downgrade mode
  '46': 'not_permitted', // Transaction blocked by Adyen to prevent excessive retry fees
  '50': 'not_permitted', // Token Revoked
};

/** `errorCode` of a request that is refused (https://docs.adyen.com/development-resources/error-codes); any other is `refused` too. */
const errors: Readonly<Record<string, DeclineCategory>> = {
  '010': 'misconfigured', // Not allowed
  '101': 'invalid_card', // Invalid card number
  '102': 'invalid_card', // Unable to determine variant
  '103': 'incorrect_cvc', // CVC is not the right length
  '104': 'invalid_card', // Billing address problem
  '105': 'authentication_failed', // Invalid PaRes from issuer
  '129': 'invalid_card', // Expiry date invalid
  '138': 'not_supported', // Unsupported currency
  '140': 'expired_card', // Expiry date in the past
  '153': 'incorrect_cvc', // CVC is not the right length
  '800': 'invalid_card', // Contract not found
  '803': 'invalid_card', // PaymentDetail not found
  '901': 'misconfigured', // Invalid Merchant Account
  '905': 'not_supported', // Payment details are not supported
  '905_1': 'not_supported', // Could not find an acquirer account for the currency
  '905_3': 'not_supported', // Could not find an acquirer account
  '907': 'not_supported', // Card type not supported
};

export const adyenDeclines: Readonly<Record<string, DeclineCategory>> = { ...refusals, ...errors };
