import type { Engine } from '../engine/engine.js';
import { type Answer, type Call, fieldsOf, type Operation, textOf } from '../engine/wire.js';
import { type Intent, referenceKey } from './intent.js';
import { declinedAnswer, type Intents } from './intents.js';
import { listView, readQuery } from './lists.js';
import {
  cancelParams,
  captureParams,
  confirmParams,
  createParams,
  listParams,
  readParams,
  retrieveParams,
  searchParams,
} from './params.js';
import { apiVersion } from './stripe-events.js';
import { intentView, type View } from './views.js';

const path = '/v1/payment_intents';

export const ok = (body: View): Answer => ({ status: 200, body, headers: { 'stripe-version': apiVersion } });

const idOf = ({ params }: Call): string => params.id ?? '';

/** What is read of intents. */
export function intentReads(engine: Engine, intents: Intents): readonly Operation[] {
  const viewOf = (intent: Intent) => intentView(intent, engine.baseUrl());
  return [
    {
      method: 'GET',
      path: `${path}/search`,
      name: 'read',
      run: ({ query }) => {
        const params = readParams(searchParams, query);
        const matches = readQuery(params.query);
        const seenUntil = engine.now().getTime() - engine.settings().searchLagMs;
        const found = intents.all().filter((intent) => intent.createdMs <= seenUntil && matches(intent));
        return ok({ ...listView(`${path}/search`, found, params, viewOf), object: 'search_result', next_page: null });
      },
    },
    {
      method: 'GET',
      path,
      name: 'read',
      run: ({ query }) => {
        const params = readParams(listParams, query);
        const { customer } = params;
        const listed = customer === undefined ? intents.all() : intents.all().filter((intent) => intent.customer === customer);
        return ok(listView(path, listed, params, viewOf));
      },
    },
    {
      method: 'GET',
      path: `${path}/:id`,
      name: 'read',
      referenceOf: (call) => intents.lookUp(idOf(call))?.reference,
      run: (call) => ok(intentView(intents.find(idOf(call)), engine.baseUrl(), readParams(retrieveParams, call.query).expand)),
    },
  ];
}

/** What is done with intents. */
export function intentSteps(engine: Engine, intents: Intents): readonly Operation[] {
  const answer = (intent: Intent, expand?: readonly string[]) => ok(intentView(intent, engine.baseUrl(), expand));
  /** A confirmation that was declined is an error that carries the intent. */
  const confirmed = (intent: Intent, expand?: readonly string[]) => declinedAnswer(intent, engine.baseUrl()) ?? answer(intent, expand);
  const step = (verb: string, name: Operation['name'], run: Operation['run']): Operation => ({
    method: 'POST',
    path: `${path}/:id/${verb}`,
    name,
    referenceOf: (call) => intents.lookUp(idOf(call))?.reference,
    run,
  });
  return [
    {
      method: 'POST',
      path,
      name: ({ body }) => (body.confirm === 'true' ? 'authorize' : 'create'),
      referenceOf: ({ body }) => textOf(fieldsOf(body.metadata)[referenceKey]),
      run: ({ body }, turn) => {
        const params = readParams(createParams, body);
        return confirmed(intents.create(params, turn), params.expand);
      },
    },
    step('confirm', 'authorize', (call, turn) => {
      const params = readParams(confirmParams, call.body);
      return confirmed(intents.confirm(intents.find(idOf(call)), params, turn), params.expand);
    }),
    step('capture', 'capture', (call, turn) => {
      const params = readParams(captureParams, call.body);
      return answer(intents.capture(intents.find(idOf(call)), params, turn), params.expand);
    }),
    step('cancel', 'void', (call, turn) => {
      const params = readParams(cancelParams, call.body);
      return answer(intents.cancel(intents.find(idOf(call)), params, turn), params.expand);
    }),
  ];
}
