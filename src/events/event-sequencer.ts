import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { Database } from '../kernel/mongo/database.js';
import { EventPositions } from './event-positions.js';
import { EventSources } from './event-source.js';
import { SequencerLease } from './sequencer-lease.js';
import { SequencerWatch } from './sequencer-watch.js';

/** Tenants whose feeds are extended at the same time. */
const tenantsAtOnce = 8;
/** Between turns: what is recorded meanwhile shares a batch, or a call to the node that works. Who comes after a while does not wait. */
const restMs = 100;
/** Sources are asked for every tenant that there is, and tell when they have grown: what is not heard of can wait a little. */
const looksPerFullLook = 10;

/**
 * Puts events into the feeds of their tenants, on one node of all at a time. It is woken by what this node records and posts, and by
 * calls of other nodes; what is missed, such as events of a node that died, it finds by looking.
 */
@Injectable()
export class EventSequencer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly lease: SequencerLease;
  private readonly watch: SequencerWatch;
  private readonly due = new Set<string>();
  private readonly failed = new Set<string>();
  private looks = 0;
  private isLookDue = false;
  private isFullLookDue = false;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private wakeUp: () => void = () => {};
  private running: Promise<void> | undefined;

  constructor(
    database: Database,
    private readonly positions: EventPositions,
    sources: EventSources,
    private readonly http: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: Pick<Config, 'backgroundIntervalMs' | 'eventLeaseMs'>,
  ) {
    this.lease = new SequencerLease(database, config.eventLeaseMs);
    const listener = { onOpen: () => this.look(true), onCall: (tenants: readonly string[]) => this.wake(tenants) };
    this.watch = new SequencerWatch(database, listener, config.backgroundIntervalMs);
    sources.listen((tenantId) => this.wake([tenantId]));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(this.looks++ % looksPerFullLook === 0), this.config.backgroundIntervalMs).unref();
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    this.wakeUp();
    await this.running;
    this.watch.close();
    await this.lease.release().catch(() => {});
  }

  /** There may be something to do for these tenants. */
  wake(tenants: Iterable<string>): void {
    for (const tenant of tenants) this.due.add(tenant);
    this.wakeUp();
  }

  private look(isFull: boolean): void {
    this.isLookDue = true;
    this.isFullLookDue ||= isFull;
    this.wake(this.failed);
    this.failed.clear();
  }

  private get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** One loop for as long as the node runs, so that no work is done in the name of the request that woke it. */
  private async run(): Promise<void> {
    while (!this.isStopped) {
      if (this.due.size === 0 && !this.isLookDue) await new Promise<void>((resolve) => (this.wakeUp = resolve));
      if (this.isStopped) return;
      try {
        if (!(await this.turn())) await pause(restMs);
      } catch (error) {
        this.complain(error);
        await pause(this.config.backgroundIntervalMs, undefined, { signal: this.stopping.signal }).catch(() => {});
      }
    }
  }

  /** True where a batch was full, and the next one is to be had at once. */
  private async turn(): Promise<boolean> {
    const told = [...this.due];
    if (!(await this.lease.claim(told))) {
      this.watch.close();
      // What came meanwhile has not been told.
      for (const tenant of told) this.due.delete(tenant);
      [this.isLookDue, this.isFullLookDue] = [false, false];
      return false;
    }
    this.watch.open();
    const tenants = await this.takeDue();
    let isFull = false;
    for (let at = 0; at < tenants.length; at += tenantsAtOnce) {
      if (this.isStopped || !(await this.lease.claim())) return false;
      const full = await Promise.all(tenants.slice(at, at + tenantsAtOnce).map((tenant) => this.advance(tenant)));
      isFull ||= full.includes(true);
    }
    return isFull;
  }

  private async takeDue(): Promise<string[]> {
    const [due, isLook, isFull] = [[...this.due], this.isLookDue, this.isFullLookDue];
    this.due.clear();
    [this.isLookDue, this.isFullLookDue] = [false, false];
    const waiting = isLook ? await this.positions.waiting() : [];
    const behind = isFull ? await this.positions.behind() : [];
    return [...new Set([...due, ...waiting, ...behind])];
  }

  /** A batch at a time, so that the tenant with the longest queue does not keep the others waiting. */
  private async advance(tenantId: string): Promise<boolean> {
    try {
      const isFull = await this.positions.advance(tenantId);
      if (isFull) this.wake([tenantId]);
      return isFull;
    } catch (error) {
      this.failed.add(tenantId);
      this.complain(error, tenantId);
      return false;
    }
  }

  private complain(err: unknown, tenantId?: string): void {
    const { log } = this.http.httpAdapter.getInstance<FastifyInstance>();
    log.warn({ err, ...(tenantId !== undefined && { tenantId }) }, 'events wait for their positions');
  }
}
