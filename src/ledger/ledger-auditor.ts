import { Injectable, Optional } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { Keys } from '../kernel/config/keys.js';
import type { Entry } from './ledger.js';
import { LedgerAudit } from './ledger-audit.js';
import { LedgerWalk, type Place, type StoredBatch } from './ledger-walk.js';

/** Called often, with the entries that were read so far and, about, those that there are. */
export type OnProgress = (done: number, of: number) => void;

const none: ReadonlyMap<number, Entry> = new Map();

/**
 * Leads audits along tenants' chains while servers go on writing them. `nearEnough` is how many entries before the end the rest of
 * the way is gone in one snapshot, which a server keeps for some minutes only.
 */
@Injectable()
export class LedgerAuditor {
  constructor(
    private readonly walk: LedgerWalk,
    private readonly keys: Keys,
    @Optional() private readonly nearEnough = 100_000,
  ) {}

  begin(tenantId: string): LedgerAudit {
    return new LedgerAudit(tenantId, this.keys.accepted('ledger'));
  }

  /**
   * Follows the chain to its end, and does the work with the session in which that was the end. @throws BadRow, which leaves the
   * audit where it stopped
   */
  async toTheEnd<Result>(audit: LedgerAudit, onBatch: () => void, work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    for (let isFar = true; isFar;) {
      const head = await this.walk.head(audit.tenantId);
      isFar = head.n - audit.n > this.nearEnough;
      // A last header with a wrong number must not lead on for ever: its place is checked in the snapshot too.
      if (isFar) isFar = await this.follow(audit, onBatch, head);
    }
    return this.walk.atOneMoment(audit.tenantId, async (session) => {
      await this.follow(audit, onBatch, undefined, session);
      return work(session);
    });
  }

  /** False when there was nothing to follow. */
  private async follow(audit: LedgerAudit, onBatch: () => void, upTo?: Place, session?: ClientSession): Promise<boolean> {
    const { tenantId, seq, n } = audit;
    for await (const batch of this.walk.stretch(tenantId, { after: { seq, n }, upTo, session })) {
      const numbers = reversedBy(batch);
      audit.follow(batch, numbers.length === 0 ? none : await this.walk.numbered(tenantId, numbers, session));
      onBatch();
    }
    return audit.n > n;
  }
}

function reversedBy({ entries }: StoredBatch): number[] {
  return entries.flatMap(({ kind, refersTo }) => (kind === 'reversal' && Number.isSafeInteger(refersTo) ? [refersTo as number] : []));
}
