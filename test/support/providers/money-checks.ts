import assert from 'node:assert/strict';
import { Money } from '../../../src/kernel/money/money.js';
import { type Check, paid, refused, Trial } from './trial.js';

/** What a connector does when nothing is wrong. */
export const moneyChecks: readonly Check[] = [
  {
    name: 'captures at once',
    async run(bench) {
      const trial = new Trial(bench);
      const payment = await trial.captured(1250);
      assert.equal(payment.state, 'captured');
      await trial.agrees(payment);
      assert.deepEqual(pick(await trial.books()), { authorizedMinor: 1250, capturedMinor: 1250, refundedMinor: 0 });
    },
  },
  {
    name: 'needs no address to which the customer could come back',
    async run(bench) {
      const trial = new Trial(bench);
      await trial.agrees(paid(await trial.provider.authorize(trial.authorization(1250, { returnUrl: undefined }))));
    },
  },
  {
    name: 'authorizes, and captures all of it later',
    async run(bench) {
      const trial = new Trial(bench);
      const authorized = await trial.authorized(1250);
      assert.equal(authorized.state, 'authorized');
      await trial.agrees(authorized);
      assert.equal((await trial.books()).capturedMinor, 0);
      const captured = paid(await trial.provider.capture(trial.capture(authorized, 1250)));
      assert.ok(['captured', 'processing'].includes(captured.state), captured.state);
      await trial.agrees(captured);
      assert.equal((await trial.books()).capturedMinor, 1250);
    },
  },
  {
    name: 'captures a part',
    async run(bench) {
      const trial = new Trial(bench);
      const payment = paid(await trial.provider.capture(trial.capture(await trial.authorized(1250), 400)));
      await trial.agrees(payment);
      assert.equal((await trial.books()).capturedMinor, 400);
    },
  },
  {
    name: 'captures no more than was authorized',
    async run(bench) {
      const trial = new Trial(bench);
      const outcome = await trial.provider.capture(trial.capture(await trial.authorized(1250), 1251));
      assert.notEqual(outcome.outcome, 'unknown');
      if (outcome.outcome === 'applied') assert.equal(outcome.payment.state, 'processing', 'More is captured than was authorized');
      assert.equal((await trial.books()).capturedMinor, 0);
    },
  },
  {
    name: 'gives an authorization up',
    async run(bench) {
      const trial = new Trial(bench);
      const authorized = await trial.authorized(1250);
      const payment = paid(await trial.provider.void(trial.followup(authorized)));
      assert.ok(['voided', 'processing'].includes(payment.state), payment.state);
      const { isVoided, capturedMinor } = await trial.books();
      assert.deepEqual({ isVoided, capturedMinor }, { isVoided: true, capturedMinor: 0 });
      assert.equal(payment.authorizedMinor, 0, 'What was given up is not authorized any more');
    },
  },
  {
    name: 'refunds all of it',
    async run(bench) {
      const trial = new Trial(bench);
      const asked = trial.refund(await trial.captured(1250), 1250);
      const payment = paid(await trial.provider.refund(asked));
      await trial.agrees(payment);
      const [refund, ...others] = payment.refunds;
      assert.deepEqual([refund?.reference, refund?.amountMinor, others.length], [asked.refundReference, 1250, 0]);
      assert.ok(refund?.state === 'succeeded' || refund?.state === 'pending', refund?.state);
      assert.equal((await trial.books()).refundedMinor, 1250);
    },
  },
  {
    name: 'refunds in parts',
    async run(bench) {
      const trial = new Trial(bench);
      const payment = await trial.captured(1250);
      for (const minor of [300, 200]) await trial.agrees(paid(await trial.provider.refund(trial.refund(payment, minor))));
      const { refundedMinor, refunds } = await trial.books();
      assert.deepEqual({ refundedMinor, refunds }, { refundedMinor: 500, refunds: 2 });
    },
  },
  {
    name: 'refunds no more than was captured',
    async run(bench) {
      const trial = new Trial(bench);
      const payment = await trial.captured(1250);
      paid(await trial.provider.refund(trial.refund(payment, 1000)));
      const asked = trial.refund(payment, 251);
      const outcome = await trial.provider.refund(asked);
      assert.notEqual(outcome.outcome, 'unknown');
      if (outcome.outcome === 'applied') {
        const refund = outcome.payment.refunds.find(({ reference }) => reference === asked.refundReference);
        assert.ok(
          bench.connect().capabilities.resolvedBy === 'repeat' && refund?.state === 'pending',
          'More is refunded than was captured',
        );
      }
      assert.equal((await trial.books()).refundedMinor, 1000);
    },
  },
  {
    name: 'says why it is declined',
    async run(bench) {
      for (const { method, category } of bench.declined) {
        const trial = new Trial(bench);
        assert.equal(refused(await trial.provider.authorize(trial.authorization(1250, { method }))), category, method.token);
        assert.equal((await bench.books(trial.reference))?.capturedMinor ?? 0, 0);
      }
    },
  },
  {
    name: 'does the same once, though it is told again with the same key',
    async run(bench) {
      const trial = new Trial(bench);
      const { provider } = trial;
      const twice = async <Asked>(act: (asked: Asked) => Promise<unknown>, asked: Asked) => {
        const first = await act(asked);
        assert.deepEqual(await act(asked), first, 'The second answer is another');
        return first;
      };
      const authorization = trial.authorization(1250, { capture: 'later' });
      const payment = paid((await twice((asked) => provider.authorize(asked), authorization)) as never);
      await twice((asked) => provider.capture(asked), trial.capture(payment, 1000));
      await trial.books();
      await twice((asked) => provider.refund(asked), trial.refund(payment, 300));
      const { authorizations, captures, refunds, ...books } = await trial.books();
      assert.deepEqual([authorizations, captures, refunds], [1, 1, 1]);
      assert.deepEqual(pick(books), { authorizedMinor: 1250, capturedMinor: 1000, refundedMinor: 300 });
    },
  },
  {
    name: 'does the same once, though it is told twice at once',
    async run(bench) {
      const trial = new Trial(bench);
      const asked = trial.authorization(1250);
      const outcomes = await Promise.all([trial.provider.authorize(asked), trial.provider.authorize(asked)]);
      for (const { outcome } of outcomes) assert.notEqual(outcome, 'none', JSON.stringify(outcomes));
      paid(await trial.provider.authorize({ ...asked, isRepeat: true }));
      const { authorizations, capturedMinor } = await trial.books();
      assert.deepEqual({ authorizations, capturedMinor }, { authorizations: 1, capturedMinor: 1250 });
    },
  },
  {
    name: 'does nothing else with a key that was used',
    async run(bench) {
      const trial = new Trial(bench);
      const asked = trial.authorization(1250);
      paid(await trial.provider.authorize(asked));
      const other = { ...asked, amount: trial.money(900) };
      for (const isRepeat of [false, true]) {
        const outcome = await trial.provider.authorize({ ...other, isRepeat });
        if (outcome.outcome === 'applied') await trial.agrees(outcome.payment);
        else assert.equal(outcome.outcome, isRepeat ? 'unknown' : outcome.outcome, 'A repeat says that nothing was done');
      }
      const { authorizations, capturedMinor } = await trial.books();
      assert.deepEqual({ authorizations, capturedMinor }, { authorizations: 1, capturedMinor: 1250 });
    },
  },
  {
    name: 'finds what is there, by either name',
    async run(bench) {
      const trial = new Trial(bench);
      const { provider, reference } = trial;
      const { providerId } = await trial.captured(1250);
      if (trial.remembered !== undefined) assert.equal(trial.remembered, providerId);
      for (const question of [
        { reference, providerId },
        { reference, ...(trial.remembered && { providerId: trial.remembered }) },
      ]) {
        const found = await provider.query(question);
        if (provider.capabilities.resolvedBy === 'repeat') {
          assert.equal(found.outcome, 'unknown');
        } else {
          assert.ok(found.outcome === 'found', JSON.stringify(found));
          await trial.agrees(found.payment);
        }
      }
    },
  },
  {
    name: 'does not find what is not there',
    async run(bench) {
      const { provider, reference } = new Trial(bench);
      assert.notEqual((await provider.query({ reference })).outcome, 'found');
    },
  },
  {
    name: 'refuses, before it sends anything, what the provider does not take',
    async run(bench) {
      const trial = new Trial(bench);
      const away = trial.connect({ baseUrl: nowhere });
      const foreign = trial.authorization(1250, { amount: Money.of(1200, bench.foreignCurrency) });
      assert.equal(refused(await away.authorize(foreign)), 'not_supported', 'It is sent, whatever the currency');
      const strange = trial.authorization(1250, { method: { type: 'cowrie', token: 'shell' } });
      assert.equal(refused(await away.authorize(strange)), 'not_supported', 'It is sent, whatever the method');
    },
  },
];

/** Where nothing listens. */
export const nowhere = 'http://127.0.0.1:2';

const pick = ({
  authorizedMinor,
  capturedMinor,
  refundedMinor,
}: Record<'authorizedMinor' | 'capturedMinor' | 'refundedMinor', number>) => ({
  authorizedMinor,
  capturedMinor,
  refundedMinor,
});
