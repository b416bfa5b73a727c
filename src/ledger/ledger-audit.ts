import { BadRow } from './bad-row.js';
import { seal } from './chain.js';
import type { Entry } from './ledger.js';
import {
  anchorsCollection,
  type AnchorDocument,
  batchesCollection,
  type BatchDocument,
  entriesCollection,
  type EntryDocument,
  idOf,
} from './ledger.schema.js';
import { LedgerReplay } from './ledger-replay.js';
import type { Place, StoredBatch } from './ledger-walk.js';
import { anchorShape, batchShape, entryShape, misfit } from './row-shapes.js';

/** Follows one tenant's chain, in order, and stops at the first row that does not belong there. */
export class LedgerAudit implements Place {
  /** The last batch and the last entry that were found good. */
  seq = 0;
  n = 0;
  readonly replay: LedgerReplay;
  private hash = '';
  private at = 0;

  /** `keys` are those that may have sealed a batch, the likeliest first. */
  constructor(
    readonly tenantId: string,
    private keys: readonly Buffer[],
  ) {
    this.replay = new LedgerReplay(tenantId);
  }

  /** `reversible` has the entries that reversals of the batch name. @throws BadRow */
  follow({ header, entries, anchors }: StoredBatch, reversible: ReadonlyMap<number, Entry>): void {
    if (!header) return this.refuseRest(entries, anchors);
    this.checkHeader(header);
    for (const entry of entries) this.checkEntry(entry, header, reversible);
    if (entries.length !== header.count) throw batchIs(header, `entry ${this.n + 1} is missing`);
    if (!this.hasTotals(header)) throw batchIs(header, 'totals are not what the entries up to this batch come to');
    if (!this.isSealed(header, entries))
      throw batchIs(header, `hash does not fit: the header or one of the entries ${header.firstNumber} to ${header.n} was changed`);
    for (const anchor of anchors) checkAnchor(anchor, header);
    this.seq = header.seq;
    this.hash = header.hash;
    this.at = header.at.getTime();
  }

  private checkHeader(header: BatchDocument): void {
    const { _id, tenantId, seq, n, firstNumber, count, prevHash, at } = header;
    const fail = (problem: string): never => {
      throw batchIs(header, problem);
    };
    if (typeof seq === 'number' && seq > this.seq + 1)
      throw new BadRow(batchesCollection.name, idOf(this.tenantId, this.seq + 1), `is missing, batch ${seq} comes next`);
    const wrong = misfit(header, batchShape);
    if (wrong !== undefined) fail(wrong);
    if (seq !== this.seq + 1) fail(`seq is ${seq}, and batch ${this.seq + 1} comes next`);
    if (tenantId !== this.tenantId || _id !== idOf(tenantId, seq)) fail('_id is not tenant and seq');
    if (firstNumber !== this.n + 1) fail(`firstNumber is ${firstNumber}, and entry ${this.n + 1} comes next`);
    if (count < 1 || n !== this.n + count) fail(`n is ${n} after ${count} entries from ${firstNumber}`);
    if (prevHash !== this.hash) fail('prevHash is not the hash of the batch before');
    if (at.getTime() < this.at) fail('at is earlier than that of the batch before');
  }

  private checkEntry(entry: EntryDocument, header: BatchDocument, reversible: ReadonlyMap<number, Entry>): void {
    const { _id, tenantId, n, key, batch, at } = entry;
    const fail = (problem: string): never => {
      throw new BadRow(entriesCollection.name, _id, problem);
    };
    if (typeof n === 'number' && n > this.n + 1) throw batchIs(header, `entry ${this.n + 1} is missing, entry ${n} comes next`);
    const wrong = misfit(entry, entryShape);
    if (wrong !== undefined) fail(wrong);
    if (n !== this.n + 1) fail(`n is ${n}, and entry ${this.n + 1} comes next`);
    if (tenantId !== this.tenantId || _id !== idOf(tenantId, key)) fail('_id is not tenant and key');
    if (batch !== header.seq) fail(`batch is ${batch}, and entry ${n} is counted in batch ${header.seq}`);
    if (at.getTime() !== header.at.getTime()) fail('at is not that of its batch');
    const problem = this.replay.apply(entry, header.seq, reversible);
    if (problem !== undefined) fail(problem);
    this.n = n;
  }

  private hasTotals({ totals }: BatchDocument): boolean {
    const { totals: made } = this.replay;
    if (Object.keys(totals).length !== made.size) return false;
    for (const [asset, { credits, credited, debits, debited, spent }] of made) {
      const found = totals[asset];
      if (!found || Object.keys(found).length !== 5 || found.credits !== credits || found.credited !== credited) return false;
      if (found.debits !== debits || found.debited !== debited || found.spent !== spent) return false;
    }
    return true;
  }

  /** A batch was sealed with one key; after a rotation it is mostly that of the batch before. */
  private isSealed(header: BatchDocument, entries: readonly Entry[]): boolean {
    const key = this.keys.find((one) => seal(one, header, entries) === header.hash);
    if (key && key !== this.keys[0]) this.keys = [key, ...this.keys.filter((one) => one !== key)];
    return key !== undefined;
  }

  private refuseRest([entry]: readonly EntryDocument[], [anchor]: readonly AnchorDocument[]): void {
    if (entry) throw new BadRow(entriesCollection.name, entry._id, `n is ${entry.n}, and the last batch ends at ${this.n}`);
    const problem = `batch ${anchor?.seq} was anchored, and the chain ends at ${this.seq}: the newest batches were removed`;
    if (anchor) throw new BadRow(anchorsCollection.name, anchor._id, problem);
  }
}

function batchIs({ _id }: BatchDocument, problem: string): BadRow {
  return new BadRow(batchesCollection.name, _id, problem);
}

function checkAnchor(anchor: AnchorDocument, { tenantId, seq, hash, at }: BatchDocument): void {
  const fail = (problem: string): never => {
    throw new BadRow(anchorsCollection.name, anchor._id, problem);
  };
  const wrong = misfit(anchor, anchorShape);
  if (wrong !== undefined) fail(wrong);
  if (anchor._id !== idOf(anchor.tenantId, anchor.seq) || anchor.tenantId !== tenantId) fail('_id is not tenant and seq');
  if (anchor.seq !== seq) fail(`seq is ${anchor.seq}, and there is no such batch`);
  if (anchor.hash !== hash) fail(`hash is not that of batch ${seq}: the batches up to it were replaced`);
  if (anchor.at.getTime() !== at.getTime()) fail(`at is not that of batch ${seq}`);
}
