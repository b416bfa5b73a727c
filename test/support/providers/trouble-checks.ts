import assert from 'node:assert/strict';
import type { Outcome, PaymentProvider } from '../../../src/providers/payment-provider.js';
import { troubles, type Trouble } from './bench.js';
import { nowhere } from './money-checks.js';
import { type Check, paid, refused, Trial, unclear } from './trial.js';

/** What is true is found out by the way that the connector names, with one effect in the end. */
async function resolves(trial: Trial, wasApplied: boolean, repeat: (provider: PaymentProvider) => Promise<Outcome>): Promise<void> {
  const { provider, reference, remembered } = trial;
  const isAsked = provider.capabilities.resolvedBy === 'query';
  const found = await provider.query({ reference, ...(remembered !== undefined && { providerId: remembered }) });
  if (isAsked && wasApplied) {
    assert.ok(found.outcome === 'found', `It is there and is not found: ${JSON.stringify(found)}`);
    await trial.agrees(found.payment);
  } else assert.ok(found.outcome !== 'absent' || isAsked);
  await trial.agrees(paid(await repeat(provider)));
}

const authorizing = (name: string, trouble: Trouble, wasApplied: boolean): Check => ({
  name,
  async run(bench) {
    const trial = new Trial(bench);
    const hurried = await trial.hurried();
    const asked = trial.authorization(1250);
    await bench.arrange(trouble, 'authorize');
    unclear(await hurried.authorize(asked));
    const known = () => (trial.remembered === undefined ? {} : { providerId: trial.remembered });
    await resolves(trial, wasApplied, (provider) => provider.authorize({ ...asked, ...known(), isRepeat: true }));
    const { authorizations, capturedMinor } = await trial.books();
    assert.deepEqual({ authorizations, capturedMinor }, { authorizations: 1, capturedMinor: 1250 });
  },
});

const capturing = (name: string, trouble: Trouble): Check => ({
  name,
  async run(bench) {
    const trial = new Trial(bench);
    const asked = trial.capture(await trial.authorized(1250), 1000);
    await bench.arrange(trouble, 'capture');
    unclear(await trial.provider.capture(asked));
    await trial.agrees(paid(await trial.provider.capture({ ...asked, isRepeat: true })));
    const { captures, capturedMinor } = await trial.books();
    assert.deepEqual({ captures, capturedMinor }, { captures: 1, capturedMinor: 1000 });
  },
});

const refunding = (name: string, trouble: Trouble): Check => ({
  name,
  async run(bench) {
    const trial = new Trial(bench);
    const asked = trial.refund(await trial.captured(1250), 1000);
    await bench.arrange(trouble, 'refund');
    unclear(await trial.provider.refund(asked));
    await trial.agrees(paid(await trial.provider.refund({ ...asked, isRepeat: true })));
    const { refunds, refundedMinor } = await trial.books();
    assert.deepEqual({ refunds, refundedMinor }, { refunds: 1, refundedMinor: 1000 });
  },
});

/** What a connector makes of everything that goes wrong. */
export const troubleChecks: readonly Check[] = [
  authorizing('does not know what a time-out means before the effect', 'time-out before', false),
  authorizing('does not know what a time-out means after the effect', 'time-out after', true),
  authorizing('does not know what a broken connection means before the effect', 'reset before', false),
  authorizing('does not know what a broken connection means after the effect', 'reset after', true),
  authorizing('does not know what a server error means', 'server error after', true),
  authorizing('does not know what an unreadable answer means', 'malformed', true),
  capturing('does not know whether it captured, before', 'reset before'),
  capturing('does not know whether it captured, after', 'reset after'),
  refunding('does not know whether it refunded, before', 'reset before'),
  refunding('does not know whether it refunded, after', 'server error after'),
  {
    name: 'does not know whether it gave up',
    async run(bench) {
      const trial = new Trial(bench);
      const asked = trial.followup(await trial.authorized(1250));
      await bench.arrange('reset after', 'void');
      unclear(await trial.provider.void(asked));
      paid(await trial.provider.void({ ...asked, isRepeat: true }));
      assert.equal((await trial.books()).isVoided, true);
    },
  },
  {
    name: 'says that a limit of requests applied nothing',
    async run(bench) {
      const trial = new Trial(bench);
      const asked = trial.authorization(1250);
      await bench.arrange('rate limit', 'authorize');
      assert.equal(refused(await trial.provider.authorize(asked)), 'rate_limited');
      assert.equal((await bench.books(trial.reference))?.authorizations ?? 0, 0);
      await bench.arrange('rate limit', 'authorize');
      unclear(await trial.provider.authorize({ ...asked, isRepeat: true }));
    },
  },
  {
    name: 'waits while the provider is at work on the same key',
    async run(bench) {
      const trial = new Trial(bench);
      await bench.arrange('in flight', 'authorize');
      await trial.agrees(paid(await trial.provider.authorize(trial.authorization(1250))));
    },
  },
  {
    name: 'says that wrong credentials applied nothing',
    async run(bench) {
      const trial = new Trial(bench);
      const stranger = trial.connect({ credentials: bench.wrongCredentials });
      assert.equal(refused(await stranger.authorize(trial.authorization(1250))), 'misconfigured');
      unclear(await stranger.authorize(trial.authorization(1250, { isRepeat: true })));
    },
  },
  {
    name: 'says that what nobody received applied nothing, except of a repeat',
    async run(bench) {
      const trial = new Trial(bench);
      const away = trial.connect({ baseUrl: nowhere });
      const asked = trial.authorization(1250);
      assert.equal(refused(await away.authorize(asked)), 'provider_unavailable');
      unclear(await away.authorize({ ...asked, isRepeat: true }));
      assert.equal((await away.query({ reference: trial.reference, providerId: 'none' })).outcome, 'unknown');
    },
  },
  {
    name: 'states the amount that the provider took',
    async run(bench) {
      const trial = new Trial(bench);
      await bench.arrange('wrong amount', 'authorize');
      const payment = paid(await trial.provider.authorize(trial.authorization(1250)));
      assert.notEqual(payment.authorizedMinor, 1250);
      assert.equal(payment.authorizedMinor, (await trial.books()).authorizedMinor);
    },
  },
  {
    name: 'states the currency that the provider took',
    async run(bench) {
      const trial = new Trial(bench);
      await bench.arrange('wrong currency', 'authorize');
      const payment = paid(await trial.provider.authorize(trial.authorization(1250)));
      assert.notEqual(payment.currency, bench.currency);
      assert.equal(payment.currency, (await trial.books()).currency);
    },
  },
  {
    name: 'tells no secret, whatever happens',
    async run(bench) {
      for (const trouble of troubles) {
        const trial = new Trial(bench);
        await bench.arrange(trouble, 'authorize');
        // Every outcome is looked at on its way.
        await (await trial.hurried()).authorize(trial.authorization(1250));
      }
      const stranger = new Trial(bench).connect({ credentials: bench.wrongCredentials });
      await stranger.query({ reference: 'pay_none', providerId: 'none' });
    },
  },
];
