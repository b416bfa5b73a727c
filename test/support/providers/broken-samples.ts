import { randomUUID } from 'node:crypto';
import type { ConnectorOptions, Operation, Outcome, PaymentProvider } from '../../../src/providers/payment-provider.js';
import { sample } from './sample.connector.js';

export interface BrokenSample {
  readonly name: string;
  /** The checks that have to find it, each by itself, and what each has to say. */
  readonly foundBy: Readonly<Record<string, string>>;
  connect(options: ConnectorOptions): PaymentProvider;
}
type Change = (good: PaymentProvider, options: ConnectorOptions) => Partial<PaymentProvider>;

/** The good one, with some of its methods changed. */
const broken = (name: string, foundBy: BrokenSample['foundBy'], change: Change): BrokenSample => ({
  name,
  foundBy,
  connect(options) {
    const good = sample.connect(options);
    const changed = change(good, options);
    return new Proxy(good, {
      get(target, key) {
        const value: unknown = Reflect.get(key in changed ? changed : target, key);
        return typeof value === 'function' ? (value.bind(key in changed ? changed : target) as unknown) : value;
      },
    });
  },
});
const decline = (category: 'do_not_honour' | 'provider_unavailable'): Outcome => ({
  outcome: 'none',
  decline: { category, code: 'broken', message: 'Broken' },
});

/** Connectors as somebody might write them in a hurry. */
export const brokenSamples: readonly BrokenSample[] = [
  broken(
    'drops the idempotency key',
    {
      'does the same once, though it is told again with the same key': 'The second answer is another',
      'does not know what a time-out means after the effect': 'It has another name',
    },
    (good) => {
      const anew = <Asked extends Operation>(asked: Asked) => ({ ...asked, idempotencyKey: randomUUID() });
      return {
        authorize: (asked) => good.authorize(anew(asked)),
        capture: (asked) => good.capture(anew(asked)),
        refund: (asked) => good.refund(anew(asked)),
      };
    },
  ),
  broken(
    'takes a time-out for a decline',
    {
      'does not know what a time-out means before the effect':
        'It should be unknown, and is {"outcome":"none","decline":{"category":"do_not_honour"',
    },
    (good) => ({
      authorize: async (asked) => {
        const outcome = await good.authorize(asked);
        return outcome.outcome === 'unknown' && outcome.because === 'No answer in time' ? decline('do_not_honour') : outcome;
      },
    }),
  ),
  broken(
    'takes a server error for a decline',
    { 'does not know what a server error means': 'It should be unknown, and is {"outcome":"none"' },
    (good) => ({
      authorize: async (asked) => {
        const outcome = await good.authorize(asked);
        return outcome.outcome === 'unknown' && outcome.because.includes('500') ? decline('provider_unavailable') : outcome;
      },
    }),
  ),
  broken('states the amount that was asked', { 'states the amount that the provider took': 'unequal to: 1250' }, (good) => ({
    authorize: async (asked) => {
      const outcome = await good.authorize(asked);
      return outcome.outcome === 'applied' ? { ...outcome, payment: { ...outcome.payment, authorizedMinor: asked.amount.minor } } : outcome;
    },
  })),
  broken('believes everybody', { 'believes nobody else': 'It believes one without a signature' }, () => ({
    verifyWebhook: async () => true,
  })),
  broken('believes whatever is old', { 'believes nobody else': 'It believes one that is old' }, (good) => ({
    verifyWebhook: (headers, body) => {
      const [, seconds] = /t=(\d+)/.exec(String(headers['sample-signature'])) ?? [];
      return good.verifyWebhook(headers, body, new Date(Number(seconds) * 1000));
    },
  })),
  broken(
    'says that it refunded what was refused',
    { 'refunds no more than was captured': 'More is refunded than was captured' },
    (good) => ({
      refund: async (asked) => {
        const outcome = await good.refund(asked);
        const found = await good.query({ reference: asked.reference, providerId: asked.providerId });
        return outcome.outcome === 'none' && found.outcome === 'found' ? { outcome: 'applied', payment: found.payment } : outcome;
      },
    }),
  ),
  broken(
    'does not find what is there',
    {
      'finds what is there, by either name': '{"outcome":"absent"}',
      'does not know what a broken connection means after the effect': 'It is there and is not found',
    },
    () => ({ query: async () => ({ outcome: 'absent' }) }),
  ),
  broken(
    'tells its key in what it says of a failure',
    { 'tells no secret, whatever happens': 'It tells a secret' },
    (good, { credentials }) => ({
      authorize: async (asked) => {
        const outcome = await good.authorize(asked);
        return outcome.outcome === 'unknown' ? { ...outcome, because: `${outcome.because} (Bearer ${credentials['apiKey']})` } : outcome;
      },
    }),
  ),
  broken(
    'throws what the network throws',
    { 'does not know what a broken connection means before the effect': 'authorize throws Error' },
    (good) => ({
      authorize: async (asked) => {
        const outcome = await good.authorize(asked);
        if (outcome.outcome === 'unknown') throw new Error(outcome.because);
        return outcome;
      },
    }),
  ),
  broken(
    'takes a repeat that nobody received for an answer',
    { 'says that what nobody received applied nothing, except of a repeat': 'It should be unknown, and is {"outcome":"none"' },
    (good) => ({
      authorize: (asked) => good.authorize({ ...asked, isRepeat: false }),
    }),
  ),
  broken('waits for ever', { 'does not know what a time-out means after the effect': 'authorize does not end' }, (_, options) => {
    const patient = sample.connect({ ...options, timeoutMs: 60_000 });
    return { authorize: (asked) => patient.authorize(asked) };
  }),
  broken('has one reason for every decline', { 'says why it is declined': 'tok_no_money' }, (good) => ({
    authorize: async (asked) => {
      const outcome = await good.authorize(asked);
      return outcome.outcome === 'none' ? decline('do_not_honour') : outcome;
    },
  })),
  broken(
    'asks before it looks',
    { 'refuses, before it sends anything, what the provider does not take': 'It is sent, whatever the method' },
    (good) => ({
      authorize: async (asked) => {
        const known = { ...asked, amount: asked.amount, method: { type: 'card', token: asked.method.token } };
        return good.authorize(known);
      },
    }),
  ),
];
