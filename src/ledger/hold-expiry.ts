import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Collection } from 'mongodb';
import { Clock } from '../kernel/clock.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { failpoint } from '../kernel/failpoints.js';
import { Fault } from '../kernel/fault/fault.js';
import { Database } from '../kernel/mongo/database.js';
import { type AccountDocument, accountsCollection } from './ledger.schema.js';
import { LedgerWriter } from './ledger-writer.js';
import { Poller } from '../kernel/poller.js';

type Holder = Pick<AccountDocument, 'tenantId' | 'holds'>;

const holdersAtOnce = 100;

/**
 * Gives back what is held past its time. Nodes that find the same hold post under the same key, so that it is given back once; one
 * that was committed or voided meanwhile refuses.
 */
@Injectable()
export class HoldExpiry implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rows: Collection<AccountDocument>;
  private poller: Poller | undefined;

  constructor(
    database: Database,
    private readonly writer: LedgerWriter,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<Config, 'backgroundIntervalMs'>,
  ) {
    this.rows = database.collection<AccountDocument>(accountsCollection.name);
  }

  onApplicationBootstrap(): void {
    this.poller = new Poller(async () => void (await this.expire()), this.config.backgroundIntervalMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.poller?.stop();
  }

  /** Ends holds of a bounded number of accounts; resolves with how many were found. What is refused or too much now, the next look finds. */
  async expire(): Promise<number> {
    const now = this.clock.now();
    const holders = await this.rows
      .find({ 'holds.expiresAt': { $lte: now } }, { limit: holdersAtOnce })
      .project<Holder>({ tenantId: 1, holds: 1 })
      .toArray();
    const expired = holders.flatMap(({ tenantId, holds }) =>
      holds.filter(({ expiresAt }) => expiresAt <= now).map(({ n }) => ({ tenantId, n })),
    );
    await Promise.all(expired.map(({ tenantId, n }) => this.release(tenantId, n)));
    return expired.length;
  }

  private async release(tenantId: string, hold: number): Promise<void> {
    try {
      await failpoint('ledger.hold-expiring');
      const move = { type: 'release', hold, because: 'expiry' } as const;
      await this.writer.post({ tenantId, key: `hold-expire:${hold}`, kind: 'hold_expiry', memo: 'Hold expired', move });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
}
