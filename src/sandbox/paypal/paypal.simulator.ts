import { bookEntry } from '../engine/books.js';
import type { Engine } from '../engine/engine.js';
import type { Simulator } from '../engine/simulator.js';
import { accountOperations } from './account-operations.js';
import type { Order } from './order.js';
import { orderOperations } from './order-operations.js';
import { Orders } from './orders.js';
import { paymentOperations } from './payment-operations.js';
import { Payments } from './payments.js';
import { PaypalEvents } from './paypal-events.js';
import { AccessTokens, paypalManners } from './paypal-manners.js';
import { SigningIdentity } from './signing-identity.js';

export function paypalSimulator(engine: Engine): Simulator {
  const identity = new SigningIdentity(engine.options.directory, engine.now());
  const events = new PaypalEvents(engine, identity);
  const orders = new Orders(engine, events);
  const payments = new Payments(engine, orders, events);
  const tokens = new AccessTokens(engine.options.seed, engine.now);
  return {
    prefixes: ['/paypal'],
    operations: [
      ...accountOperations(engine, tokens, identity),
      ...orderOperations(engine, orders),
      ...paymentOperations(engine, orders, payments),
    ],
    manners: paypalManners(tokens),
    documents: [{ path: `/certs/${identity.certificateId}`, type: 'application/x-pem-file', text: identity.certificatePem }],
    settle: (effect) => payments.settle(effect),
    decide: (id, decision) => {
      const order = orders.lookUp(id);
      const decided = order && orders.decide(order, decision);
      return decided ? { returnUrl: decided.source?.returnUrl ? returnUrlOf(decided.source.returnUrl, id) : null } : null;
    },
    dress: (event, secret) => events.dress(event, secret),
    books: () => orders.all().map(booked),
  };
}

const booked = ({ id, reference, amount: { currency }, status, movements }: Order) =>
  bookEntry({ provider: 'paypal', providerId: id, reference, currency, status, movements });

function returnUrlOf(given: string, id: string): string {
  const url = new URL(given);
  url.searchParams.set('token', id);
  return url.href;
}
