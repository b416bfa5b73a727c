import { bookEntry } from '../engine/books.js';
import type { Engine } from '../engine/engine.js';
import type { Simulator } from '../engine/simulator.js';
import { type Answer, type Call, fieldsOf, type Manners, type Operation, Refused, textOf } from '../engine/wire.js';
import { AdyenEvents } from './adyen-events.js';
import { adyenError, invalid } from './errors.js';
import { Modifications } from './modifications.js';
import type { ModificationKind, Payment } from './payment.js';
import { Payments } from './payments.js';
import { adyenRefusals } from './refusals.js';

const paymentsPath = '/v71/payments';
const redirectPrefix = 'sandbox!';

export function adyenSimulator(engine: Engine): Simulator {
  const events = new AdyenEvents(engine);
  const payments = new Payments(engine, events);
  const modifications = new Modifications(engine, payments, events);
  const pspOf = ({ params }: Call) => params.psp ?? '';

  const modify = (path: string, kind: ModificationKind, name: Operation['name']): Operation => ({
    method: 'POST',
    path: `${paymentsPath}/:psp/${path}`,
    name,
    referenceOf: (call) => payments.lookUp(pspOf(call))?.reference,
    run: (call, turn) => {
      const { pspReference, amount, reference } = modifications.receive(pspOf(call), kind, call.body, turn);
      const given = { ...(amount && { amount }), ...(reference !== null && { reference }) };
      const body = {
        merchantAccount: call.body.merchantAccount,
        paymentPspReference: pspOf(call),
        pspReference,
        ...given,
        status: 'received',
      };
      return { status: 201, body };
    },
  });

  const operations: readonly Operation[] = [
    {
      method: 'POST',
      path: paymentsPath,
      name: 'authorize',
      referenceOf: ({ body }) => textOf(body.reference),
      run: ({ body }, turn) => ({ status: 200, body: paymentView(payments.create(body, turn), engine.baseUrl()) }),
    },
    {
      method: 'POST',
      path: `${paymentsPath}/details`,
      name: 'read',
      run: ({ body }) => {
        const result = textOf(fieldsOf(body.details).redirectResult) ?? '';
        const payment = payments.lookUp(result.startsWith(redirectPrefix) ? result.slice(redirectPrefix.length) : '');
        if (!payment) throw invalid('14_030', 'Return URL is missing.');
        return { status: 200, body: paymentView(payment, engine.baseUrl()) };
      },
    },
    modify('captures', 'capture', 'capture'),
    modify('cancels', 'cancel', 'void'),
    modify('refunds', 'refund', 'refund'),
    modify('reversals', 'reversal', 'void'),
  ];

  return {
    prefixes: ['/adyen'],
    operations,
    manners: adyenManners,
    settle: (effect) => modifications.settle(effect),
    decide: (id, decision) => {
      const payment = payments.lookUp(id);
      const decided = payment && payments.decide(payment, decision);
      return decided ? { returnUrl: decided.returnUrl && returnUrlOf(decided.returnUrl, id) } : null;
    },
    dress: (event, secret) => events.dress(event, secret),
    books: () => payments.all().map(booked),
  };
}

function booked({ pspReference, reference, amount: { currency }, status, movements, modifications: all }: Payment) {
  const modifications = all.map(({ pspReference: id, kind, state, reference, key }) => ({ id, kind, state, reference, key }));
  return bookEntry({ provider: 'adyen', providerId: pspReference, reference, currency, status, movements, modifications });
}

function paymentView({ pspReference, status, amount, reference, method, refusal }: Payment, baseUrl: string) {
  const url = `${baseUrl}/sandbox/actions/adyen/${pspReference}`;
  return {
    pspReference,
    resultCode: status,
    ...(refusal && { refusalReason: adyenRefusals[refusal].reason, refusalReasonCode: refusal }),
    ...(status === 'RedirectShopper' && { action: { type: 'redirect', method: 'GET', url, paymentMethodType: method.type } }),
    amount,
    merchantReference: reference,
    paymentMethod: { type: method.type, ...(method.type === 'scheme' && { brand: 'visa' }) },
  };
}

function returnUrlOf(given: string, id: string): string {
  const url = new URL(given);
  url.searchParams.set('redirectResult', redirectPrefix + id);
  return url.href;
}

const inProgress = adyenError(422, '704', 'request already processed or in progress', 'validation');

const adyenManners: Manners = {
  authenticate: ({ headers }) => {
    // Keys of the sandbox begin with this word.
    if (textOf(headers['x-api-key'])?.startsWith('sandbox') !== true) {
      throw new Refused(adyenError(401, '000', 'HTTP Status Response - Unauthorized', 'security'), false);
    }
  },
  keyHeader: 'idempotency-key',
  isKeyOfPath: false,
  replay: (answer: Answer) => answer,
  unreadable: adyenError(400, '702', 'Unable to parse the request', 'validation'),
  notFound: () => adyenError(404, '000', 'Not found', 'validation'),
  keyInUse: { ...inProgress, headers: { 'transient-error': 'true' } },
  keyReused: inProgress,
  rateLimited: adyenError(429, '000', 'Too many requests', 'security'),
  internal: adyenError(500, '000', 'Internal Server Error', 'internal'),
};
