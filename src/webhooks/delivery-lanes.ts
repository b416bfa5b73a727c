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
}
interface Lane {
  running: number;
  readonly queue: (() => void)[];
  /** What a request took, of late. */
  meanMs: number;
  /** When the last one that was sent away may come back. */
  busyUntil: number;
}

export type Turn<Result> =
  { readonly isTurnedAway: false; readonly value: Result } | { readonly isTurnedAway: true; readonly forMs: number };

const usual: LaneLimits = { atOnce: 5, waiting: 40, patienceMs: 500 };
const firstGuessMs = 200;
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
    const lane = this.lanes.get(key) ?? { running: 0, queue: [], meanMs: firstGuessMs, busyUntil: 0 };
    this.lanes.set(key, lane);
    if (!(await this.isLetIn(lane))) return { isTurnedAway: true, forMs: this.turnAway(lane) };
    const begun = performance.now();
    try {
      return { isTurnedAway: false, value: await work() };
    } finally {
      lane.meanMs += weight * (performance.now() - begun - lane.meanMs);
      this.leave(lane);
      if (lane.running === 0 && performance.now() > lane.busyUntil) this.lanes.delete(key);
    }
  }

  /** None of those who wait does so for long, and where requests take long nobody does. */
  private isLetIn(lane: Lane): Promise<boolean> {
    const { atOnce, waiting, patienceMs } = this.limits;
    if (lane.running < atOnce) {
      lane.running++;
      return Promise.resolve(true);
    }
    if (lane.queue.length >= waiting || lane.meanMs > patienceMs) return Promise.resolve(false);
    return new Promise((resolve) => {
      const enter = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        lane.queue.splice(lane.queue.indexOf(enter), 1);
        resolve(false);
      }, patienceMs);
      lane.queue.push(enter);
    });
  }

  /** The place goes to the one who has waited longest. */
  private leave(lane: Lane): void {
    const next = lane.queue.shift();
    if (next) next();
    else lane.running--;
  }

  /** Each comes back when those before it may be done, the last of very many not all at the same time. */
  private turnAway(lane: Lane): number {
    const now = performance.now();
    lane.busyUntil = Math.max(lane.busyUntil, now + lane.meanMs) + lane.meanMs / this.limits.atOnce;
    return Math.min(lane.busyUntil - now, longestAwayMs * (1 - Math.random() / 2));
  }
}
