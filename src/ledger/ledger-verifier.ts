import { Injectable } from '@nestjs/common';
import { AccountRows } from './account-rows.js';
import { BadRow } from './bad-row.js';
import { LedgerAuditor, type OnProgress } from './ledger-auditor.js';
import { LedgerWalk } from './ledger-walk.js';

export interface Verification {
  readonly tenants: number;
  /** Found good. */
  readonly batches: number;
  readonly entries: number;
  readonly accounts: number;
  /** The first of each tenant that has one, after rows that belong to no tenant. */
  readonly badRows: readonly BadRow[];
}

/**
 * Recomputes everything that the ledger holds from its entries: the sealed chain, numbers, balances, holds, reversals, totals,
 * account rows and anchors. It needs no pause: what is read belongs together, whatever servers write meanwhile.
 */
@Injectable()
export class LedgerVerifier {
  constructor(
    private readonly walk: LedgerWalk,
    private readonly auditor: LedgerAuditor,
    private readonly rows: AccountRows,
  ) {}

  /** One tenant, or all. Memory grows with accounts and reversed entries, not with entries. */
  async verify(tenantId?: string, onProgress: OnProgress = () => {}): Promise<Verification> {
    const tenants = tenantId === undefined ? await this.walk.tenants() : [tenantId];
    const size = await this.walk.size(tenantId);
    const good = { tenants: tenants.length, batches: 0, entries: 0, accounts: 0 };
    const badRows = tenantId === undefined ? await this.walk.strays() : [];
    for (const tenant of tenants) {
      const audit = this.auditor.begin(tenant);
      try {
        await this.auditor.toTheEnd(
          audit,
          () => onProgress(good.entries + audit.n, size),
          async (session) => {
            for await (const { bad } of this.rows.wrong(audit, session, () => good.accounts++)) throw bad;
          },
        );
      } catch (error) {
        if (!(error instanceof BadRow)) throw error;
        badRows.push(error);
      }
      good.batches += audit.seq;
      good.entries += audit.n;
    }
    return { ...good, badRows };
  }
}
