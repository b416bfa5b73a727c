import { bookEntry } from '../engine/books.js';
import type { Engine } from '../engine/engine.js';
import type { Simulator } from '../engine/simulator.js';
import { type Answer, type Call, fieldsOf, type Operation, textOf } from '../engine/wire.js';
import { type Intent, referenceKey } from './intent.js';
import { declinedAnswer, Intents } from './intents.js';
import { listView, readQuery } from './lists.js';
import {
  cancelParams,
  captureParams,
  confirmParams,
  createParams,
  listParams,
  readParams,
  refundListParams,
  refundParams,
  retrieveParams,
  searchParams,
} from './params.js';
import { Refunds } from './refunds.js';
import { apiVersion, StripeEvents } from './stripe-events.js';
import { stripeManners } from './stripe-manners.js';
import { intentView, refundView, type View } from './views.js';

const intentsPath = '/v1/payment_intents';
const refundsPath = '/v1/refunds';

export function stripeSimulator(engine: Engine): Simulator {
  const events = new StripeEvents(engine);
  const intents = new Intents(engine, events);
  const refunds = new Refunds(engine, intents, events);
  const ok = (body: View): Answer => ({ status: 200, body, headers: { 'stripe-version': apiVersion } });
  const viewOf = (intent: Intent, expand?: readonly string[]) => intentView(intent, engine.baseUrl(), expand);
  const intentOf = ({ params }: Call): Intent => intents.find(params.id ?? '');
  const referenceOf = ({ params }: Call) => intents.lookUp(params.id ?? '')?.reference;
  const refundedIntent = (id: string) => intents.find(refunds.find(id).intent);
  /** A confirmation that was declined is an error that carries the intent. */
  const confirmed = (intent: Intent, expand?: readonly string[]): Answer =>
    declinedAnswer(intent, engine.baseUrl()) ?? ok(viewOf(intent, expand));

  const operations: readonly Operation[] = [
    {
      method: 'POST',
      path: intentsPath,
      name: ({ body }) => (body.confirm === 'true' ? 'authorize' : 'create'),
      referenceOf: ({ body }) => textOf(fieldsOf(body.metadata)[referenceKey]),
      run: ({ body }, turn) => {
        const params = readParams(createParams, body);
        return confirmed(intents.create(params, turn), params.expand);
      },
    },
    {
      method: 'GET',
      path: `${intentsPath}/search`,
      name: 'read',
      run: ({ query }) => {
        const params = readParams(searchParams, query);
        const matches = readQuery(params.query);
        const seenUntil = engine.now().getTime() - engine.settings().searchLagMs;
        const found = intents.all().filter((intent) => intent.createdMs <= seenUntil && matches(intent));
        const list = listView(`${intentsPath}/search`, found, params, (intent) => viewOf(intent));
        return ok({ ...list, object: 'search_result', next_page: null });
      },
    },
    {
      method: 'GET',
      path: intentsPath,
      name: 'read',
      run: ({ query }) => {
        const params = readParams(listParams, query);
        const { customer } = params;
        const listed = customer === undefined ? intents.all() : intents.all().filter((intent) => intent.customer === customer);
        return ok(listView(intentsPath, listed, params, (intent) => viewOf(intent)));
      },
    },
    {
      method: 'GET',
      path: `${intentsPath}/:id`,
      name: 'read',
      referenceOf,
      run: (call) => ok(viewOf(intentOf(call), readParams(retrieveParams, call.query).expand)),
    },
    {
      method: 'POST',
      path: `${intentsPath}/:id/confirm`,
      name: 'authorize',
      referenceOf,
      run: (call, turn) => {
        const params = readParams(confirmParams, call.body);
        return confirmed(intents.confirm(intentOf(call), params, turn), params.expand);
      },
    },
    {
      method: 'POST',
      path: `${intentsPath}/:id/capture`,
      name: 'capture',
      referenceOf,
      run: (call, turn) => {
        const params = readParams(captureParams, call.body);
        return ok(viewOf(intents.capture(intentOf(call), params, turn), params.expand));
      },
    },
    {
      method: 'POST',
      path: `${intentsPath}/:id/cancel`,
      name: 'void',
      referenceOf,
      run: (call, turn) => {
        const params = readParams(cancelParams, call.body);
        return ok(viewOf(intents.cancel(intentOf(call), params, turn), params.expand));
      },
    },
    {
      method: 'POST',
      path: refundsPath,
      name: 'refund',
      referenceOf: ({ body }) => intents.lookUp(textOf(body.payment_intent) ?? '')?.reference,
      run: ({ body }, turn) => {
        const refund = refunds.create(readParams(refundParams, body), turn);
        return ok(refundView(refund, intents.find(refund.intent)));
      },
    },
    {
      method: 'GET',
      path: `${refundsPath}/:id`,
      name: 'read',
      run: ({ params: { id = '' } }) => ok(refundView(refunds.find(id), refundedIntent(id))),
    },
    {
      method: 'GET',
      path: refundsPath,
      name: 'read',
      run: ({ query }) => {
        const params = readParams(refundListParams, query);
        const { payment_intent: intent = null, charge = null } = params;
        const listed = refunds.all().filter((one) => (intent ?? one.intent) === one.intent && (charge ?? one.charge) === one.charge);
        return ok(listView(refundsPath, listed, params, (refund) => refundView(refund, intents.find(refund.intent))));
      },
    },
  ];

  return {
    // The official client cannot send a path before its own.
    prefixes: ['', '/stripe'],
    operations,
    manners: stripeManners,
    settle: (effect) => refunds.settle(effect),
    decide: (id, decision) => {
      const intent = intents.lookUp(id);
      const decided = intent && intents.decide(intent, decision);
      return decided ? { returnUrl: decided.returnUrl && returnUrlOf(decided.returnUrl, decided) } : null;
    },
    dress: (event, secret) => events.dress(event, secret),
    books: () =>
      intents
        .all()
        .map(({ id, reference, currency, status, movements }) =>
          bookEntry({ provider: 'stripe', providerId: id, reference, currency: currency.toUpperCase(), status, movements }),
        ),
  };
}

function returnUrlOf(given: string, { id, lastError }: Intent): string {
  const url = new URL(given);
  url.searchParams.set('payment_intent', id);
  url.searchParams.set('payment_intent_client_secret', `${id}_secret_sandbox`);
  url.searchParams.set('redirect_status', lastError === null ? 'succeeded' : 'failed');
  return url.href;
}
