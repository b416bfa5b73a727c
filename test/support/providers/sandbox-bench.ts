import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connector } from '../../../src/providers/payment-provider.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.js';
import { eventually } from '../eventually.js';
import { type Receiver, startReceiver } from '../receiver.js';
import type { Bench, Forgery, SentWebhook, Trouble } from './bench.js';

/** What the kit has to know of one simulated provider. */
export interface SandboxAccount extends Pick<Bench, 'foreignCurrency' | 'credentials' | 'wrongCredentials' | 'approved' | 'declined'> {
  readonly connector: Connector;
  /** What the simulator signs its webhooks with. */
  readonly webhookSecret: string;
  /** A `forger` is a server on the same machine. */
  forgeries(genuine: SentWebhook, forger: Receiver): readonly Forgery[];
}

const faults: Readonly<Record<Trouble, string>> = {
  'time-out before': 'timeout_before',
  'time-out after': 'timeout_after',
  'reset before': 'reset_before',
  'reset after': 'reset_after',
  'server error after': 'http500_after',
  'rate limit': 'rate_limit',
  'in flight': 'conflict',
  'wrong amount': 'wrong_amount',
  'wrong currency': 'wrong_currency',
  malformed: 'malformed',
};

/** What a provider does by itself it does when its books are looked at, and not before. */
const settleMs = 600_000;

interface BookEntry {
  readonly providerId: string;
  readonly currency: string;
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
  readonly isVoided: boolean;
  readonly authorizations: number;
  readonly captures: number;
  readonly refunds: number;
}

/** One sandbox with its store and somebody who takes its webhooks, for all benches. */
export class BenchSandbox {
  private constructor(
    readonly sandbox: Sandbox,
    private readonly store: string,
    private readonly receiver: Receiver,
  ) {}

  static async open(): Promise<BenchSandbox> {
    const store = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const [sandbox, receiver] = await Promise.all([startSandbox({ host: '127.0.0.1', port: 0, store, seed: 'kit' }), startReceiver()]);
    return new BenchSandbox(sandbox, store, receiver);
  }

  async bench(account: SandboxAccount): Promise<Bench> {
    const { connector, credentials, webhookSecret } = account;
    const { name } = connector;
    const options = { baseUrl: this.sandbox.urls[name as keyof Sandbox['urls']], credentials, timeoutMs: 20_000 };
    const calm = async () => void (await this.ask('PUT', `/sandbox/providers/${name}`, { settleMs }));
    await calm();
    await this.ask('POST', `/sandbox/providers/${name}/webhook`, { url: `${this.receiver.url}/${name}`, secret: webhookSecret });
    return {
      ...account,
      currency: 'GBP',
      connect: (change) => connector.connect({ ...options, ...change }),
      arrange: async (trouble, operation) => {
        await this.ask('PUT', `/sandbox/providers/${name}`, { settleMs, faults: [{ kind: faults[trouble], operation, times: 1 }] });
      },
      calm,
      books: (reference) => this.books(name, reference),
      webhook: (reference) => eventually(() => this.sent(name, reference)[0]),
      forgeries: async (genuine) => account.forgeries(genuine, this.receiver),
      close: async () => {},
    };
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    await this.receiver.close();
    await rm(this.store, { recursive: true, force: true });
  }

  private async books(name: string, reference: string) {
    await this.ask('POST', `/sandbox/providers/${name}/settle`, {});
    const { payments } = (await this.ask('GET', `/sandbox/books?reference=${reference}`)) as { payments: BookEntry[] };
    const [entry, ...others] = payments;
    assert.equal(others.length, 0, 'The provider has several payments of it');
    if (!entry) return null;
    const { authorized, captured, refunded, currency, ...same } = entry;
    return { ...same, currency: currency.toUpperCase(), authorizedMinor: authorized, capturedMinor: captured, refundedMinor: refunded };
  }

  /** What has arrived of the provider's webhooks about a payment. */
  sent(name: string, reference: string): readonly SentWebhook[] {
    const theirs = this.receiver.received.filter(({ path, body }) => path === `/${name}` && body.includes(reference));
    return theirs.map(({ headers, body }) => ({ headers, body: Buffer.from(body), at: new Date() }));
  }

  private async ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(this.sandbox.url + path, { method, ...(body && { headers, body: JSON.stringify(body) }) });
    assert.ok(reply.ok, `${method} ${path}: ${reply.status}`);
    return reply.json();
  }
}
