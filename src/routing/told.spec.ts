import fc from 'fast-check';
import { newId } from '../kernel/ids.js';
import type { PaymentRefund } from '../payments/payment-flow.js';
import { type PaymentState, states } from '../payments/payment-states.js';
import { applied, none } from '../providers/outcomes.js';
import type { ProviderResult } from '../providers/payment-provider.js';
import { account, at, books, declined, later, method, plain, standing } from '../../test/support/flow-payments.js';
import { newSeed } from '../../test/support/random.js';
import type { FlowPayment } from './flow-payment.js';
import { answered, begun, confirmed } from './lifecycle.js';
import { refundAnswered, refundBegun } from './refund-lifecycle.js';
import { told, ToldTooEarly } from './told.js';

const seed = newSeed();
afterAll(() => process.stdout.write(`told: seed ${seed}\n`));

const result = (operation: ProviderResult['operation'], isDone: boolean, amountMinor = 100): ProviderResult => {
  return { operation, isDone, amountMinor, currency: 'EUR', operationId: `psp_${operation}` };
};
type News = (payment: FlowPayment) => FlowPayment;
const hears = (operation: ProviderResult['operation'], isDone: boolean, amountMinor?: number): News => {
  return (payment) => told(payment, result(operation, isDone, amountMinor), 'psp', later);
};
const on = (capture: 'now' | 'later') =>
  confirmed(plain, { confirmation: { method, capture }, order: [account('one'), account('two')], route: {} }, { at });
const keyOf = ({ flow }: FlowPayment) => flow.operation?.key ?? '';
const short = ({ state, flow }: FlowPayment) =>
  [state, flow.operation?.phase ?? '-', ...flow.refunds.map((refund) => refund.state), flow.review?.reason ?? ''].join(' ').trim();

// prettier-ignore
const table: readonly (readonly [string, () => FlowPayment, News, string])[] = [
  ['an authorization, captured at once', () => on('now'), hears('authorize', true), 'captured -'],
  ['an authorization, to be captured later', () => on('later'), hears('authorize', true), 'authorized -'],
  ['an authorization of another amount', () => on('now'), hears('authorize', true, 99), 'unknown sent amount_mismatch'],
  ['a refusal of one in doubt', () => standing('unknown', 'authorize', 'in_doubt'), hears('authorize', false), 'declined -'],
  ['a refusal of one at the customer', () => standing('requires_action', 'authorize', 'accepted'), hears('authorize', false), 'declined -'],
  ['an authorization long after it', () => standing('captured'), hears('authorize', true), 'captured -'],
  ['a capture', () => standing('authorized', 'capture', 'accepted'), hears('capture', true, 60), 'captured -'],
  ['a capture before its answer', () => standing('authorized', 'capture'), hears('capture', true, 60), 'captured -'],
  ['a capture in doubt', () => standing('unknown', 'capture', 'in_doubt'), hears('capture', true, 60), 'captured -'],
  ['a capture of another amount', () => standing('authorized', 'capture', 'accepted'), hears('capture', true, 59), 'unknown accepted amount_mismatch'],
  ['a refused capture', () => standing('authorized', 'capture', 'accepted'), hears('capture', false, 60), 'authorized -'],
  ['a capture that has failed late', () => standing('captured'), hears('capture', false, 60), 'captured - capture_failed'],
  ['a refused capture of what was given up', () => standing('cancelled'), hears('capture', false, 60), 'cancelled -'],
  ['a cancellation', () => standing('authorized', 'void', 'accepted'), hears('void', true), 'cancelled -'],
  ['a refused cancellation', () => standing('authorized', 'void', 'accepted'), hears('void', false), 'authorized -'],
  ['a refused early cancellation', () => standing('requires_action', 'void', 'accepted', 'requires_action'), hears('void', false), 'cancelled -'],
  ['a cancellation by somebody else', () => standing('authorized'), hears('void', true), 'cancelled -'],
  ['a capture by somebody else', () => standing('authorized'), hears('capture', true, 40), 'captured -'],
];
it.each(table)('%s', (_, before, news, expected) => {
  const once = news(before());
  expect([short(once), short(news(once))]).toEqual([expected, expected]);
});

describe('of a refund', () => {
  const refund: PaymentRefund = { id: newId('ref'), amountMinor: 20, reason: '', state: 'sent', by: 'usr_a', at };
  const row = { providerId: 'psp_refund', reference: refund.id, amountMinor: 20, state: 'pending' } as const;
  const begin = () => refundBegun(standing('captured'), refund);
  const answer: News = (payment) =>
    refundAnswered(payment, { id: refund.id, outcome: applied(books('processing', { refunds: [row] })) }, later);

  it('waits for the answer that says which one it is, and is nothing where there is none', () => {
    expect(() => hears('refund', true, 20)(begin())).toThrow(ToldTooEarly);
    expect(short(hears('refund', true, 20)(standing('captured')))).toBe('captured -');
  });

  it('is done, and fails late', () => {
    const done = hears('refund', true, 20)(answer(begin()));
    const failed = hears('refund', false, 20)(done);
    expect([short(done), short(failed), short(hears('refund', true, 20)(failed))]).toEqual([
      'partially_refunded - succeeded',
      'captured - failed',
      'captured - failed',
    ]);
  });
});

