import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from './engine.js';
import { drawFault, twistedBy } from './faults.js';
import type { FaultKind, OperationName, Settings } from './settings.js';
import type { Simulator } from './simulator.js';
import type { Table } from './store.js';
import { type Answer, type Call, type Operation, Refused, textOf, type Turn } from './wire.js';

/** What becomes of the connection: an answer, one that cannot be read, none at all, or the end. */
export type Delivery = { readonly kind: 'answer' | 'malformed'; readonly answer: Answer } | { readonly kind: 'hang' | 'reset' };

interface Remembered {
  readonly fingerprint: string;
  readonly answer: Answer;
}

const before: Partial<Record<FaultKind, 'hang' | 'reset'>> = { timeout_before: 'hang', reset_before: 'reset' };
const after: Partial<Record<FaultKind, 'hang' | 'reset'>> = { timeout_after: 'hang', reset_after: 'reset' };

/** The way of a request through a provider: outage, fault, latency, idempotency, effect, and what the client gets to see of it. */
export class Exchange {
  private readonly inFlight = new Set<string>();
  private readonly remembered: Table<Remembered>;

  constructor(
    private readonly engine: Engine,
    private readonly simulator: Simulator,
  ) {
    this.remembered = engine.store.table('answers');
  }

  async handle(operation: Operation, call: Call): Promise<Delivery> {
    const { manners } = this.simulator;
    const down = this.outage();
    if (down) return down;
    const name = typeof operation.name === 'string' ? operation.name : operation.name(call);
    const reference = operation.referenceOf?.(call) ?? call.path;
    const fault = drawFault(this.engine, name, reference);
    if (fault === 'rate_limit') return { kind: 'answer', answer: manners.rateLimited };
    if (fault === 'conflict') return { kind: 'answer', answer: manners.keyInUse };
    const silent = fault && before[fault];
    if (silent) return { kind: silent };
    return this.seen(fault, await this.answer(operation, name, call, fault, reference));
  }

  private outage(): Delivery | null {
    const { outage } = this.engine.settings();
    if (outage === 'none') return null;
    this.engine.count(`outage_${outage}`);
    if (outage === 'http500') return { kind: 'answer', answer: this.simulator.manners.internal };
    return { kind: outage === 'hang' ? 'hang' : 'reset' };
  }

  private seen(fault: FaultKind | null, answer: Answer): Delivery {
    const silent = fault && after[fault];
    if (silent) return { kind: silent };
    if (fault === 'http500_after') return { kind: 'answer', answer: this.simulator.manners.internal };
    return { kind: fault === 'malformed' ? 'malformed' : 'answer', answer };
  }

  private async answer(operation: Operation, name: OperationName, call: Call, fault: FaultKind | null, reference: string): Promise<Answer> {
    const { manners } = this.simulator;
    const key = call.method === 'GET' ? undefined : textOf(call.headers[manners.keyHeader]);
    const turn: Turn = { key: key ?? null, twist: twistedBy(fault, name) };
    const run = () => operation.run(call, turn);
    try {
      manners.authenticate(call);
      if (key !== undefined) return await this.once(manners.isKeyOfPath ? `${call.path} ${key}` : key, call, run, reference);
      await this.work(reference);
      return this.engine.store.transact(run);
    } catch (error) {
      if (error instanceof Refused) return error.answer;
      throw error;
    }
  }

  private async once(key: string, call: Call, run: () => Answer, reference: string): Promise<Answer> {
    const { manners } = this.simulator;
    const fingerprint = fingerprintOf(call);
    const known = this.remembered.get(key);
    if (known) return known.fingerprint === fingerprint ? manners.replay(known.answer) : manners.keyReused;
    if (this.inFlight.has(key)) return manners.keyInUse;
    this.inFlight.add(key);
    try {
      await this.work(reference);
      return this.engine.store.transact(() => {
        const answer = this.attempt(run);
        this.remembered.put(key, { fingerprint, answer });
        return answer;
      });
    } finally {
      this.inFlight.delete(key);
    }
  }

  /** A refusal is an answer like others, and undoes what was done on the way to it. */
  private attempt(run: () => Answer): Answer {
    try {
      return this.engine.store.transact(run);
    } catch (error) {
      if (error instanceof Refused && error.isRemembered) return error.answer;
      throw error;
    }
  }

  private async work(reference: string): Promise<void> {
    const { latencyMs } = this.engine.settings();
    const wait = this.latency(latencyMs, reference);
    if (wait > 0) await pause(wait, undefined, { ref: false });
  }

  /** With two percentiles, log-normal through both. */
  private latency(given: Settings['latencyMs'], reference: string): number {
    if (typeof given === 'number') return given;
    const { p50, p99 } = given;
    const [radius, angle] = [this.engine.chance.draw('latency radius', reference), this.engine.chance.draw('latency angle', reference)];
    const deviation = Math.sqrt(-2 * Math.log(1 - radius)) * Math.cos(2 * Math.PI * angle);
    return p50 * (Math.max(p99, p50) / Math.max(p50, 1)) ** (deviation / deviationAtP99);
  }
}

const deviationAtP99 = 2.326;

/** Of what is asked, however its fields are ordered. */
function fingerprintOf({ method, path, body }: Call): string {
  return createHash('sha256')
    .update(`${method} ${path} ${canonical(body)}`)
    .digest('base64');
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
