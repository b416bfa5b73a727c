import { type BookEntry, bookEntry, type Movement } from '../../sandbox/engine/books.js';
import { type FindingKind, findingKinds } from './finding.js';
import { type Evidence, findingsOf } from './findings.js';
import type { AskedOnce } from './history.js';
import type { OwnPayment, Step } from './own-books.js';

const at = '2026-01-03T10:00:00.000Z';
const hex = (number: number) => String(number).padStart(24, '0');
const moved = (kind: Movement['kind'], amount: number, reference: string): Movement => {
  return { kind, id: `${kind}-${reference}`, amount, reference, key: null, at };
};
function booked(number: number, movements: readonly Movement[]): BookEntry {
  const reference = `pay_${hex(number)}-1`;
  return bookEntry({ provider: 'stripe', providerId: `pi_${number}`, reference, currency: 'eur', status: 'x', movements });
}

type Refund = OwnPayment['flow']['refunds'][number];
const refund = (id: string, amountMinor: number, state: Refund['state'], reason: string): Refund => {
  return { id: id as Refund['id'], amountMinor, state, reason, by: 'usr_1', at: new Date(at) };
};
function own(number: number, state: OwnPayment['state'], flow: Partial<OwnPayment['flow']> = {}): OwnPayment {
  const tries = [{ account: 'stripe', accountId: 'prv_1', provider: 'Stripe' }] as const;
  const nothing = { capture: 'now', authorizedMinor: 0, capturedMinor: 0, refunds: [], operation: null, review: null, tries } as const;
  return { id: `pay_${hex(number)}`, name: `pays-${number}`, state, amountMinor: 1000, currency: 'EUR', flow: { ...nothing, ...flow } };
}
const way = (number: number, ...states: readonly OwnPayment['state'][]): Step[] => {
  return states.map((to, index) => ({ paymentId: `pay_${hex(number)}`, from: states[index - 1] ?? null, to }));
};
const made = (number: number, state: OwnPayment['state'], capturedMinor = 0): AskedOnce => {
  return { kind: 'create', key: `pays-${number}`, told: [{ status: 201, id: `pay_${hex(number)}`, state, capturedMinor }] };
};
const held = (number: number) => moved('authorization', 1000, `pay_${hex(number)}-1`);
const taken = (number: number, amount = 1000) => moved('capture', amount, `pay_${hex(number)}-1`);

/** One payment each that was captured, refunded in part, authorized, given up and declined. */
function evidence(): Evidence {
  return {
    books: [
      booked(1, [held(1), taken(1)]),
      booked(2, [held(2), taken(2), moved('refund', 400, 'ref_2')]),
      booked(3, [held(3)]),
      booked(4, [held(4), moved('void', 1000, 'pay-4')]),
      booked(5, []),
    ],
    payments: [
      own(1, 'captured', { authorizedMinor: 1000, capturedMinor: 1000 }),
      own(2, 'partially_refunded', {
        authorizedMinor: 1000,
        capturedMinor: 1000,
        refunds: [refund('ref_2', 400, 'succeeded', 'pays-2-refund-0')],
      }),
      own(3, 'authorized', { capture: 'later', authorizedMinor: 1000 }),
      own(4, 'cancelled', { capture: 'later', authorizedMinor: 1000 }),
      own(5, 'declined'),
    ],
    steps: [
      ...way(1, 'authorizing', 'unknown', 'captured'),
      ...way(2, 'authorizing', 'captured', 'partially_refunded'),
      ...way(3, 'authorizing', 'authorized'),
      ...way(4, 'authorizing', 'authorized', 'cancelled'),
      ...way(5, 'authorizing', 'declined'),
    ],
    deadJobs: [],
    history: [
      made(1, 'unknown'),
      made(2, 'captured', 1000),
      made(3, 'authorized'),
      made(4, 'authorized'),
      made(5, 'declined'),
      {
        kind: 'refund',
        key: 'pays-2-refund-0',
        paymentId: `pay_${hex(2)}`,
        amountMinor: 400,
        told: [{ status: 201, id: 'ref_2', state: 'pending' }],
      },
      {
        kind: 'refund',
        key: 'pays-2-refund-1',
        paymentId: `pay_${hex(2)}`,
        amountMinor: 700,
        told: [{ status: 409, code: 'amount_exceeded' }],
      },
      {
        kind: 'cancel',
        key: 'pays-4-cancel',
        paymentId: `pay_${hex(4)}`,
        told: [{ status: 200, id: `pay_${hex(4)}`, state: 'cancelled' }],
      },
    ],
  };
}

type Change = (good: Evidence) => Evidence;
const withBook =
  (number: number, change: (entry: BookEntry) => BookEntry): Change =>
  (good) => ({ ...good, books: good.books.map((entry) => (entry.providerId === `pi_${number}` ? change(entry) : entry)) });
const withMovements = (number: number, ...movements: readonly Movement[]): Change => withBook(number, () => booked(number, movements));
const withPayment =
  (number: number, change: (payment: OwnPayment) => OwnPayment): Change =>
  (good) => ({ ...good, payments: good.payments.map((payment) => (payment.name === `pays-${number}` ? change(payment) : payment)) });
const withFlow = (number: number, flow: Partial<OwnPayment['flow']>): Change =>
  withPayment(number, (payment) => ({ ...payment, flow: { ...payment.flow, ...flow } }));
const withAsked =
  (key: string, change: (asked: AskedOnce) => AskedOnce): Change =>
  (good) => ({ ...good, history: good.history.map((asked) => (asked.key === key ? change(asked) : asked)) });
const operation = { kind: 'capture', key: 'k', amountMinor: 1000, phase: 'in_doubt', from: 'authorized', since: new Date(at) } as const;

