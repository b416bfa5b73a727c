import { boundedFetch, type TextAnswer } from '../../kernel/http-out/bounded-fetch.js';
import type { BookEntry } from '../../sandbox/engine/books.js';
import { type FaultKind, type ProviderName, providerNames } from '../../sandbox/engine/settings.js';

/** What a share of the requests meets; a provider that takes another amount is left out, since that is for people to look at. */
export const injectedFaults = [
  'timeout_before',
  'timeout_after',
  'reset_before',
  'reset_after',
  'http500_after',
  'malformed',
  'rate_limit',
  'conflict',
] as const satisfies readonly FaultKind[];
/** What happens to webhooks, as the sandbox counts it. */
export const injectedNews = ['webhook_duplicated', 'webhook_reordered', 'webhook_dropped'] as const;

const faultShare = 0.02;
const newsShare = 0.1;
const settings = {
  latencyMs: { p50: 2, p99: 40 },
  faults: injectedFaults.map((kind) => ({ kind, share: faultShare })),
  searchLagMs: 2_000,
};
/** One that can be asked may keep things to itself; of one that cannot, nothing else would ever tell. */
const webhooksOf = (provider: ProviderName) => ({
  duplicate: newsShare,
  reorder: newsShare,
  drop: provider === 'adyen' ? 0 : newsShare,
});

const bounded = boundedFetch(2 ** 30);
const patienceMs = 60_000;

export type Counts = Readonly<Record<string, number>>;

/** The other end, as whoever tests sees it: its switches and its books. */
export class SandboxClient {
  constructor(private readonly url: string) {}

  async trouble(): Promise<void> {
    for (const name of providerNames) await this.send('PUT', `/sandbox/providers/${name}`, { ...settings, webhooks: webhooksOf(name) });
  }

  async calm(): Promise<void> {
    for (const name of providerNames) await this.send('PUT', `/sandbox/providers/${name}`, {});
  }

  async tellAt(name: ProviderName, target: { readonly url: string; readonly secret: string }): Promise<void> {
    await this.send('POST', `/sandbox/providers/${name}/webhook`, target);
  }

  /** As the customer on the provider's page. False where nobody waits for it. */
  async decide(name: ProviderName, providerId: string, decision: 'approve' | 'decline'): Promise<boolean> {
    return (await this.ask('POST', `/sandbox/actions/${name}/${encodeURIComponent(providerId)}/${decision}`)).status < 300;
  }

  async books(): Promise<readonly BookEntry[]> {
    return ((await this.send('GET', '/sandbox/books')) as { payments: readonly BookEntry[] }).payments;
  }

  /** Webhooks that are still on their way. */
  async underWay(): Promise<number> {
    const states = Object.values(await this.states());
    return states.reduce((sum, { webhook }) => sum + (webhook?.pending ?? 0), 0);
  }

  /** What each provider has counted: faults, and what became of webhooks. */
  async counts(): Promise<Readonly<Record<ProviderName, Counts>>> {
    const states = await this.states();
    return { stripe: states.stripe.counts, paypal: states.paypal.counts, adyen: states.adyen.counts };
  }

  private async states() {
    const { providers } = (await this.send('GET', '/sandbox/state')) as {
      providers: Record<ProviderName, { counts: Counts; webhook: { pending: number } | null }>;
    };
    return providers;
  }

  private async send(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300) throw new Error(`The sandbox refuses ${method} ${path}: ${answer.text}`);
    return JSON.parse(answer.text);
  }

  private ask(method: string, path: string, body?: object): Promise<TextAnswer> {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(patienceMs);
    return bounded(this.url + path, { method, headers, signal, ...(body && { body: JSON.stringify(body) }) });
  }
}
