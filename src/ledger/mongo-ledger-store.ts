import { Injectable } from '@nestjs/common';
import { type ClientSession, type Collection, MongoError, type TransactionOptions } from 'mongodb';
import { failpoint } from '../kernel/failpoints.js';
import { insertBatch, updateBatch } from '../kernel/mongo/batch-writes.js';
import { Database } from '../kernel/mongo/database.js';
import { isUnreachable } from '../kernel/mongo/driver-faults.js';
import { hasCode, isInterrupted } from '../kernel/mongo/error-code.js';
import { newNodeId } from './node-id.js';
import {
  type AccountDocument,
  accountFields,
  accountsCollection,
  accountState,
  type BatchDocument,
  batchDocument,
  batchesCollection,
  emptyAccount,
  entriesCollection,
  type EntryDocument,
  entryDocument,
  idOf,
  type LaneDocument,
  lanesCollection,
  toAccount,
  toEntry,
} from './ledger.schema.js';
import { type Account, type AccountKey, type Entry, genesis, type Head } from './ledger.js';
import { type LedgerBatch, LedgerStore, NotUnique, OutcomeOpen, RolledBack } from './ledger-store.js';
import { movedBy, type Referred } from './batch-draft.js';

const transaction: TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
};
const snapshot = { readConcern: { level: 'snapshot' } } as const;
const commitTries = 3;
/** Of a batch's writes together, and of its commit: the driver itself waits for an answer as long as any request may take. */
const patienceMs = 5_000;
const mostTouched = 2_000;

/** The ledger in MongoDB: one transaction a batch. */
@Injectable()
export class MongoLedgerStore extends LedgerStore {
  private readonly batches: Collection<BatchDocument>;
  private readonly entries: Collection<EntryDocument>;
  private readonly rows: Collection<AccountDocument>;
  private readonly lanes: Collection<LaneDocument>;
  /**
   * By tenant, those that are not in use. A transaction has a session of its own until it is over: what is sent in one whose
   * transaction somebody else has ended, the driver sends without any.
   */
  private readonly idle = new Map<string, ClientSession[]>();
  private readonly node = newNodeId();

  constructor(private readonly database: Database) {
    super();
    this.batches = database.collection<BatchDocument>(batchesCollection.name);
    this.entries = database.collection<EntryDocument>(entriesCollection.name);
    this.rows = database.collection<AccountDocument>(accountsCollection.name);
    this.lanes = database.collection<LaneDocument>(lanesCollection.name);
  }

  head(tenantId: string): Promise<Head> {
    return this.newest(tenantId);
  }

  async accounts(tenantId: string, keys: readonly AccountKey[]): Promise<{ head: Head; accounts: Account[] }> {
    const session = this.database.client.startSession({ snapshot: true });
    try {
      const head = await this.newest(tenantId, session);
      const ids = keys.map((key) => idOf(tenantId, key));
      const found = await this.rows.find({ _id: { $in: ids } }, { session, ...snapshot }).toArray();
      const known = new Map(found.map((row) => [row.account, toAccount(row)]));
      return { head, accounts: keys.map((key) => known.get(key) ?? emptyAccount(tenantId, key)) };
    } finally {
      await session.endSession();
    }
  }

  async open(tenantId: string, account: AccountKey): Promise<Account> {
    const _id = idOf(tenantId, account);
    try {
      await this.rows.updateOne({ _id }, { $setOnInsert: accountFields(emptyAccount(tenantId, account)) }, { upsert: true });
    } catch (error) {
      // Somebody else opened it at the same moment.
      if (!hasCode(error, 11000)) throw error;
    }
    const row = await this.rows.findOne({ _id });
    return row ? toAccount(row) : emptyAccount(tenantId, account);
  }

  async used(tenantId: string, keys: readonly string[]): Promise<Entry[]> {
    if (keys.length === 0) return [];
    const found = await this.entries.find({ _id: { $in: keys.map((key) => idOf(tenantId, key)) } }).toArray();
    return found.map(toEntry);
  }

  async referred(tenantId: string, numbers: readonly number[]): Promise<Referred[]> {
    if (numbers.length === 0) return [];
    const [found, reversals] = await Promise.all([
      this.entries.find({ tenantId, n: { $in: [...numbers] } }).toArray(),
      this.entries.find({ tenantId, refersTo: { $in: [...numbers] }, kind: 'reversal' }).toArray(),
    ]);
    return found.map((document) => {
      const undoing = reversals.filter(({ refersTo }) => refersTo === document.n);
      return { entry: toEntry(document), reversed: undoing.reduce((sum, reversal) => sum + movedBy(reversal), 0) };
    });
  }

  async touchedAfter(tenantId: string, n: number): Promise<AccountKey[] | null> {
    const options = { projection: { _id: 0, 'postings.account': 1 }, sort: { n: 1 }, limit: mostTouched } as const;
    const found = await this.entries.find({ tenantId, n: { $gt: n } }, options).toArray();
    if (found.length === mostTouched) return null;
    return [...new Set(found.flatMap(({ postings }) => postings.map(({ account }) => account)))];
  }

  async nonceAt(tenantId: string, seq: number): Promise<string | undefined> {
    return (await this.batches.findOne({ tenantId, seq }, { projection: { nonce: 1 } }))?.nonce;
  }

