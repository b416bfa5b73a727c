import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { AccountRows } from './account-rows.js';
import { BadRow } from './bad-row.js';
import type { LedgerAudit } from './ledger-audit.js';
import { LedgerAuditor, type OnProgress } from './ledger-auditor.js';
import { LedgerWalk } from './ledger-walk.js';

export interface Rebuilt {
  readonly entries: number;
  /** Account rows that were as the entries make them. */
  readonly agreed: number;
  /** Those that were wrong or missing, or belonged to nobody. */
  readonly repaired: number;
  /** The first bad row of each tenant whose entries do not hold; of such a tenant nothing was written. */
  readonly refused: readonly BadRow[];
}

/** Small enough to be written between two batches of a busy tenant. */
const rowsAtOnce = 200;

/**
 * Makes account rows anew from the entries, where they differ. A row is written only as of the tenant's newest batch; while servers
 * go on, one that has read a wrong row still holds it, and must be started again.
 */
@Injectable()
export class LedgerRebuild {
  constructor(
    private readonly walk: LedgerWalk,
    private readonly auditor: LedgerAuditor,
    private readonly rows: AccountRows,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** One tenant, or all. @throws DatabaseBusy where batches left no room in between */
  async rebuild(tenantId?: string, onProgress: OnProgress = () => {}): Promise<Rebuilt> {
    const tenants = tenantId === undefined ? await this.walk.tenants() : [tenantId];
    const size = await this.walk.size(tenantId);
    const done = { entries: 0, agreed: 0, repaired: 0 };
    const refused: BadRow[] = [];
    for (const tenant of tenants) {
      const audit = this.auditor.begin(tenant);
      const onBatch = () => onProgress(done.entries + audit.n, size);
      try {
        const wrong = await this.auditor.toTheEnd(audit, onBatch, (session) => this.wrong(audit, session, () => done.agreed++));
        for (let first = 0; first < wrong.length; first += rowsAtOnce) {
          const some = wrong.slice(first, first + rowsAtOnce);
          await this.repair(audit, some);
          done.repaired += some.length;
        }
      } catch (error) {
        if (!(error instanceof BadRow)) throw error;
        refused.push(error);
      }
      done.entries += audit.n;
    }
    return { ...done, refused };
  }

  private async wrong(audit: LedgerAudit, session: ClientSession, onRow: () => void): Promise<unknown[]> {
    const ids: unknown[] = [];
    for await (const { _id } of this.rows.wrong(audit, session, onRow)) ids.push(_id);
    return ids;
  }

  private async repair(audit: LedgerAudit, ids: readonly unknown[]): Promise<void> {
    while (!(await this.unitOfWork.transact((session) => this.write(audit, ids, session))))
      await this.auditor.toTheEnd(
        audit,
        () => {},
        async () => {},
      );
  }

  /** False, and nothing is written, when batches came meanwhile; one that comes now and touches a row conflicts with this. */
  private async write(audit: LedgerAudit, ids: readonly unknown[], session: ClientSession): Promise<boolean> {
    const head = await this.walk.head(audit.tenantId, session);
    if (head.seq !== audit.seq) return false;
    await this.rows.replace(audit, ids, session);
    return true;
  }
}
