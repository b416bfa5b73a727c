import type { Connector } from '../payment-provider.js';
import { adyenCredentials, AdyenProvider } from './adyen.provider.js';

export const adyen: Connector = {
  name: 'adyen',
  title: 'Adyen',
  credentials: adyenCredentials,
  liveUrl: null,
  connect: (options) => new AdyenProvider(options),
};
