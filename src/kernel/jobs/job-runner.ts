import type { Clock } from '../clock.js';
import { failpoint } from '../failpoints.js';
import { GroupCommit } from '../group-commit.js';
import { requestContext, traceIdOf } from '../http/request-context.js';
import { type JobHandler, JobFailed, LeaseLost } from './job.js';
import type { Claimed, JobStore, Outcome, Settlement } from './job-store.js';

const usual = { concurrency: 10, maxAttempts: 10, backoffMs: 1_000, longestBackoffMs: 3_600_000 };
/** Of a wait, how much of it may be added by chance, so that what failed together does not come back together. */
const jitter = 0.2;
const longestError = 1_000;
const settling = { batch: 500, queue: 100_000, gatherMs: 2 };

/** Runs the jobs of one kind on this node: claims as many as there is room for, keeps their leases, and says what became of them. */
export class JobRunner {
  private readonly running = new Map<Claimed, Promise<void>>();
  private readonly settled = new GroupCommit<Settlement, void>((_key, batch) => this.settle(batch), settling);
  private claiming: Promise<void> | undefined;
  private isWanted = false;
  private isStopped = false;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly handler: JobHandler,
    private readonly store: JobStore,
    private readonly clock: Clock,
    private readonly leaseMs: number,
  ) {}

  /** There may be something to do. */
  wake(): void {
    this.isWanted = true;
    if (this.isStopped || this.claiming || this.room === 0) return;
    this.claiming = this.claim().finally(() => {
      this.claiming = undefined;
      if (this.isWanted) this.wake();
    });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.claiming;
    await Promise.all(this.running.values());
    clearInterval(this.heartbeat);
  }

  private get room(): number {
    return (this.handler.concurrency ?? usual.concurrency) - this.running.size;
  }

  private async claim(): Promise<void> {
    this.isWanted = false;
    const { room } = this;
    try {
      // Where nothing runs, the first one is not kept waiting for a group.
      const isIdle = this.running.size === 0;
      const claimed = await (isIdle ? this.claimFirst() : this.store.claim(this.handler.kind, room, this.clock.now(), this.leaseMs));
      await failpoint('jobs.claimed');
      for (const job of claimed) this.begin(job);
      // As many as were asked for: there may be more.
      if (claimed.length === (isIdle ? 1 : room)) this.isWanted = true;
    } catch {
      // The next look tries again; what was claimed unheard comes back when its lease is over.
    }
  }

  private async claimFirst(): Promise<Claimed[]> {
    const job = await this.store.claimOne(this.handler.kind, this.clock.now(), this.leaseMs);
    return job ? [job] : [];
  }

  private begin(job: Claimed): void {
    const run = this.run(job).finally(() => {
      this.running.delete(job);
      if (this.running.size === 0) clearInterval(this.heartbeat);
      if (this.isWanted) this.wake();
    });
    if (this.running.size === 0) this.heartbeat = setInterval(() => void this.extend(), this.leaseMs / 3).unref();
    this.running.set(job, run);
  }

  private async run(job: Claimed): Promise<void> {
    let isComplete = false;
    const complete: Parameters<JobHandler['run']>[0]['complete'] = async (session) => {
      if (!(await this.store.complete(session, job, this.clock.now()))) throw new LeaseLost('The job was taken over');
      isComplete = true;
    };
    const { _id: id, tenantId, payload, attempts: attempt } = job;
    let outcome: Outcome;
    try {
      // It took its worker with it as often as it may fail.
      if (attempt > this.maxAttempts) throw new JobFailed(job.lastError ?? 'The worker was lost');
      // Not in the context of the request that enqueued it, whose idempotency key is not the job's.
      const work = () => this.handler.run({ id, tenantId, payload, attempt, complete });
      const runAt = await requestContext.run({ traceId: traceIdOf(undefined) }, work);
      if (isComplete) return;
      outcome = runAt ? { state: 'waiting', runAt } : { state: 'done' };
    } catch (error) {
      if (error instanceof LeaseLost) return;
      outcome = this.failure(job, error);
    }
    await failpoint('jobs.run');
    // Unsettled it runs again when its lease is over.
    await this.settled.submit('', { job, outcome, at: this.clock.now() }).catch(() => {});
  }

  private failure({ attempts }: Claimed, error: unknown): Outcome {
    const text = String(error instanceof Error ? error.message : error).slice(0, longestError);
    if (error instanceof JobFailed || attempts >= this.maxAttempts) return { state: 'dead', error: text };
    const { backoffMs, longestBackoffMs } = { ...usual, ...this.handler };
    const wait = Math.min(backoffMs * 2 ** (attempts - 1), longestBackoffMs);
    return { state: 'waiting', runAt: new Date(this.clock.now().getTime() + wait * (1 + Math.random() * jitter)), error: text };
  }

  private get maxAttempts(): number {
    return this.handler.maxAttempts ?? usual.maxAttempts;
  }

  private async settle(batch: readonly Settlement[]) {
    await this.store.settle(batch);
    await failpoint('jobs.settled');
    return batch.map(() => ({ ok: true, value: undefined }) as const);
  }

  private async extend(): Promise<void> {
    await this.store.extend([...this.running.keys()], new Date(this.clock.now().getTime() + this.leaseMs)).catch(() => {});
  }
}
