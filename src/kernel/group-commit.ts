import { Unavailable } from './fault/fault.js';

export type Settled<Result> = { readonly ok: true; readonly value: Result } | { readonly ok: false; readonly error: Error };
export interface LaneLimits {
  readonly batch: number;
  readonly queue: number;
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

/**
 * Puts all commands that wait on one key into one commit: while a batch commits, the next one gathers, so there is no timer and
 * no latency when idle. `commit` answers each command in order; when it throws, the whole batch fails with that error.
 */
export class GroupCommit<Command, Result> {
  private readonly lanes = new Map<string, Waiting<Command, Result>[]>();

  constructor(
    private readonly commit: (key: string, batch: readonly Command[]) => Promise<readonly Settled<Result>[]>,
    private readonly limits: LaneLimits,
  ) {}

  /** @throws LaneFull */
  submit(key: string, command: Command): Promise<Result> {
    return new Promise((resolve, reject) => {
      const lane = this.lanes.get(key);
      if (lane && lane.length >= this.limits.queue) return reject(new LaneFull());
      const waiting = { command, resolve, reject };
      if (lane) {
        lane.push(waiting);
        return;
      }
      this.lanes.set(key, [waiting]);
      queueMicrotask(() => void this.drain(key));
    });
  }

  private async drain(key: string): Promise<void> {
    const lane = this.lanes.get(key) ?? [];
    while (lane.length > 0) await this.commitBatch(key, lane.splice(0, this.limits.batch));
    this.lanes.delete(key);
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
