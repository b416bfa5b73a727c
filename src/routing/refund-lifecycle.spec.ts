import fc from 'fast-check';
import { newId } from '../kernel/ids.js';
import { committedMinor, type PaymentRefund, refundedMinor, type RefundState } from '../payments/payment-flow.js';
import { applied, none, unknown } from '../providers/outcomes.js';
import type { Outcome, ProviderRefund } from '../providers/payment-provider.js';
import { at, books, declined, later, standing } from '../../test/support/flow-payments.js';
import { newSeed } from '../../test/support/random.js';
import type { FlowPayment } from './flow-payment.js';
import { known } from './lifecycle.js';
import { refundAnswered, refundBegun } from './refund-lifecycle.js';

const seed = newSeed();
afterAll(() => process.stdout.write(`refund lifecycle: seed ${seed}\n`));

const refundOf = (amountMinor: number, state: RefundState = 'sent'): PaymentRefund => {
  return { id: newId('ref'), amountMinor, reason: '', state, by: 'usr_a', at };
};
/** A payment of which 60 were captured. */
const captured = (...refunds: readonly PaymentRefund[]) => refunds.reduce(refundBegun, standing('captured'));
const listed = ({ id, amountMinor }: PaymentRefund, state: ProviderRefund['state'], amount = amountMinor): ProviderRefund => {
  return { providerId: `re_${id}`, reference: id, amountMinor: amount, state };
};
const taken = (...refunds: readonly ProviderRefund[]) => books('captured', { capturedMinor: 60, refunds });
const told = ({ state, flow }: FlowPayment) =>
  [state, ...flow.refunds.map((refund) => refund.state), ...(flow.review ? ['review'] : [])].join(' ');

describe('a refund only goes on', () => {
  // prettier-ignore
  const expected: Readonly<Record<RefundState, string>> = {
    // what the books say: pending    succeeded  failed
    sent:      '              pending    succeeded  failed',
    in_doubt:  '              pending    succeeded  failed',
    pending:   '              pending    succeeded  failed',
    succeeded: '              succeeded  succeeded  failed',
    failed:    '              failed     failed     failed',
  };
  const news = ['pending', 'succeeded', 'failed'] as const;
  const all = Object.entries(expected).flatMap(([state, line]) =>
    line
      .trim()
      .split(/\s+/)
      .map((after, index) => [state as RefundState, news[index] ?? 'pending', after] as const),
  );
  it.each(all)('%s, and the books say %s: %s', (state, says, after) => {
    const refund = refundOf(20, state);
    const [seen] = known(captured(refund), taken(listed(refund, says)), later).flow.refunds;
    expect(seen?.state).toBe(after);
  });
});

