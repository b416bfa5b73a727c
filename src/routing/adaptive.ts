import { drawBeta, drawsOf } from './chance.js';

/** What kinds of payments fare alike. */
export interface Segment {
  readonly currency: string;
  readonly method: string;
  readonly cardBrand: string | null;
}
/** How one try ended, and how long that took. */
export interface Observation extends Segment {
  readonly provider: string;
  readonly approved: boolean;
  readonly latencyMs: number;
}
export interface Estimate {
  /** Between 0 and 1. */
  readonly success: number;
  /** How many payments of just this segment it rests on, each counting the less the older it is. */
  readonly evidence: number;
  /** The mean; null as long as nothing was seen. */
  readonly latencyMs: number | null;
}

/** Sums in which the past counts less and less. */
interface Tally {
  readonly approved: number;
  readonly declined: number;
  readonly latencyMs: number;
}
/** As it is kept and sent. */
export interface RatesRecord {
  readonly segments: readonly {
    readonly key: string;
    readonly count: number;
    readonly tallies: readonly (Tally & { readonly provider: string })[];
  }[];
}

/**
 * What a payment still counts after the next one of its segment, whoever took that: a provider that gets none is forgotten too, and
 * so is tried again. This much is a memory of some 65 payments.
 */
const keep = 0.985;
/** As many payments as what is known of the coarser segment counts in the finer one. */
const priorWeight = 4;
/** Of a provider of which nothing is known: rather high, so that one is tried also where all others are very good. */
const priorSuccess = 0.7;
const mostSegments = 200;
/** Less is not kept: of accounts that are gone nothing stays. */
const leastEvidence = 0.001;
const nothing: Tally = { approved: 0, declined: 0, latencyMs: 0 };

/** From the whole to the part; each falls back on the one before it while it has seen little. */
const keysOf = ({ currency, method, cardBrand }: Segment): readonly string[] => {
  const broad = `${currency} ${method}`;
  return ['', broad, `${broad} ${cardBrand ?? '-'}`];
};

const evidenceOf = ({ approved, declined }: Tally): number => approved + declined;
const scaled = ({ approved, declined, latencyMs }: Tally, by: number): Tally => ({
  approved: approved * by,
  declined: declined * by,
  latencyMs: latencyMs * by,
});
const sum = (one: Tally, other: Tally): Tally => ({
  approved: one.approved + other.approved,
  declined: one.declined + other.declined,
  latencyMs: one.latencyMs + other.latencyMs,
});

/** The tallies of a segment, each as of the payment that last changed it. */
class SegmentRates {
  private readonly tallies = new Map<string, { readonly tally: Tally; readonly at: number }>();

  constructor(private count = 0) {}

  get seen(): number {
    return this.count;
  }

  get providers(): readonly string[] {
    return [...this.tallies.keys()];
  }

  of(provider: string): Tally {
    const found = this.tallies.get(provider);
    return found ? scaled(found.tally, keep ** (this.count - found.at)) : nothing;
  }

  set(provider: string, tally: Tally): void {
    this.tallies.set(provider, { tally, at: this.count });
  }

  add(provider: string, tally: Tally): void {
    this.count++;
    this.set(provider, sum(this.of(provider), tally));
  }
}

/**
 * How often each provider approves, and how fast, by segment. Every process feeds one of its own; `followedBy` puts them together
 * exactly as if one had seen everything.
 */
export class ApprovalRates {
  /** The longest unused first. */
  private readonly segments = new Map<string, SegmentRates>();

  static of(record: RatesRecord): ApprovalRates {
    const rates = new ApprovalRates();
    for (const { key, count, tallies } of record.segments) {
      const segment = new SegmentRates(count);
      for (const { provider, ...tally } of tallies) segment.set(provider, tally);
      rates.put(key, segment);
    }
    return rates;
  }

  observe({ provider, approved, latencyMs, ...segment }: Observation): void {
    const tally = { approved: approved ? 1 : 0, declined: approved ? 0 : 1, latencyMs };
    for (const key of keysOf(segment)) {
      const rates = this.segments.get(key) ?? new SegmentRates();
      rates.add(provider, tally);
      this.put(key, rates);
    }
  }

  /** What was seen here, and then there. */
  followedBy(later: ApprovalRates): ApprovalRates {
    const both = new ApprovalRates();
    for (const key of [...this.segments.keys()].filter((one) => !later.segments.has(one)).concat([...later.segments.keys()])) {
      const [one, other] = [this.segments.get(key) ?? new SegmentRates(), later.segments.get(key) ?? new SegmentRates()];
      const joint = new SegmentRates(one.seen + other.seen);
      for (const provider of new Set([...one.providers, ...other.providers])) {
        joint.set(provider, sum(scaled(one.of(provider), keep ** other.seen), other.of(provider)));
      }
      both.put(key, joint);
    }
    return both;
  }

  estimate(provider: string, segment: Segment): Estimate {
    const tallies = this.talliesOf(provider, segment);
    const latest = tallies.findLast((tally) => evidenceOf(tally) > 0);
    return {
      success: tallies.reduce(meanOver, priorSuccess),
      evidence: evidenceOf(tallies.at(-1) ?? nothing),
      latencyMs: latest ? latest.latencyMs / evidenceOf(latest) : null,
    };
  }

  /** Thompson sampling: a success rate that may well be the true one. Who is known little of is sometimes overrated, and so tried. */
  draw(provider: string, segment: Segment, paymentId: string): number {
    const tallies = this.talliesOf(provider, segment);
    const expected = tallies.slice(0, -1).reduce(meanOver, priorSuccess);
    const { approved, declined } = tallies.at(-1) ?? nothing;
    const draws = drawsOf(`adaptive ${paymentId} ${provider}`);
    return drawBeta(approved + priorWeight * expected, declined + priorWeight * (1 - expected), draws);
  }

  toJSON(): RatesRecord {
    const segments = [...this.segments].map(([key, segment]) => ({
      key,
      count: segment.seen,
      tallies: segment.providers.flatMap((provider) => {
        const tally = segment.of(provider);
        return evidenceOf(tally) < leastEvidence ? [] : [{ provider, ...tally }];
      }),
    }));
    return { segments };
  }

  private talliesOf(provider: string, segment: Segment): readonly Tally[] {
    return keysOf(segment).map((key) => this.segments.get(key)?.of(provider) ?? nothing);
  }

  private put(key: string, segment: SegmentRates): void {
    this.segments.delete(key);
    this.segments.set(key, segment);
    const [oldest] = this.segments.keys();
    if (this.segments.size > mostSegments && oldest !== undefined) this.segments.delete(oldest);
  }
}

const meanOver = (expected: number, tally: Tally): number => (tally.approved + priorWeight * expected) / (evidenceOf(tally) + priorWeight);
