import type { Connector } from '../payment-provider.js';
import { PaypalProvider } from './paypal.provider.js';

export const paypal: Connector = {
  name: 'paypal',
  title: 'PayPal',
  credentials: ['clientId', 'clientSecret', 'webhookId'],
  liveUrl: 'https://api-m.paypal.com',
  connect: (options) => new PaypalProvider(options),
};
