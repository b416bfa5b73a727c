import { bookEntry } from '../engine/books.js';
import type { Engine } from '../engine/engine.js';
import type { Simulator } from '../engine/simulator.js';
import { intentReads, intentSteps } from './intent-operations.js';
import type { Intent } from './intent.js';
import { Intents } from './intents.js';
import { refundOperations } from './refund-operations.js';
import { Refunds } from './refunds.js';
import { StripeEvents } from './stripe-events.js';
import { stripeManners } from './stripe-manners.js';

export function stripeSimulator(engine: Engine): Simulator {
  const events = new StripeEvents(engine);
  const intents = new Intents(engine, events);
  const refunds = new Refunds(engine, intents, events);
  return {
    // The official client cannot send a path before its own.
    prefixes: ['', '/stripe'],
    operations: [...intentReads(engine, intents), ...intentSteps(engine, intents), ...refundOperations(intents, refunds)],
    manners: stripeManners,
    settle: (effect) => refunds.settle(effect),
    decide: (id, decision) => {
      const intent = intents.lookUp(id);
      const decided = intent && intents.decide(intent, decision);
      return decided ? { returnUrl: decided.returnUrl && returnUrlOf(decided.returnUrl, decided) } : null;
    },
    dress: (event, secret) => events.dress(event, secret),
    books: () => intents.all().map(booked),
  };
}

const booked = ({ id, reference, currency, status, movements }: Intent) =>
  bookEntry({ provider: 'stripe', providerId: id, reference, currency: currency.toUpperCase(), status, movements });

function returnUrlOf(given: string, { id, lastError }: Intent): string {
  const url = new URL(given);
  url.searchParams.set('payment_intent', id);
  url.searchParams.set('payment_intent_client_secret', `${id}_secret_sandbox`);
  url.searchParams.set('redirect_status', lastError === null ? 'succeeded' : 'failed');
  return url.href;
}
