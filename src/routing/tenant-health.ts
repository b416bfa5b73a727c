import { LRUCache } from 'lru-cache';
import { ApprovalRates, type Observation, type RatesRecord } from './adaptive.js';
import { type Circuit, type CircuitEvent, closedAt, next } from './circuit-breaker.js';

/** That a circuit has opened, or closed. Half open is for each node to find out by itself. */
export interface Verdict {
  readonly key: string;
  readonly at: number;
  readonly circuit: Extract<Circuit, { state: 'open' | 'closed' }>;
}
/** What nodes tell each other of how a tenant's accounts fare. */
export interface SharedHealth {
  readonly rev: number;
  readonly rates: RatesRecord;
  readonly verdicts: readonly Verdict[];
}
/** What one node has seen since it last told. */
export interface Sightings {
  readonly rates: ApprovalRates;
  readonly verdicts: readonly Verdict[];
}

export const nothingShared: SharedHealth = { rev: 0, rates: { segments: [] }, verdicts: [] };
const mostCircuits = 500;
const verdictsLastMs = 86_400_000;

/** What all know after one has told. */
export function followedBy(shared: SharedHealth, { rates, verdicts }: Sightings, now: number): SharedHealth {
  const newest = new Map<string, Verdict>();
  for (const verdict of [...shared.verdicts, ...verdicts].toSorted((one, other) => one.at - other.at)) {
    newest.delete(verdict.key);
    newest.set(verdict.key, verdict);
  }
  return {
    rev: shared.rev + 1,
    rates: ApprovalRates.of(shared.rates).followedBy(rates).toJSON(),
    verdicts: [...newest.values()].filter(({ at }) => now - at < verdictsLastMs).slice(-mostCircuits),
  };
}

/** How a tenant's accounts fare: as all nodes have told, and as this one has seen since. */
export class TenantHealth {
  private known = new ApprovalRates();
  private unshared: Sightings | undefined;
  private sharedRev = 0;
  private readonly circuits = new LRUCache<string, Circuit>({ max: mostCircuits });
  private readonly verdicts = new LRUCache<string, Verdict>({ max: mostCircuits });

  get rates(): ApprovalRates {
    return this.known;
  }

  get rev(): number {
    return this.sharedRev;
  }

  circuitOf(key: string, now: number): Circuit {
    return this.circuits.get(key) ?? closedAt(now);
  }

  observe(observation: Observation): void {
    this.known.observe(observation);
    this.unshared ??= { rates: new ApprovalRates(), verdicts: [] };
    this.unshared.rates.observe(observation);
  }

  turn(key: string, event: CircuitEvent, now: number): void {
    const before = this.circuitOf(key, now);
    const circuit = next(before, event, now);
    this.circuits.set(key, circuit);
    if (circuit.state === before.state || circuit.state === 'half_open') return;
    const verdict = { key, at: now, circuit };
    this.verdicts.set(key, verdict);
    const { rates, verdicts } = this.unshared ?? { rates: new ApprovalRates(), verdicts: [] };
    this.unshared = { rates, verdicts: [...verdicts, verdict] };
  }

  /** What is to be told; undefined where nothing has happened. */
  take(): Sightings | undefined {
    const taken = this.unshared;
    this.unshared = undefined;
    return taken;
  }

  /** What could not be told. */
  putBack({ rates, verdicts }: Sightings): void {
    const since = this.unshared;
    this.unshared = since ? { rates: rates.followedBy(since.rates), verdicts: [...verdicts, ...since.verdicts] } : { rates, verdicts };
  }

  /** What all know by now, and before what this node has not told yet. */
  learn({ rev, rates, verdicts }: SharedHealth): void {
    if (rev <= this.sharedRev) return;
    this.sharedRev = rev;
    this.known = ApprovalRates.of(rates).followedBy(this.unshared?.rates ?? new ApprovalRates());
    for (const verdict of verdicts) {
      if (verdict.at <= (this.verdicts.get(verdict.key)?.at ?? -Infinity)) continue;
      this.verdicts.set(verdict.key, verdict);
      this.circuits.set(verdict.key, verdict.circuit);
    }
  }
}
