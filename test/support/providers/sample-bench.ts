import type { Connector } from '../../../src/providers/payment-provider.js';
import type { Bench, Forgery, SentWebhook } from './bench.js';
import { sampleDeclines, sampleKey, SampleProvider, sampleSecret, signSample } from './sample-provider.js';

/** A connector to the sample provider, before a sample provider of its own. */
export async function sampleBench(connector: Pick<Connector, 'connect'>): Promise<Bench> {
  const provider = new SampleProvider();
  const baseUrl = await provider.listen();
  const credentials = { apiKey: sampleKey, webhookSecret: sampleSecret };
  const times = (reference: string, kind: string) =>
    provider.applied.filter((one) => one.reference === reference && one.kind === kind).length;
  return {
    connect: (change) => connector.connect({ baseUrl, credentials, timeoutMs: 20_000, ...change }),
    currency: 'GBP',
    foreignCurrency: 'JPY',
    credentials,
    wrongCredentials: { ...credentials, apiKey: 'another-api-key-0123456789' },
    approved: { type: 'card', token: 'tok_good' },
    declined: Object.entries(sampleDeclines).map(([code, category]) => ({ method: { type: 'card', token: `tok_${code}` }, category })),
    arrange: async (kind, meets) => void (provider.trouble = { kind, meets }),
    calm: async () => void (provider.trouble = undefined),
    books: async (reference) => {
      const payment = provider.of(reference);
      if (!payment) return null;
      const { id, currency, authorized, captured, refunds, state } = payment;
      return {
        providerId: id,
        currency,
        authorizedMinor: authorized,
        capturedMinor: captured,
        refundedMinor: refunds.reduce((sum, { amount }) => sum + amount, 0),
        isVoided: state === 'voided',
        authorizations: times(reference, 'authorize'),
        captures: times(reference, 'capture'),
        refunds: times(reference, 'refund'),
      };
    },
    webhook: async (reference) => {
      const at = new Date('2026-05-04T03:02:01Z');
      const event = { id: `evt_${reference}`, type: 'captured', at: at.toISOString(), payment: provider.of(reference)?.id };
      const body = Buffer.from(JSON.stringify(event));
      return { headers: signSample(body, at), body, at };
    },
    forgeries: async (genuine) => forgeriesOf(genuine),
    close: () => provider.close(),
  };
}

function forgeriesOf({ headers, body, at }: SentWebhook): readonly Forgery[] {
  const signature = String(headers['sample-signature']);
  const other = Buffer.from(body.toString('utf8').replace('captured', 'refunded'));
  const later = (seconds: number) => new Date(at.getTime() + seconds * 1000);
  const signed = (name: string, text: string): Forgery => ({ name, headers: { 'sample-signature': text }, body, at });
  return [
    { name: 'one without a signature', headers: {}, body, at },
    { name: 'another body', headers, body: other, at },
    { name: 'a body with a byte more', headers, body: Buffer.concat([body, Buffer.from(' ')]), at },
    { name: 'a body cut short', headers, body: body.subarray(0, -1), at },
    { name: 'no body', headers, body: Buffer.alloc(0), at },
    { name: 'another secret', headers: signSample(body, at, 'somebody-elses-secret'), body, at },
    { name: 'no secret', headers: signSample(body, at, ''), body, at },
    { name: 'one that is old', headers, body, at: later(301) },
    { name: 'one of the future', headers, body, at: later(-302) },
    signed('a signature cut short', signature.slice(0, -2)),
    signed('another scheme', signature.replace('v1=', 'v0=')),
    signed('another time', signature.replace(/t=\d+/, `t=${Math.floor(at.getTime() / 1000) + 1}`)),
    signed('an empty signature', signature.replace(/v1=.*/, 'v1=')),
  ];
}