describe('after an answer', () => {
  const outcomes: Readonly<Record<string, (refund: PaymentRefund) => Outcome>> = {
    unknown: () => unknown('time-out'),
    none: () => none(declined('refused')),
    pending: (refund) => applied(taken(listed(refund, 'pending'))),
    succeeded: (refund) => applied(taken(listed(refund, 'succeeded'))),
    'not in the books': () => applied(taken()),
    'another amount': (refund) => applied(taken(listed(refund, 'succeeded', 19))),
  };
  // prettier-ignore
  const expected: Readonly<Record<RefundState, readonly string[]>> = {
    sent:     ['captured in_doubt', 'captured failed', 'partially_refunded pending', 'partially_refunded succeeded', 'captured in_doubt', 'captured in_doubt review'],
    in_doubt: ['captured in_doubt', 'captured failed', 'partially_refunded pending', 'partially_refunded succeeded', 'captured in_doubt', 'captured in_doubt review'],
    // Its end is the provider's to tell.
    pending: Array.from({ length: 6 }, () => 'captured pending'),
    succeeded: Array.from({ length: 6 }, () => 'captured succeeded'),
    failed: Array.from({ length: 6 }, () => 'captured failed'),
  };
  const columns = Object.keys(outcomes);
  const all = Object.entries(expected).flatMap(([state, cells]) =>
    cells.map((cell, index) => [state as RefundState, columns[index] ?? '', cell] as const),
  );
  it.each(all)('%s, answered %s: %s', (state, column, cell) => {
    const refund = refundOf(20, state);
    const outcome = outcomes[column]?.(refund) as Outcome;
    expect(told(refundAnswered(captured(refund), { id: refund.id, outcome }, later))).toBe(cell);
  });

  it('where somebody has said it again meanwhile, who was first proves nothing by what was not taken', () => {
    const [sent, doubted] = [refundOf(20), refundOf(20, 'in_doubt')];
    const outcome = none(declined('rate_limited'));
    const after = [sent, doubted].map((refund) => refundAnswered(captured(refund), { id: refund.id, outcome, isFirst: true }, later));
    expect(after.map(told)).toEqual(['captured failed', 'captured in_doubt']);
  });

  it('says why it failed, in words and by a category', () => {
    const refund = refundOf(20);
    const answered = refundAnswered(captured(refund), { id: refund.id, outcome: none(declined('refused')) }, later);
    expect(answered.flow.refunds).toMatchObject([{ state: 'failed', code: 'refused', message: 'm' }]);
  });
});

it('the payment is what its refunds make of it, and again what it was', () => {
  const [one, other] = [refundOf(20), refundOf(40)];
  const states = [
    taken(listed(one, 'succeeded')),
    taken(listed(one, 'succeeded'), listed(other, 'pending')),
    taken(listed(one, 'succeeded'), listed(other, 'failed')),
    taken(listed(one, 'failed'), listed(other, 'failed')),
  ];
  let payment = captured(one, other);
  const seen = states.map((says) => (payment = known(payment, says, later)).state);
  expect(seen).toEqual(['partially_refunded', 'refunded', 'partially_refunded', 'captured']);
});

it('in any order and as often as may be, news of refunds end in the same, and never in more than was captured', () => {
  const story = fc
    .array(fc.record({ amount: fc.integer({ min: 1, max: 30 }), fails: fc.boolean() }), { minLength: 1, maxLength: 4 })
    .filter((rows) => rows.reduce((sum, { amount }) => sum + amount, 0) <= 60);
  fc.assert(
    fc.property(story, fc.infiniteStream(fc.nat()), (rows, draws) => {
      const refunds = rows.map(({ amount }) => refundOf(amount));
      const ends = refunds.map((refund, index) => listed(refund, rows[index]?.fails ? 'failed' : 'succeeded'));
      const news = [
        ...refunds.map(
          (refund) => (payment: FlowPayment) =>
            refundAnswered(payment, { id: refund.id, outcome: applied(taken(listed(refund, 'pending'))) }, later),
        ),
        ...refunds.map((refund) => (payment: FlowPayment) => refundAnswered(payment, { id: refund.id, outcome: unknown('lost') }, later)),
        ...ends.map((_, index) => (payment: FlowPayment) => known(payment, taken(...ends.slice(0, index + 1)), later)),
      ];
      const pool = [...news, ...news];
      let payment = captured(...refunds);
      while (pool.length > 0) {
        const [next] = pool.splice((draws.next().value ?? 0) % pool.length, 1);
        payment = next?.(payment) ?? payment;
        expect(Math.max(committedMinor(payment.flow), refundedMinor(payment.flow))).toBeLessThanOrEqual(60);
      }
      const given = rows.reduce((sum, { amount, fails }) => (fails ? sum : sum + amount), 0);
      const state = given === 0 ? 'captured' : given === 60 ? 'refunded' : 'partially_refunded';
      expect(told(payment)).toBe([state, ...rows.map(({ fails }) => (fails ? 'failed' : 'succeeded'))].join(' '));
    }),
    { seed, numRuns: 300 },
  );
});
