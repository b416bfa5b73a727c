import type { Connector } from '../payment-provider.js';
import { StripeProvider } from './stripe.provider.js';

export const stripe: Connector = {
  name: 'stripe',
  title: 'Stripe',
  credentials: ['secretKey', 'webhookSecret'],
  liveUrl: 'https://api.stripe.com',
  connect: (options) => new StripeProvider(options),
};
