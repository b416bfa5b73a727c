import type { Connector } from '../payment-provider.js';
import { stripeCredentials, StripeProvider } from './stripe.provider.js';

export const stripe: Connector = {
  name: 'stripe',
  title: 'Stripe',
  credentials: stripeCredentials,
  liveUrl: 'https://api.stripe.com',
  connect: (options) => new StripeProvider(options),
};
