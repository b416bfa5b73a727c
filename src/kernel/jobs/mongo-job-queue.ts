import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { ChangeStream, ClientSession } from 'mongodb';
import { Clock } from '../clock.js';
import { type Config, CONFIG } from '../config/config.js';
import type { Id } from '../ids.js';
import { Database } from '../mongo/database.js';
import type { Job, JobHandler, NewJob } from './job.js';
import { type JobFilter, JobQueue } from './job-queue.js';
import { JobRunner } from './job-runner.js';
import { JobStore } from './job-store.js';

/** So that only one job of a repeated kind ever is. */
const REPEATED = 'repeated';
const everyTenant = '';

/** Jobs in MongoDB. A node is woken by what it enqueues itself and by the change stream; what both miss, it finds by looking. */
@Injectable()
export class MongoJobQueue extends JobQueue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly store: JobStore;
  private readonly runners = new Map<string, JobRunner>();
  private readonly repeated = new Set<string>();
  private isRunning = false;
  private timer: NodeJS.Timeout | undefined;
  private changes: ChangeStream<Job> | undefined;

  constructor(
    database: Database,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<Config, 'backgroundIntervalMs' | 'jobLeaseMs'>,
  ) {
    super();
    this.store = new JobStore(database);
  }

  async enqueue(session: ClientSession, jobs: readonly NewJob[]): Promise<readonly Id<'job'>[]> {
    const ids = await this.store.insert(session, jobs, this.clock.now());
    // The transaction is over then; whether it was committed, the look will tell.
    session.once('ended', () => jobs.forEach(({ kind, runAt }) => this.wake(kind, runAt)));
    return ids;
  }

  handle(handler: JobHandler): void {
    if (this.runners.has(handler.kind)) throw new Error(`Jobs of kind ${handler.kind} have a handler already`);
    this.runners.set(handler.kind, new JobRunner(handler, this.store, this.clock, this.config.jobLeaseMs));
  }

  repeat(handler: JobHandler, everyMs: number): void {
    const run: JobHandler['run'] = async (job) => {
      const next = new Date(this.clock.now().getTime() + everyMs);
      return (await handler.run(job)) ?? next;
    };
    this.handle({ ...handler, concurrency: 1, maxAttempts: Infinity, run });
    this.repeated.add(handler.kind);
  }

  find(id: string, tenantId?: string): Promise<Job | null> {
    return this.store.find(id, tenantId);
  }

  list(filter: JobFilter, limit: number, after?: string): Promise<readonly Job[]> {
    return this.store.list(filter, limit, after);
  }

  forget(session: ClientSession, kind: string, dedupeKeys: readonly string[]): Promise<void> {
    return this.store.remove(session, kind, dedupeKeys);
  }

  async revive(session: ClientSession, id: string, tenantId?: string): Promise<Job | null> {
    const job = await this.store.revive(session, id, tenantId, this.clock.now());
    if (job) session.once('ended', () => this.wake(job.kind));
    return job;
  }

  async onApplicationBootstrap(): Promise<void> {
    const repeated = [...this.repeated].map((kind): NewJob => ({ kind, tenantId: everyTenant, payload: {}, dedupeKey: REPEATED }));
    await this.store.insert(undefined, repeated, this.clock.now());
    this.isRunning = true;
    this.watch();
    this.timer = setInterval(() => void this.look(), this.config.backgroundIntervalMs).unref();
    void this.look();
  }

  /** What is being worked on is finished, within the time that a stop may take; the rest other nodes find at once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isRunning = false;
    clearInterval(this.timer);
    await Promise.all([...this.runners.values()].map((runner) => runner.stop()));
    await this.changes?.close().catch(() => {});
  }

  private wake(kind: string, runAt?: Date): void {
    const runner = this.isRunning ? this.runners.get(kind) : undefined;
    const waitMs = (runAt?.getTime() ?? 0) - this.clock.now().getTime();
    if (!runner) return;
    if (waitMs <= 0) runner.wake();
    // Later ones are found by looking.
    else if (waitMs <= this.config.backgroundIntervalMs) setTimeout(() => runner.wake(), waitMs).unref();
  }

  private async look(): Promise<void> {
    await this.store.release(this.clock.now()).catch(() => {});
    for (const runner of this.runners.values()) runner.wake();
  }

  /** A stream that breaks is opened again; jobs are looked for meanwhile. */
  private watch(): void {
    if (!this.isRunning) return;
    const changes = this.store.watch(this.config.backgroundIntervalMs);
    this.changes = changes;
    changes.on('change', (change) => {
      if (change.operationType === 'insert') this.wake(change.fullDocument.kind, change.fullDocument.runAt);
    });
    changes.once('error', () => {
      void changes.close().catch(() => {});
      setTimeout(() => this.watch(), this.config.backgroundIntervalMs).unref();
    });
  }
}
