import { adyen } from '../../../src/providers/adyen/adyen.connector.js';
import { paypal } from '../../../src/providers/paypal/paypal.connector.js';
import { stripe } from '../../../src/providers/stripe/stripe.connector.js';
import { adyenRefusals } from '../../../src/sandbox/adyen/refusals.js';
import { paypalProcessorCodes } from '../../../src/sandbox/paypal/declines.js';
import { stripeDeclines } from '../../../src/sandbox/stripe/declines.js';
import { adyenForgeries, paypalForgeries, stripeForgeries } from './forgeries.js';
import type { SandboxAccount } from './sandbox-bench.js';

const card = (token: string) => ({ type: 'card', token });

const stripeSecret = 'whsec_sandbox0123456789abcdef';
const stripeAccount: SandboxAccount = {
  connector: stripe,
  foreignCurrency: 'IQD',
  credentials: { secretKey: 'sk_test_sandbox0123456789abcdef', webhookSecret: stripeSecret },
  wrongCredentials: { secretKey: 'sk_live_somebody0123456789abcd', webhookSecret: stripeSecret },
  approved: card('pm_card_visa'),
  declined: [
    { method: card('pm_card_chargeDeclined'), category: 'do_not_honour' },
    { method: card('pm_card_chargeDeclinedInsufficientFunds'), category: 'insufficient_funds' },
    { method: card('pm_card_chargeDeclinedLostCard'), category: 'lost_or_stolen' },
    { method: card('pm_card_chargeDeclinedExpiredCard'), category: 'expired_card' },
    { method: card('pm_card_chargeDeclinedIncorrectCvc'), category: 'incorrect_cvc' },
    { method: card('pm_card_radarBlock'), category: 'fraud' },
    { method: card('pm_card_chargeDeclinedProcessingError'), category: 'provider_unavailable' },
  ],
  webhookSecret: stripeSecret,
  forgeries: (genuine) => stripeForgeries(genuine, stripeSecret),
};

const paypalWebhookId = 'WH-SANDBOX-0123456789ABCDEF';
const paypalAccount: SandboxAccount = {
  connector: paypal,
  foreignCurrency: 'IQD',
  credentials: { clientId: 'sandbox-client-0123456789', clientSecret: 'sandbox-secret-0123456789', webhookId: paypalWebhookId },
  wrongCredentials: { clientId: 'somebody-client-0123456789', clientSecret: 'somebody-secret-0123456789', webhookId: paypalWebhookId },
  approved: card('tok_paypal_ok'),
  declined: [
    { method: card('tok_paypal_instrument_declined'), category: 'do_not_honour' },
    { method: card('tok_paypal_5120'), category: 'insufficient_funds' },
    { method: card('tok_paypal_5400'), category: 'expired_card' },
    { method: card('tok_paypal_9500'), category: 'fraud' },
    { method: card('tok_paypal_5110'), category: 'incorrect_cvc' },
    { method: card('CCREJECT-LS'), category: 'lost_or_stolen' },
  ],
  webhookSecret: paypalWebhookId,
  forgeries: (genuine, forger) => paypalForgeries(genuine, paypalWebhookId, forger),
};

const adyenKey = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
const adyenAccount: SandboxAccount = {
  connector: adyen,
  foreignCurrency: 'IRR',
  credentials: { apiKey: 'sandbox-api-key-0123456789', merchantAccount: 'SandboxShop', hmacKey: adyenKey },
  wrongCredentials: { apiKey: 'somebody-api-key-0123456789', merchantAccount: 'SandboxShop', hmacKey: adyenKey },
  approved: card('tok_adyen_ok'),
  declined: [
    { method: card('tok_adyen_refused'), category: 'do_not_honour' },
    { method: card('tok_adyen_insufficient'), category: 'insufficient_funds' },
    { method: card('tok_adyen_expired'), category: 'expired_card' },
    { method: card('tok_adyen_fraud'), category: 'fraud' },
    { method: card('tok_adyen_cvc'), category: 'incorrect_cvc' },
    { method: card('tok_adyen_9'), category: 'provider_unavailable' },
  ],
  webhookSecret: adyenKey,
  forgeries: adyenForgeries,
};

export const sandboxAccounts = { stripe: stripeAccount, paypal: paypalAccount, adyen: adyenAccount };

/** A method for every decline that the sandbox can send. */
export const declineTokens = {
  stripe: Object.keys(stripeDeclines).map((name) => `pm_sandbox_${name}`),
  paypal: Object.keys(paypalProcessorCodes).map((code) => `tok_paypal_${code}`),
  adyen: Object.keys(adyenRefusals).map((code) => `tok_adyen_${code}`),
};
