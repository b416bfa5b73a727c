import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BookEntry } from '../../src/sandbox/engine/books.js';
import type { ProviderName } from '../../src/sandbox/engine/settings.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // Whatever JSON came.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}
export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is a form, anything else JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}
export interface TestSandbox {
  readonly sandbox: Sandbox;
  readonly request: (method: string, path: string, asked?: Asked) => Promise<Reply>;
  /** The switches of a provider; what is not given is as at first. */
  readonly turn: (provider: ProviderName, settings: object) => Promise<void>;
  readonly count: (provider: ProviderName, what: string) => Promise<number>;
  readonly books: (reference?: string) => Promise<readonly BookEntry[]>;
  readonly reset: () => Promise<void>;
  /** A new one on the same store. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startTestSandbox({ seed = 'test', clock }: { seed?: string; clock?: () => Date } = {}): Promise<TestSandbox> {
  const store = await mkdtemp(join(tmpdir(), 'payops-sandbox-'));
  const start = () => startSandbox({ host: '127.0.0.1', port: 0, store, seed, ...(clock && { clock }) });
  let sandbox = await start();
  const request: TestSandbox['request'] = (method, path, asked) => send(method, sandbox.url + path, asked);
  const state = async (provider: ProviderName) => (await request('GET', '/sandbox/state')).body.providers[provider];
  return {
    get sandbox() {
      return sandbox;
    },
    request,
    turn: async (provider, body) => {
      const { status } = await request('PUT', `/sandbox/providers/${provider}`, { body });
      if (status !== 200) throw new Error(`Switches are not like this: ${JSON.stringify(body)}`);
    },
    count: async (provider, what) => (await state(provider)).counts[what] ?? 0,
    books: async (reference) => {
      const query = reference === undefined ? '' : `?reference=${encodeURIComponent(reference)}`;
      return (await request('GET', `/sandbox/books${query}`)).body.payments;
    },
    reset: async () => void (await request('POST', '/sandbox/reset')),
    restart: async () => {
      await sandbox.close();
      sandbox = await start();
    },
    close: async () => {
      await sandbox.close();
      await rm(store, { recursive: true });
    },
  };
}

export async function send(method: string, url: string, { headers, body, signal }: Asked = {}): Promise<Reply> {
  const isForm = typeof body === 'string';
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const sent = isForm ? body : body === undefined ? undefined : JSON.stringify(body);
  const reply = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': type }), ...headers },
    redirect: 'manual',
    ...(sent !== undefined && { body: sent }),
    ...(signal && { signal }),
  });
  const text = await reply.text();
  const isJson = reply.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: reply.status, headers: reply.headers, body: isJson && text !== '' ? parsed(text) : text };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

let references = 0;
export const newReference = (): string => `ref-${process.pid}-${references++}`;

/** One payment at each provider, in the few words that tests of all three need. */
export interface TestClient {
  readonly name: ProviderName;
  /** Held and taken at once; the same key again is the same payment. */
  readonly pay: (reference: string, key: string, signal?: AbortSignal) => Promise<Reply>;
}

export const stripeHeaders = { authorization: 'Bearer sk_test_sandbox' };
export const adyenHeaders = { 'x-api-key': 'sandbox-key' };
export const formOf = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

const noRedirects = { 'automatic_payment_methods[enabled]': 'true', 'automatic_payment_methods[allow_redirects]': 'never' };
export const stripePayment = (reference: string, method = 'pm_card_visa'): Readonly<Record<string, string>> => ({
  amount: '1200',
  currency: 'usd',
  confirm: 'true',
  payment_method: method,
  'metadata[payops_reference]': reference,
  ...noRedirects,
});
export const paypalOrder = (reference: string, value = '12.00', currency = 'USD', intent = 'CAPTURE') => ({
  intent,
  purchase_units: [{ amount: { currency_code: currency, value }, custom_id: reference }],
});
export const paypalCard = (token = 'tok_paypal_ok') => ({ payment_source: { card: { single_use_token: token } } });
export const adyenPayment = (reference: string, token = 'tok_adyen_ok') => ({
  merchantAccount: 'TestMerchant',
  amount: { value: 1200, currency: 'USD' },
  reference,
  paymentMethod: { type: 'scheme', storedPaymentMethodId: token },
});

export async function paypalHeaders({ request }: TestSandbox): Promise<Readonly<Record<string, string>>> {
  const authorization = `Basic ${Buffer.from('sandbox-client:sandbox-secret').toString('base64')}`;
  const { body } = await request('POST', '/paypal/v1/oauth2/token', { headers: { authorization }, body: 'grant_type=client_credentials' });
  return { authorization: `Bearer ${body.access_token}` };
}

export async function testClients(bench: TestSandbox): Promise<readonly TestClient[]> {
  const paypal = await paypalHeaders(bench);
  const post = (path: string, headers: object, body: unknown, signal?: AbortSignal) =>
    bench.request('POST', path, { headers: { ...headers }, body, ...(signal && { signal }) });
  return [
    {
      name: 'stripe',
      pay: (reference, key, signal) =>
        post('/v1/payment_intents', { ...stripeHeaders, 'idempotency-key': key }, formOf(stripePayment(reference)), signal),
    },
    {
      name: 'paypal',
      pay: (reference, key, signal) =>
        post('/paypal/v2/checkout/orders', { ...paypal, 'paypal-request-id': key }, { ...paypalOrder(reference), ...paypalCard() }, signal),
    },
    {
      name: 'adyen',
      pay: (reference, key, signal) =>
        post('/adyen/v71/payments', { ...adyenHeaders, 'idempotency-key': key }, adyenPayment(reference), signal),
    },
  ];
}
