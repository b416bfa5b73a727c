import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Collection, Document } from 'mongodb';
import { Clock } from '../kernel/clock.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { Database } from '../kernel/mongo/database.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import { type AnchorDocument, anchorsCollection, type BatchDocument, batchesCollection, idOf } from './ledger.schema.js';
import { Poller } from '../kernel/poller.js';

export type Anchor = Omit<AnchorDocument, '_id'>;

const everyBatches = 1_000;
const everyMs = 3_600_000;
/** Looks cost as much as there are tenants, and an anchor is in no hurry. */
const intervals = 10;

/**
 * Writes down, outside the chain and in the log, which hash which batch had. Whoever removes the newest batches, and even makes the
 * account rows fit, cannot remove the lines of a log that is kept elsewhere.
 */
@Injectable()
export class LedgerAnchors implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly batches: Collection<BatchDocument>;
  private readonly anchors: Collection<AnchorDocument>;
  private poller: Poller | undefined;

  constructor(
    database: Database,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<Config, 'backgroundIntervalMs'>,
    private readonly http: HttpAdapterHost,
  ) {
    this.batches = database.collection<BatchDocument>(batchesCollection.name);
    this.anchors = database.collection<AnchorDocument>(anchorsCollection.name);
  }

  onApplicationBootstrap(): void {
    this.poller = new Poller(() => this.anchor(), intervals * this.config.backgroundIntervalMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.poller?.stop();
  }

  /** Anchors the newest batch of each tenant whose last anchor is 1,000 batches or an hour back. */
  async anchor(): Promise<void> {
    const heads = await newestOf(this.batches);
    const anchored = new Map((await newestOf(this.anchors)).map((anchor) => [anchor.tenantId, anchor]));
    for (const head of heads) if (this.isDue(head, anchored.get(head.tenantId))) await this.write(head);
  }

  private isDue(head: Anchor, last: Anchor | undefined): boolean {
    if (!last) return true;
    const isLate = this.clock.now().getTime() - last.at.getTime() >= everyMs;
    return head.seq >= last.seq + (isLate ? 1 : everyBatches);
  }

  private async write({ tenantId, seq, hash, at }: Anchor): Promise<void> {
    try {
      await this.anchors.insertOne({ _id: idOf(tenantId, seq), tenantId, seq, hash, at });
      const { log } = this.http.httpAdapter.getInstance<FastifyInstance>();
      log.info({ tenantId, seq, hash }, 'ledger anchor');
    } catch (error) {
      // Another node was first.
      if (!hasCode(error, 11000)) throw error;
    }
  }
}

/** Each tenant's last row: one step of the index for each, however many rows there are. */
async function newestOf<Row extends Anchor>(rows: Collection<Row>): Promise<Anchor[]> {
  const last = { _id: '$tenantId', seq: { $first: '$seq' }, hash: { $first: '$hash' }, at: { $first: '$at' } };
  const stages: Document[] = [{ $sort: { tenantId: -1, seq: -1 } }, { $group: last }];
  const found = await rows.aggregate<Omit<Anchor, 'tenantId'> & { _id: string }>(stages).toArray();
  return found.map(({ _id: tenantId, ...anchor }) => ({ tenantId, ...anchor }));
}
