import { Injectable } from '@nestjs/common';
import { type ClientSession, type Collection, type FindCursor, type FindOptions, MaxKey, MinKey } from 'mongodb';
import { Database } from '../kernel/mongo/database.js';
import { BadRow } from './bad-row.js';
import {
  accountsCollection,
  type AnchorDocument,
  anchorsCollection,
  type BatchDocument,
  batchesCollection,
  entriesCollection,
  type EntryDocument,
} from './ledger.schema.js';
import { RowReader } from './row-reader.js';

/** A batch as it is stored. What is stored beyond the last header comes without one. */
export interface StoredBatch {
  readonly header: BatchDocument | null;
  readonly entries: readonly EntryDocument[];
  /** Those of this batch. */
  readonly anchors: readonly AnchorDocument[];
}
/** A place in a tenant's chain: after this batch and this entry. */
export interface Place {
  readonly seq: number;
  readonly n: number;
}
export interface Stretch {
  readonly after: Place;
  /** Without it, all that there is. */
  readonly upTo: Place | undefined;
  readonly session: ClientSession | undefined;
}

export const beginning: Place = { seq: 0, n: 0 };
const snapshot = { readConcern: { level: 'snapshot' } } as const;
const collections = [batchesCollection, entriesCollection, accountsCollection, anchorsCollection].map(({ name }) => name);
const pageSize = 1_000;
/** Shared, so that what it keeps is found again. */
const reader = new RowReader();
const noAnchors: readonly AnchorDocument[] = [];
/** More than any batch has: what a damaged header says must not fill the memory. */
const mostEntries = 10_000;

/** Reads tenants' chains in order, a page at a time, while servers go on. */
@Injectable()
export class LedgerWalk {
  private readonly batches: Collection<BatchDocument>;
  private readonly entries: Collection<EntryDocument>;
  private readonly anchors: Collection<AnchorDocument>;

  constructor(private readonly database: Database) {
    this.batches = database.collection<BatchDocument>(batchesCollection.name);
    this.entries = database.collection<EntryDocument>(entriesCollection.name);
    this.anchors = database.collection<AnchorDocument>(anchorsCollection.name);
  }

  /** All that have anything in the ledger, in order. */
  async tenants(): Promise<string[]> {
    const found = await Promise.all(collections.map((name) => this.database.collection(name).distinct('tenantId')));
    return [...new Set(found.flat() as unknown[])].filter((id) => typeof id === 'string').sort();
  }

  /** Rows that name no tenant, one of a collection at most. */
  async strays(): Promise<BadRow[]> {
    const found = await Promise.all(
      collections.map(async (name) => {
        const rows = this.database.collection(name);
        const others = ((await rows.distinct('tenantId')) as unknown[]).filter((id) => typeof id !== 'string');
        const stray = await rows.findOne({ tenantId: { $in: [null, ...others] } }, { projection: { _id: 1 } });
        return stray ? [new BadRow(name, stray._id, 'tenantId is not a text')] : [];
      }),
    );
    return found.flat();
  }

  /** Where the chain ends, as far as its last header can be believed. */
  async head(tenantId: string, session?: ClientSession): Promise<Place> {
    const found = await this.batches.findOne({ tenantId }, { sort: { seq: -1 }, ...(session && { session, ...snapshot }) });
    return found ? { seq: found.seq, n: found.firstNumber + found.count - 1 } : beginning;
  }

  /** How many entries there are, about. */
  async size(tenantId?: string): Promise<number> {
    return tenantId === undefined ? this.entries.estimatedDocumentCount() : (await this.head(tenantId)).n;
  }

  /** These of a tenant's entries, by number. */
  async numbered(tenantId: string, numbers: readonly number[], session?: ClientSession): Promise<Map<number, EntryDocument>> {
    if (numbers.length === 0) return new Map();
    const found = await this.entries.find({ tenantId, n: { $in: [...numbers] } }, session && { session, ...snapshot }).toArray();
    return new Map(found.map((entry) => [entry.n, entry]));
  }

  /** All that is read in the session is as of one moment. */
  async atOneMoment<Result>(tenantId: string, work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    const session = this.database.client.startSession({ snapshot: true });
    try {
      // The first answer settles the moment; cursors that begin side by side would each have their own.
      await this.head(tenantId, session);
      return await work(session);
    } finally {
      await session.endSession();
    }
  }

  /** Batch after batch. */
  async *stretch(tenantId: string, stretch: Stretch): AsyncGenerator<StoredBatch> {
    const headers = new Rows<BatchDocument>(this.batches.find<Buffer>({}, bounds(tenantId, 'seq', 'seq', stretch)));
    const entries = new Rows<EntryDocument>(this.entries.find<Buffer>({}, bounds(tenantId, 'number', 'n', stretch)));
    const anchors = new Rows<AnchorDocument>(this.anchors.find<Buffer>({}, bounds(tenantId, 'seq', 'seq', stretch)));
    try {
      let anchor = await anchors.next();
      for (let header = headers.atHand() ?? (await headers.next()); header; header = headers.atHand() ?? (await headers.next())) {
        const batch = { header, entries: [] as EntryDocument[], anchors: noAnchors };
        const count = Number.isSafeInteger(header.count) ? Math.min(header.count, mostEntries) : 0;
        while (batch.entries.length < count) {
          const entry = entries.atHand() ?? (await entries.next());
          if (!entry) break;
          batch.entries.push(entry);
        }
        if (anchor && !(anchor.seq > header.seq)) {
          batch.anchors = [anchor];
          anchor = anchors.atHand() ?? (await anchors.next());
        }
        yield batch;
      }
      for (; anchor; anchor = await anchors.next()) yield { header: null, entries: [], anchors: [anchor] };
      for (let entry = await entries.next(); entry; entry = await entries.next()) yield { header: null, entries: [entry], anchors: [] };
    } finally {
      await Promise.all([headers.close(), entries.close(), anchors.close()]);
    }
  }
}

/** By index keys, not by comparison: that would pass over values of an unlike type, which the ledger never wrote. */
function bounds(tenantId: string, hint: string, field: 'seq' | 'n', { after, upTo, session }: Stretch): FindOptions {
  const first = after[field] === 0 ? new MinKey() : after[field] + 1;
  const beyond = upTo ? upTo[field] + 1 : new MaxKey();
  const range = { hint, min: { tenantId, [field]: first }, max: { tenantId, [field]: beyond } };
  return { ...range, raw: true, batchSize: pageSize, ...(session && { session, ...snapshot }) };
}

/**
 * A cursor's rows, one by one. The server reads on while those at hand are worked on, and each is made when it is its turn: a page
 * of them kept alive would be copied by every collection of garbage.
 */
class Rows<Row> {
  private page: readonly Buffer[] = [];
  private used = 0;
  private more: Promise<boolean>;

  constructor(private readonly cursor: FindCursor<Buffer>) {
    this.more = this.readOn();
  }

  /** The next one, where it need not be waited for. */
  atHand(): Row | undefined {
    const row = this.page[this.used];
    if (!row) return undefined;
    this.used++;
    return reader.read(row) as Row;
  }

  async next(): Promise<Row | undefined> {
    while (this.used === this.page.length && (await this.more)) {
      this.page = this.cursor.readBufferedDocuments();
      this.used = 0;
      this.more = this.readOn();
    }
    return this.atHand();
  }

  async close(): Promise<void> {
    await this.more.catch(() => {});
    await this.cursor.close();
  }

  private readOn(): Promise<boolean> {
    const more = this.cursor.hasNext();
    // Who asks for more is told; nobody may.
    more.catch(() => {});
    return more;
  }
}
