import { adyen } from './adyen/adyen.connector.js';
import type { Connector } from './payment-provider.js';
import { paypal } from './paypal/paypal.connector.js';
import { stripe } from './stripe/stripe.connector.js';

/** Every kind of provider that the product can talk to. */
export const connectors: readonly Connector[] = [stripe, paypal, adyen];

export const connectorNames: readonly string[] = connectors.map(({ name }) => name);

export const connectorOf = (name: string): Connector => {
  const found = connectors.find((connector) => connector.name === name);
  if (!found) throw new Error(`There is no connector ${name}`);
  return found;
};
