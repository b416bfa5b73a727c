import type { DeclineCategory } from '../providers/decline.js';
import { applied, none, unknown } from '../providers/outcomes.js';
import { account, at, books, declined, later, method, plain, sent } from '../../test/support/flow-payments.js';
import type { FlowPayment } from './flow-payment.js';
import { answered, confirmed, known, named } from './lifecycle.js';

const keyOf = ({ flow }: FlowPayment): string => flow.operation?.key ?? '';
/** Whether it was sent on, and what was written down. */
function told(before: FlowPayment, { state, attempts, flow }: FlowPayment): string {
  const isNext = flow.tries.length > before.flow.tries.length;
  return [state, isNext ? 'at the next' : 'no further', ...attempts.map(({ result }) => result)].join(', ');
}

describe('failover', () => {
  const next = 'authorizing, at the next, failure';
  const end = 'declined, no further, failure';
  const categories: Readonly<Record<DeclineCategory, typeof next | typeof end>> = {
    insufficient_funds: end,
    limit_exceeded: end,
    do_not_honour: next,
    expired_card: end,
    invalid_card: end,
    incorrect_cvc: end,
    lost_or_stolen: end,
    not_permitted: end,
    fraud: end,
    authentication_required: end,
    authentication_failed: end,
    provider_unavailable: next,
    rate_limited: next,
    misconfigured: next,
    not_supported: next,
    refused: end,
    other: end,
  };
  it.each(Object.entries(categories))('after %s: %s', (category, cell) => {
    const before = sent();
    const key = keyOf(before);
    const outcome = none(declined(category as DeclineCategory));
    expect(told(before, answered(before, { key, outcome }, later))).toBe(cell);
  });

  it('is for no one who was late, where somebody has said it again meanwhile', () => {
    const doubted = answered(sent(), { key: keyOf(sent()), outcome: unknown('time-out') }, later);
    const outcome = none(declined('rate_limited'));
    expect(told(doubted, answered(doubted, { key: keyOf(doubted), outcome, latencyMs: 9 }, later))).toBe('unknown, no further');
    expect(told(doubted, answered(doubted, { key: keyOf(doubted), outcome }, later))).toBe(next);
  });

  it('is not taken back by news of the account before, but money there is for a person to look at', () => {
    const before = answered(sent(), { key: keyOf(sent()), outcome: none(declined('do_not_honour')) }, later);
    expect(known(before, books('declined'), later)).toBe(before);
    expect(known(before, books('authorized'), later)).toMatchObject({
      state: 'unknown',
      flow: { review: { reason: 'unexpected_charge' } },
    });
  });

  it('ends with the last account', () => {
    const before = sent(['one']);
    const after = answered(before, { key: keyOf(before), outcome: none(declined('rate_limited')) }, later);
    expect([told(before, after), after.flow.last, after.flow.method.tokens, after.flow.ahead]).toEqual([
      end,
      { kind: 'authorize', outcome: 'none', code: 'rate_limited', message: 'm', at: later.at },
      {},
      [],
    ]);
  });

  it('goes to the next one under another key and reference, for the same request', () => {
    const before = confirmed(
      plain,
      { confirmation: { method, capture: 'now' }, order: [account('one'), account('two')], route: {} },
      { at, requestId: 'r1' },
    );
    const { flow, attempts } = answered(before, { key: keyOf(before), outcome: none(declined('do_not_honour')), latencyMs: 142 }, later);
    expect([before.flow.operation?.key, flow.operation]).toEqual([
      'pay_65f1a7c4b2e8f4a91c0d2211-1-authorize-1',
      {
        kind: 'authorize',
        key: 'pay_65f1a7c4b2e8f4a91c0d2211-2-authorize-2',
        amountMinor: 100,
        phase: 'sent',
        from: 'authorizing',
        since: later.at,
        requestId: 'r1',
      },
    ]);
    expect(attempts).toEqual([
      { provider: 'Stripe', result: 'failure', latencyMs: 142, account: 'one', at: later.at, code: 'do_not_honour', providerCode: 'c' },
    ]);
    expect([flow.tries.map((one) => one.account), flow.ahead, flow.method.tokens]).toEqual([['one', 'two'], [], method.tokens]);
  });
});

describe('what is kept', () => {
  it("the provider's name, for the operation under way alone", () => {
    const before = sent();
    expect(named(before, keyOf(before), 'pi_9').flow.tries).toEqual([{ ...account('one'), providerId: 'pi_9' }]);
    expect(named(before, 'another-key', 'pi_9')).toBe(before);
  });

  it('of a resolved attempt, the time that it took to find out', () => {
    const doubted = answered(sent(), { key: keyOf(sent()), outcome: unknown('time-out') }, later);
    const found = known(doubted, books('authorized'), { at: new Date(at.getTime() + 7_000) });
    expect([doubted.attempts, found.attempts.map(({ result, latencyMs }) => [result, latencyMs])]).toEqual([[], [['success', 7_000]]]);
  });

  it('of the customer, no token once nothing can need it', () => {
    for (const outcome of [applied(books('authorized')), none(declined('fraud'))]) {
      const before = sent();
      expect(answered(before, { key: keyOf(before), outcome }, later).flow.method).toEqual({ ...method, tokens: {} });
    }
    for (const outcome of [unknown('time-out'), applied(books('processing')), applied(books('requires_action'))]) {
      const before = sent();
      expect(answered(before, { key: keyOf(before), outcome }, later).flow.method).toEqual(method);
    }
  });

  it('of a mismatch, nothing that was taken', () => {
    const after = known(sent(), books('captured', { capturedMinor: 101, authorizedMinor: 101 }), later);
    expect(after.flow).toMatchObject({ capturedMinor: 0, authorizedMinor: 0, review: { reason: 'amount_mismatch', at: later.at } });
    expect([after.state, after.attempts]).toEqual(['unknown', []]);
  });
});