  async commit(batch: LedgerBatch): Promise<void> {
    const { tenantId } = batch.header;
    await failpoint('ledger.batch-decided');
    const session = this.idle.get(tenantId)?.pop() ?? (await this.openSession(tenantId));
    try {
      session.startTransaction(transaction);
      await patiently(this.write(batch, session));
    } catch (error) {
      if (!(error instanceof Unanswered) && (await isAborted(session))) this.giveBack(tenantId, session);
      throw beforeCommit(error);
    }
    try {
      await patiently(this.finish(session));
    } catch (error) {
      if (error instanceof Unanswered) throw new OutcomeOpen('The commit was not answered', { cause: error });
      // Whatever is left of the transaction ends where the next one of its session begins.
      this.giveBack(tenantId, session);
      throw error;
    }
    this.giveBack(tenantId, session);
    await failpoint('ledger.committed');
  }

  /** What others need to end is on record before it can be open; a server that does not let us end it will do so itself. */
  async breakIn(tenantId: string): Promise<void> {
    const own = (this.idle.get(tenantId) ?? []).map(({ id }) => id?.id);
    const others = await this.lanes.find({ tenantId, session: { $nin: own } }).toArray();
    const sessions = others.map(({ session }) => ({ id: session }));
    if (sessions.length > 0) await this.database.db.command({ killSessions: sessions }).catch(() => {});
  }

  async abandon(tenantId: string): Promise<void> {
    this.idle.delete(tenantId);
    const own = await this.lanes.find({ tenantId, node: this.node }).toArray();
    await this.database.db.command({ killSessions: own.map(({ session }) => ({ id: session })) });
    // When a majority has this, it has what was committed before.
    await this.lanes.deleteMany({ _id: { $in: own.map(({ _id }) => _id) } });
  }

  private async write({ header, entries, accounts, with: others }: LedgerBatch, session: ClientSession): Promise<void> {
    // Others' documents come first: from the header on, no other node can write this tenant's next batch.
    await others?.(session, entries);
    const opening = this.batches.insertOne(batchDocument(header), { session });
    // Made while the database is busy with the header.
    const documents = entries.map((entry) => entryDocument(entry, header.seq));
    const updates = accounts.map(({ after, seqBefore }) => {
      const q = { _id: idOf(after.tenantId, after.account), seq: seqBefore };
      return seqBefore === 0 ? { q, u: { $set: accountFields(after) }, upsert: true } : { q, u: { $set: accountState(after) } };
    });
    await opening;
    await failpoint('ledger.header-inserted');
    await insertBatch(this.entries, documents, session);
    await failpoint('ledger.entries-inserted');
    const count = await updateBatch(this.rows, updates, session);
    if (count !== updates.length) throw new NotUnique('An account had moved');
  }

  private async finish(session: ClientSession): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await Promise.all([session.commitTransaction(), failpoint('ledger.commit-sent')]);
        return;
      } catch (error) {
        // Only the first answer can say that nothing was applied; after an open one, the server may have forgotten.
        if (tries === 1 && isRolledBack(error)) throw new RolledBack('The database gave the commit up', { cause: error });
        if (tries === commitTries) throw new OutcomeOpen('The commit was not answered', { cause: error });
      }
    }
  }

  /** One that waits for an answer is never given back: the answer, should it come, would change the state of what came after. */
  private giveBack(tenantId: string, session: ClientSession): void {
    const idle = this.idle.get(tenantId) ?? [];
    this.idle.set(tenantId, idle);
    idle.push(session);
  }

  private async openSession(tenantId: string): Promise<ClientSession> {
    const session = this.database.client.startSession();
    // A row for each: one that was given up may still hold what its successor wants to write.
    const _id = idOf(tenantId, newNodeId());
    await this.lanes.insertOne({ _id, tenantId, node: this.node, session: session.id?.id });
    return session;
  }

  private async newest(tenantId: string, session?: ClientSession): Promise<Head> {
    const found = await this.batches.findOne({ tenantId }, { sort: { seq: -1 }, ...(session && { session, ...snapshot }) });
    if (!found) return genesis;
    const { seq, firstNumber, count, hash, at, totals } = found;
    return { seq, n: firstNumber + count - 1, hash, at, totals };
  }
}

/** The database has not said in time what became of what it was sent. */
class Unanswered extends Error {}

async function patiently(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Unanswered('The database has not answered')), patienceMs);
  });
  try {
    await Promise.race([work, impatience]);
  } finally {
    clearTimeout(timer);
    // It may still fail, and nobody listens.
    work.catch(() => {});
  }
}

const isAborted = (session: ClientSession): Promise<boolean> =>
  patiently(session.abortTransaction()).then(
    () => true,
    () => false,
  );

function beforeCommit(error: unknown): unknown {
  if (hasCode(error, 11000)) return new NotUnique('A row was there already', { cause: error });
  // Another node that breaks in interrupts what runs just then.
  const isGivenUp = isRolledBack(error) || isUnreachable(error) || error instanceof Unanswered || isInterrupted(error);
  return isGivenUp ? new RolledBack('The database gave the batch up', { cause: error }) : error;
}

const isRolledBack = (error: unknown): boolean => error instanceof MongoError && error.hasErrorLabel('TransientTransactionError');
