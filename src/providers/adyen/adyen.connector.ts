import type { Connector } from '../payment-provider.js';
import { AdyenProvider } from './adyen.provider.js';

export const adyen: Connector = {
  name: 'adyen',
  title: 'Adyen',
  credentials: ['apiKey', 'merchantAccount', 'hmacKey'],
  liveUrl: null,
  connect: (options) => new AdyenProvider(options),
};