const seeded: readonly (readonly [what: string, change: Change, kinds: readonly FindingKind[]])[] = [
  [
    'a second capture at another provider',
    (good) => ({
      ...good,
      books: [...good.books, { ...booked(1, [held(1), taken(1)]), provider: 'paypal', reference: `pay_${hex(1)}-2` }],
    }),
    ['captured_twice', 'amount_differs'],
  ],
  ['a second capture at the same one', withMovements(1, held(1), taken(1, 600), { ...taken(1, 400), id: 'another' }), ['captured_twice']],
  ['a capture that we do not know', withPayment(1, (payment) => ({ ...payment, state: 'declined' })), ['capture_lost', 'steps_broken']],
  ['a capture that only we know', withMovements(1), ['capture_unbacked']],
  ['a capture of another amount', withMovements(1, held(1), taken(1, 999)), ['amount_differs']],
  ['another currency', withBook(1, (entry) => ({ ...entry, currency: 'usd' })), ['amount_differs']],
  ['an authorization that nobody gives up', withMovements(5, held(5)), ['hold_left']],
  ['an authorization that is gone', withMovements(3), ['hold_unbacked']],
  ['a refund that is not ours', withMovements(2, held(2), taken(2), moved('refund', 400, 'ref_9')), ['refund_unbacked', 'refund_lost']],
  [
    'a refund given back twice',
    withMovements(2, held(2), taken(2), moved('refund', 400, 'ref_2'), moved('refund', 400, 'ref_2')),
    ['refunded_twice', 'amount_differs'],
  ],
  [
    'a refund too many',
    (good) => {
      const refunds = [refund('ref_2', 400, 'succeeded', 'pays-2-refund-0'), refund('ref_3', 700, 'succeeded', 'pays-2-refund-1')];
      const book = withMovements(2, held(2), taken(2), moved('refund', 400, 'ref_2'), moved('refund', 700, 'ref_3'));
      return withFlow(2, { refunds })(book(good));
    },
    ['refunded_too_much', 'effect_of_refusal'],
  ],
  ['a refund that never arrived', withMovements(2, held(2), taken(2)), ['refund_unbacked', 'amount_differs']],
  ['a payment that only the provider knows', (good) => ({ ...good, books: [...good.books, booked(9, [])] }), ['payment_unknown']],
  ['a payment that stays where it is', withFlow(1, { operation }), ['stuck']],
  ['a refund that stays where it is', withFlow(2, { refunds: [refund('ref_2', 400, 'pending', 'pays-2-refund-0')] }), ['stuck']],
  ['a payment that waits for a person', withFlow(1, { review: { reason: 'unresolved', at: new Date(at) } }), ['in_review']],
  ['a job that was given up', (good) => ({ ...good, deadJobs: [{ kind: 'providers.told', error: 'no' }] }), ['dead_job']],
  [
    'a step backward',
    (good) => ({
      ...good,
      steps: [...good.steps, ...way(3, 'authorized', 'authorizing').slice(1), ...way(3, 'authorizing', 'authorized').slice(1)],
    }),
    ['step_backward'],
  ],
  ['a step that is missing', (good) => ({ ...good, steps: good.steps.slice(1) }), ['steps_broken']],
  [
    'a payment that was acknowledged and is not there',
    (good) => ({ ...good, payments: good.payments.slice(0, 4), books: good.books.slice(0, 4) }),
    ['acknowledged_lost'],
  ],
  [
    'a refund that was acknowledged and is not there',
    (good) => withFlow(2, { refunds: [] })(withMovements(2, held(2), taken(2))(good)),
    ['acknowledged_lost'],
  ],
  [
    'an effect that was told and is not there',
    withAsked('pays-3', (asked) => ({ ...asked, told: [{ status: 201, id: `pay_${hex(3)}`, state: 'declined' }] })),
    ['effect_lost'],
  ],
  [
    'an amount that was told and is another',
    withAsked('pays-2', (asked) => ({ ...asked, told: [{ status: 201, id: `pay_${hex(2)}`, state: 'captured', capturedMinor: 900 }] })),
    ['effect_lost'],
  ],
  [
    'two payments of one key',
    (good) => ({
      ...good,
      payments: [...good.payments, { ...own(6, 'declined'), name: 'pays-5' }],
      steps: [...good.steps, ...way(6, 'authorizing', 'declined')],
    }),
    ['effect_twice'],
  ],
  [
    'two refunds of one key',
    (good) => {
      const refunds = [refund('ref_2', 400, 'succeeded', 'pays-2-refund-0'), refund('ref_3', 100, 'succeeded', 'pays-2-refund-0')];
      const book = withMovements(2, held(2), taken(2), moved('refund', 400, 'ref_2'), moved('refund', 100, 'ref_3'));
      return withFlow(2, { refunds })(book(good));
    },
    ['effect_twice'],
  ],
  [
    'two answers to one key',
    withAsked('pays-5', ({ told, ...asked }) => ({ ...asked, told: [...told, { status: 201, id: `pay_${hex(4)}`, state: 'declined' }] })),
    ['answers_differ'],
  ],
];

it('finds nothing where both sides agree', () => {
  expect(findingsOf(evidence())).toEqual([]);
});

it.each(seeded)('finds %s', (_, change, kinds) => {
  const found = findingsOf(change(evidence())).map(({ kind }) => kind);
  expect([...new Set(found)].sort()).toEqual([...kinds].sort());
});

it('was shown every kind of difference', () => {
  const shown = new Set(seeded.flatMap(([, , kinds]) => kinds));
  expect(findingKinds.filter((kind) => !shown.has(kind))).toEqual([]);
});
