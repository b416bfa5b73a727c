import { performance as monitor } from 'node:perf_hooks';
import { Unavailable } from './fault/fault.js';

export type Settled<Result> = { readonly ok: true; readonly value: Result } | { readonly ok: false; readonly error: Error };
export interface LaneLimits {
  readonly batch: number;
  readonly queue: number;
  /** How long a batch may wait in idleness, at most, for those whom the last one has just answered. */
  readonly gatherMs: number;
}
interface Waiting<Command, Result> {
  readonly command: Command;
  readonly resolve: (value: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** The lane's queue is at its bound; nothing of the refused command was applied. */
export class LaneFull extends Unavailable {
  constructor() {
    super('Too many requests are waiting, try again', { retryAfterSeconds: 1, outcome: 'none' });
  }
}

interface Lane<Command, Result> {
  readonly waiting: Waiting<Command, Result>[];
  /** Called with each arrival while a batch gathers. */
  arrived?: () => void;
}

// Of what the last commit took: more would cost those who wait more than it saves.
const gatherShare = 0.6;
/** Nor does a batch wait for ever where others keep the process busy: so many times what it may in idleness. */
const longestGather = 4;
const idleMsOfProcess = (): number => monitor.eventLoopUtilization().idle;

/**
 * Puts all commands that wait on one key into one commit: while a batch commits, the next one gathers. Callers that ask again when
 * they are answered would so fall into two halves that never share a commit; therefore a batch waits a moment for those whom the
 * last one has answered. Only a moment without any work counts: while their requests are read, a batch would stand in their way and
 * come too early for them. A lone caller never waits, nor does anybody when the lane is idle. `commit` answers each command in
 * order; when it throws, the whole batch fails with that error.
 */
export class GroupCommit<Command, Result> {
  private readonly lanes = new Map<string, Lane<Command, Result>>();

  constructor(
    private readonly commit: (key: string, batch: readonly Command[]) => Promise<readonly Settled<Result>[]>,
    private readonly limits: LaneLimits,
    private readonly idleMs: () => number = idleMsOfProcess,
  ) {}

  /** @throws LaneFull */
  submit(key: string, command: Command): Promise<Result> {
    return new Promise((resolve, reject) => {
      const lane = this.lanes.get(key);
      if (lane && lane.waiting.length >= this.limits.queue) return reject(new LaneFull());
      const waiting = { command, resolve, reject };
      if (lane) {
        lane.waiting.push(waiting);
        lane.arrived?.();
        return;
      }
      const opened: Lane<Command, Result> = { waiting: [waiting] };
      this.lanes.set(key, opened);
      queueMicrotask(() => void this.drain(key, opened));
    });
  }

  private async drain(key: string, lane: Lane<Command, Result>): Promise<void> {
    while (lane.waiting.length > 0) {
      const batch = lane.waiting.splice(0, this.limits.batch);
      const begun = performance.now();
      await this.commitBatch(key, batch);
      await this.gather(lane, batch.length, performance.now() - begun);
    }
    this.lanes.delete(key);
  }

  /** Until as many wait as may be expected, or nothing was to be done for a part of what the last commit took. */
  private async gather(lane: Lane<Command, Result>, answered: number, tookMs: number): Promise<void> {
    const expected = Math.min(lane.waiting.length + answered, this.limits.batch);
    if (expected < 2 || lane.waiting.length >= expected) return;
    const patienceMs = Math.min(this.limits.gatherMs, tookMs * gatherShare);
    const [begun, idleBefore] = [performance.now(), this.idleMs()];
    await new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout;
      const look = () => {
        const idle = this.idleMs() - idleBefore;
        if (idle >= patienceMs || performance.now() - begun >= longestGather * patienceMs) resolve();
        else timer = setTimeout(look, patienceMs - idle);
      };
      look();
      lane.arrived = () => {
        if (lane.waiting.length < expected) return;
        clearTimeout(timer);
        resolve();
      };
    });
    delete lane.arrived;
  }

  private async commitBatch(key: string, batch: readonly Waiting<Command, Result>[]): Promise<void> {
    try {
      const settled = await this.commit(
        key,
        batch.map((waiting) => waiting.command),
      );
      batch.forEach((waiting, index) => {
        const result = settled[index];
        if (!result) waiting.reject(new Error('A batch left a command without an answer'));
        else if (result.ok) waiting.resolve(result.value);
        else waiting.reject(result.error);
      });
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
  }
}
