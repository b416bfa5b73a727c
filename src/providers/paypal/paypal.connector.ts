import type { Connector } from '../payment-provider.js';
import { paypalCredentials, PaypalProvider } from './paypal.provider.js';

export const paypal: Connector = {
  name: 'paypal',
  title: 'PayPal',
  credentials: paypalCredentials,
  liveUrl: 'https://api-m.paypal.com',
  connect: (options) => new PaypalProvider(options),
};
