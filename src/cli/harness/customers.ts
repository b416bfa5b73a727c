import { setTimeout as pause } from 'node:timers/promises';
import type { ProviderName } from '../../sandbox/engine/settings.js';
import type { ApiClient } from './api-client.js';
import type { SandboxClient } from './sandbox-client.js';
import { anybody, type Scenario, scenarioOf } from './scenario.js';

const usualPauseMs = 100;
const longestPauseMs = 1_000;
/** What takes longer is looked at in the end. */
const patienceMs = 20_000;
const moving = ['authorizing', 'unknown'];

/** As much of a payment as its customer looks at. */
interface Seen {
  readonly id: string;
  readonly state: string;
  readonly processing: {
    readonly account: ProviderName;
    readonly providerId: string | null;
    readonly actionUrl: string | null;
    readonly authorizedMinor: number;
    readonly capturedMinor: number;
    readonly operation: { readonly phase: string } | null;
  };
}

export interface Run {
  readonly seed: number;
  readonly count: number;
  readonly atOnce: number;
  /** Of all of them, the share that may be under way by now. */
  readonly share: () => number;
  readonly begun: (payments: number) => void;
}

/** Customers who pay, and merchants who capture, give up and give back; each payment is one scenario of the seed. */
export class Customers {
  constructor(
    private readonly api: ApiClient,
    private readonly sandbox: SandboxClient,
  ) {}

  async run({ seed, count, atOnce, share, begun }: Run): Promise<void> {
    let next = 0;
    const one = async () => {
      while (next < count) {
        if (next >= count * share()) {
          await pause(usualPauseMs);
          continue;
        }
        const number = next++;
        begun(next);
        await this.play(`pays-${seed}-${number}`, scenarioOf(seed, number));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }

  private async play(name: string, scenario: Scenario): Promise<void> {
    // Where nobody takes it, the customer has a look at what else there is.
    const id = (await this.created(name, scenario)) ?? (await this.created(`${name}-again`, anybody(scenario)));
    if (id === undefined) return;
    const made = await this.settled(id);
    const paid = made.state === 'requires_action' ? await this.challenged(name, made, scenario) : made;
    const taken = paid.state === 'authorized' ? await this.followed(name, paid, scenario) : paid;
    if (taken.state === 'captured') await this.refunded(name, taken, scenario);
  }

  private async created(key: string, { tokens, capture, amountMinor, currency }: Scenario): Promise<string | undefined> {
    const confirmation = { method: { type: 'card', tokens }, capture, returnUrl: 'http://127.0.0.1/back' };
    const customer = { name: 'Ava Reed', email: 'ava@example.com', country: 'GB' };
    const given = { merchant: key, paymentType: 'harness', amountMinor, currency, region: 'UK', customer };
    const body = { ...given, confirm: true, confirmation };
    const answer = await this.api.ask({ kind: 'create', key, path: '/api/v1/payments', amountMinor, body });
    return answer.status < 300 ? answer.data.id : undefined;
  }

  private async challenged(name: string, { id, processing }: Seen, { decision }: Scenario): Promise<Seen> {
    const { account, providerId } = processing;
    if (decision === 'cancel' && account === 'stripe') await this.move(name, 'cancel', id, {});
    // Where it was given up, or could not be, the customer does not come back.
    else await this.sandbox.decide(account, providerId ?? '', decision === 'decline' ? 'decline' : 'approve');
    return this.settled(id, ['requires_action']);
  }

  private async followed(name: string, { id, processing }: Seen, { followup }: Scenario): Promise<Seen> {
    const part = { amountMinor: Math.ceil(processing.authorizedMinor * 0.7) };
    const ways = {
      nothing: async () => {},
      capture: () => this.move(name, 'capture', id, {}),
      capture_part: () => this.move(name, 'capture', id, part),
      cancel: () => this.move(name, 'cancel', id, {}),
      capture_or_cancel: () => Promise.all([this.move(name, 'capture', id, {}), this.move(name, 'cancel', id, {})]),
    };
    await ways[followup]();
    return this.settled(id);
  }

  /** Of the rivals there is room for one. */
  private async refunded(name: string, { id, processing: { capturedMinor } }: Seen, { refunding }: Scenario): Promise<void> {
    const most = Math.ceil(capturedMinor * 0.6);
    const rest = capturedMinor - most;
    const ways = { nothing: [], whole: [[capturedMinor]], part: [[most]], parts: [[most], [rest]], rivals: [[most, most]] };
    let number = 0;
    for (const together of ways[refunding]) {
      await Promise.all(together.map((amountMinor) => this.giveBack(`${name}-refund-${number++}`, id, amountMinor)));
    }
  }

  private async giveBack(key: string, paymentId: string, amountMinor: number): Promise<void> {
    if (amountMinor < 1) return;
    const path = `/api/v1/payments/${paymentId}/refunds`;
    await this.api.ask({ kind: 'refund', key, path, paymentId, amountMinor, body: { amountMinor, reason: key } });
  }

  private async move(name: string, kind: 'capture' | 'cancel', paymentId: string, body: { readonly amountMinor?: number }): Promise<void> {
    const path = `/api/v1/payments/${paymentId}/${kind}`;
    await this.api.ask({ kind, key: `${name}-${kind}`, path, paymentId, body, ...body });
  }

  /** As soon as it is not on its way any more, or as it is after a while. */
  private async settled(id: string, besides: readonly string[] = []): Promise<Seen> {
    const until = Date.now() + patienceMs;
    for (let waitMs = usualPauseMs; ; waitMs = Math.min(waitMs * 1.5, longestPauseMs)) {
      const { status, data } = await this.api.get(`/api/v1/payments/${id}`);
      if (status !== 200) throw new Error(`A payment that was acknowledged is answered ${status}: ${id}`);
      const seen = data as Seen;
      if (Date.now() > until || !isMoving(seen, besides)) return seen;
      await pause(waitMs);
    }
  }
}

function isMoving({ state, processing: { operation } }: Seen, besides: readonly string[]): boolean {
  if (besides.includes(state) || moving.includes(state)) return true;
  return operation !== null && state !== 'requires_action';
}