it('a refusal waits for the answer, which says why, and whether another one may try', () => {
  const before = on('now');
  expect(() => hears('authorize', false)(before)).toThrow(ToldTooEarly);
});

/** Typed by hand, for news alone. */
const forward: Readonly<Partial<Record<PaymentState, readonly PaymentState[]>>> = {
  authorizing: ['authorized', 'captured', 'declined', 'requires_action', 'unknown', 'cancelled'],
  unknown: ['authorizing', 'authorized', 'captured', 'declined', 'cancelled'],
  requires_action: ['authorized', 'captured', 'declined', 'cancelled'],
  authorized: ['captured', 'cancelled', 'unknown'],
  captured: ['partially_refunded', 'refunded'],
  partially_refunded: ['captured', 'refunded'],
  refunded: ['captured', 'partially_refunded'],
};

describe('in any order and twice, the news of one story end in the same:', () => {
  const accepted = (payment: FlowPayment, key: string) => answered(payment, { key, outcome: applied(books('processing')) }, later);
  const authorized = () => {
    const before = on('later');
    return answered(before, { key: keyOf(before), outcome: applied(books('authorized')) }, later);
  };
  const refund: PaymentRefund = { id: newId('ref'), amountMinor: 100, reason: '', state: 'sent', by: 'usr_a', at };
  const row = { providerId: 'psp_refund', reference: refund.id, amountMinor: 100, state: 'pending' } as const;
  const paid = () => hears('authorize', true)(on('now'));

  interface Story {
    readonly begin: () => FlowPayment;
    readonly news: (begun: FlowPayment) => readonly News[];
    readonly end: string;
  }
  const stories: Readonly<Record<string, Story>> = {
    'paid at once': {
      begin: () => on('now'),
      news: (payment) => [
        (current) => answered(current, { key: keyOf(payment), outcome: applied(books('captured', { capturedMinor: 100 })) }, later),
        hears('authorize', true),
      ],
      end: 'captured -',
    },
    'refused, and taken by the next': {
      begin: () => on('now'),
      news: (payment) => [
        (current) => answered(current, { key: keyOf(payment), outcome: none(declined('do_not_honour')) }, later),
        // Of the first attempt: whoever brings it looks at what is under way now.
        (current) => (current.flow.tries.length === 1 ? hears('authorize', false)(current) : current),
      ],
      end: 'authorizing sent',
    },
    'captured later': {
      begin: () => begun(authorized(), 'capture', 60, { at }),
      news: (payment) => [(current) => accepted(current, keyOf(payment)), hears('authorize', true), hears('capture', true, 60)],
      end: 'captured -',
    },
    'captured, and taken back': {
      begin: () => begun(authorized(), 'capture', 60, { at }),
      news: (payment) => [(current) => accepted(current, keyOf(payment)), hears('capture', true, 60), hears('capture', false, 60)],
      end: 'captured - capture_failed',
    },
    'given up': {
      begin: () => begun(authorized(), 'void', 0, { at }),
      news: (payment) => [(current) => accepted(current, keyOf(payment)), hears('authorize', true), hears('void', true)],
      end: 'cancelled -',
    },
    'refunded, which fails': {
      begin: () => refundBegun(paid(), refund),
      news: () => [
        (current) => refundAnswered(current, { id: refund.id, outcome: applied(books('processing', { refunds: [row] })) }, later),
        hears('authorize', true),
        hears('refund', true),
        hears('refund', false),
      ],
      end: 'captured - failed',
    },
  };

  it.each(Object.entries(stories))('%s', (_, { begin, news, end }) => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (draws) => {
        let payment = begin();
        const all = news(payment);
        const pool = [...all, ...all];
        const seen: string[] = [];
        for (let turns = 0; pool.length > 0 && turns < 1_000; turns++) {
          const [next] = pool.splice((draws.next().value ?? 0) % pool.length, 1) as [News];
          try {
            const after = next(payment);
            if (after.state !== payment.state) seen.push(`${payment.state}>${after.state}`);
            payment = after;
          } catch (error) {
            if (!(error instanceof ToldTooEarly)) throw error;
            // It is brought again.
            pool.push(next);
          }
        }
        const unlisted = seen.filter((change) => {
          const [from, to] = change.split('>') as [PaymentState, PaymentState];
          return !(forward[from] ?? []).includes(to);
        });
        expect([short(payment), unlisted]).toEqual([end, []]);
      }),
      { seed, numRuns: 200 },
    );
  });

  it('no state is left out of what is listed, but the ends', () => {
    expect(states.filter((state) => !(state in forward))).toEqual(['created', 'declined', 'cancelled', 'expired']);
  });
});
