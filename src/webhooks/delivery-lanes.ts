import type { WebhookDelivery } from './webhook-delivery.js';

/** Everything to one receiver goes through one lane: its endpoint, or the address that a charge named. */
export const laneOf = ({ endpointId, ownerId, url }: Pick<WebhookDelivery, 'endpointId' | 'ownerId' | 'url'>): string =>
  endpointId ?? `${ownerId} ${url}`;

export interface LaneLimits {
  /** Requests to one receiver at once, on this node. */
  readonly atOnce: number;
  /** Of those behind them, how many wait here, and for how long; the others come back later. */
  readonly waiting: number;
  readonly patienceMs: number;
  /** A receiver that takes longer lets nobody wait. */
  readonly slowMs: number;
}
interface Lane {
  /** When those began that are under way, the oldest first. */
  readonly running: number[];
  readonly queue: (() => void)[];
  /** What a request took, of late. */
  meanMs: number;
  /** When the last one that was sent away may come back. */
  busyUntil: number;
}
export type Turn<Result> =
  { readonly isTurnedAway: false; readonly value: Result } | { readonly isTurnedAway: true; readonly forMs: number };

const usual: LaneLimits = { atOnce: 5, waiting: 150, patienceMs: 1_000, slowMs: 2_000 };
const firstGuessMs = 50;
/** How much the newest request counts in the mean. */
const weight = 0.3;
const longestAwayMs = 600_000;

/**
 * Sees to it that a receiver which is slow or hangs delays nobody else: it holds a few of this node's jobs, and whatever else is meant
 * for it is sent away until its turn may come, which costs a job a moment only.
 */
export class DeliveryLanes {
  private readonly lanes = new Map<string, Lane>();

  constructor(private readonly limits: LaneLimits = usual) {}

  /** Does the work when it may; or says that it may not now, and for how many milliseconds. */
  async run<Result>(key: string, work: () => Promise<Result>): Promise<Turn<Result>> {
    const lane = this.lanes.get(key) ?? { running: [], queue: [], meanMs: firstGuessMs, busyUntil: 0 };
    this.lanes.set(key, lane);
    const begun = await this.enter(lane);
    if (begun === null) return { isTurnedAway: true, forMs: this.turnAway(lane) };
    try {
      return { isTurnedAway: false, value: await work() };
    } finally {
      lane.running.splice(lane.running.indexOf(begun), 1);
      lane.meanMs += weight * (performance.now() - begun - lane.meanMs);
      // The place is taken again before anybody else can see that it is free.
      lane.queue.shift()?.();
      if (lane.running.length === 0 && performance.now() > lane.busyUntil) this.lanes.delete(key);
    }
  }

  /** When it begins; null for whom there is no room. None of those who wait does so for long, and where requests take long nobody does. */
  private enter(lane: Lane): Promise<number | null> {
    const { atOnce, waiting, patienceMs, slowMs } = this.limits;
    if (lane.running.length < atOnce) return Promise.resolve(begin(lane));
    if (lane.queue.length >= waiting || durationOf(lane) > slowMs) return Promise.resolve(null);
    return new Promise((resolve) => {
      const next = () => {
        clearTimeout(timer);
        resolve(begin(lane));
      };
      const timer = setTimeout(() => {
        lane.queue.splice(lane.queue.indexOf(next), 1);
        resolve(null);
      }, patienceMs);
      lane.queue.push(next);
    });
  }

  /** Each comes back when those before it may be done, the last of very many not all at the same time. */
  private turnAway(lane: Lane): number {
    const now = performance.now();
    const duration = durationOf(lane);
    lane.busyUntil = Math.max(lane.busyUntil, now + duration) + duration / this.limits.atOnce;
    return Math.min(lane.busyUntil - now, longestAwayMs * (1 - Math.random() / 2));
  }
}

function begin({ running }: Lane): number {
  const now = performance.now();
  running.push(now);
  return now;
}

/** What a request takes: as those before, or as the one that has not ended yet. */
const durationOf = ({ running: [oldest], meanMs }: Lane): number =>
  oldest === undefined ? meanMs : Math.max(meanMs, performance.now() - oldest);
