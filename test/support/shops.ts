import { randomUUID } from 'node:crypto';
import type { BookEntry } from '../../src/sandbox/engine/books.js';
import type { ProviderName } from '../../src/sandbox/engine/settings.js';
import type { Answer, CallOptions } from './app.js';
import { sandboxAccounts } from './providers/sandbox-accounts.js';
import { send } from './sandbox.js';

export const providerNames = ['stripe', 'paypal', 'adyen'] as const;
/** What each sandbox approves. */
export const approved: Readonly<Record<ProviderName, string>> = { stripe: 'pm_card_visa', paypal: 'tok_paypal_ok', adyen: 'tok_adyen_ok' };
export const sold = { merchant: 'Spotify', paymentType: 'subscription', amountMinor: 1299, currency: 'EUR', region: 'UK' };

/** A running server, in this process or in one of its own. */
interface Server {
  readonly url: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}
export interface Asking {
  readonly json?: unknown;
  readonly key?: string;
  /** Who asks, where it is not the owner. */
  readonly token?: string;
  /** Which server, where there are several. */
  readonly at?: Server;
}
export interface Method {
  readonly tokens: Readonly<Record<string, string>>;
  readonly capture?: 'now' | 'later';
  readonly returnUrl?: string;
}
type Tokens = Readonly<Partial<Record<ProviderName, string>>>;
export const by = (tokens: Tokens, capture: 'now' | 'later' = 'now') => ({ method: { type: 'card', tokens }, capture });

/** A tenant with an account at each provider of a sandbox, whose webhooks come to the server. */
export class Shop {
  private constructor(
    private readonly server: Server,
    private readonly sandboxUrl: string,
    readonly tenantId: string,
    readonly ownerId: string,
    readonly email: string,
    readonly token: string,
    readonly accountIds: Readonly<Record<string, string>>,
  ) {}

  static async open(server: Server, sandboxUrl: string): Promise<Shop> {
    const email = `${randomUUID()}@acme.test`;
    const json = { email, password: 'Str0ng!pass', name: 'Ann', tenantName: 'Acme Ltd' };
    const { data } = (await server.call('POST', '/api/v1/auth/register', { json })).body;
    const accountIds: Record<string, string> = {};
    for (const name of providerNames) {
      const { credentials, webhookSecret: secret } = sandboxAccounts[name];
      const account = { name, connector: name, mode: 'sandbox', credentials };
      const made = (await server.call('POST', '/api/v1/providers', { token: data.accessToken, json: account })).body.data;
      accountIds[name] = made.id;
      await send('POST', `${sandboxUrl}/sandbox/providers/${name}/webhook`, { body: { url: server.url + made.webhookPath, secret } });
    }
    return new Shop(server, sandboxUrl, data.tenant.id, data.user.id, email, data.accessToken, accountIds);
  }

  ask(method: string, path: string, { json, key, token = this.token, at = this.server }: Asking = {}): Promise<Answer> {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    return at.call(method, `/api/v1/${path}`, { token, headers, ...(json !== undefined && { json }) });
  }

  /** What moves money needs a key. */
  act(path: string, json: unknown = {}, asking: Omit<Asking, 'json'> = {}): Promise<Answer> {
    return this.ask('POST', path, { json, key: randomUUID(), ...asking });
  }

  /** A payment that is sent at once. */
  pay(tokens: Tokens, capture: 'now' | 'later' = 'now', amountMinor = sold.amountMinor): Promise<Answer> {
    return this.act('payments', { ...sold, amountMinor, confirm: true, confirmation: by(tokens, capture) });
  }

  /** The id of one that has come to this state. */
  async paid(provider: ProviderName, capture: 'now' | 'later' = 'now', amountMinor = sold.amountMinor): Promise<string> {
    const { body } = await this.pay({ [provider]: approved[provider] }, capture, amountMinor);
    if (!['captured', 'authorized'].includes(body.data?.state)) throw new Error(`Not paid: ${JSON.stringify(body)}`);
    return body.data.id as string;
  }

  async recorded(amountMinor = sold.amountMinor): Promise<string> {
    return (await this.ask('POST', 'payments', { json: { ...sold, amountMinor } })).body.data.id as string;
  }

  async payment(id: string): Promise<Answer['body']> {
    return (await this.ask('GET', `payments/${id}`)).body.data;
  }

  /** What the providers' books hold of a payment, in the order of its attempts. */
  async books(id: string): Promise<readonly BookEntry[]> {
    const all = (await send('GET', `${this.sandboxUrl}/sandbox/books`)).body.payments as readonly BookEntry[];
    return all.filter(({ reference }) => reference.startsWith(`${id}-`));
  }
}

export const turn = async (sandboxUrl: string, provider: ProviderName, settings: object): Promise<void> => {
  const { status } = await send('PUT', `${sandboxUrl}/sandbox/providers/${provider}`, { body: settings });
  if (status !== 200) throw new Error(`Switches are not like this: ${JSON.stringify(settings)}`);
};
