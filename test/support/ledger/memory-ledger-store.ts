import type { ClientSession } from 'mongodb';
import type { BatchHeader } from '../../../src/ledger/chain.js';
import type { Account, AccountKey, Entry, Head } from '../../../src/ledger/ledger.js';
import type { Referred } from '../../../src/ledger/batch-draft.js';
import { type LedgerBatch, LedgerStore, NotUnique, RolledBack } from '../../../src/ledger/ledger-store.js';

interface Book {
  readonly batches: BatchHeader[];
  readonly entries: Entry[];
  readonly accounts: Map<AccountKey, Account>;
}
const mostTouched = 2_000;
/** Each call takes a turn of the event loop, so that callers overlap as they do with a server. */
const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** What mongod would hold of a ledger, written without a look at how the product writes it. Serves any number of nodes. */
export class MemoryLedgerStore extends LedgerStore {
  private readonly books = new Map<string, Book>();
  private documents: readonly string[] = [];
  private readonly staged = new WeakMap<object, string[]>();

  async head(tenantId: string): Promise<Head> {
    await turn();
    return headOf(this.book(tenantId));
  }

  async accounts(tenantId: string, keys: readonly AccountKey[]): Promise<{ head: Head; accounts: Account[] }> {
    await turn();
    const book = this.book(tenantId);
    return { head: headOf(book), accounts: keys.map((key) => book.accounts.get(key) ?? nothingIn(tenantId, key)) };
  }

  async open(tenantId: string, key: AccountKey): Promise<Account> {
    await turn();
    const { accounts } = this.book(tenantId);
    const account = accounts.get(key) ?? nothingIn(tenantId, key);
    accounts.set(key, account);
    return account;
  }

  async used(tenantId: string, keys: readonly string[]): Promise<Entry[]> {
    await turn();
    return this.book(tenantId).entries.filter(({ key }) => keys.includes(key));
  }

  async referred(tenantId: string, numbers: readonly number[]): Promise<Referred[]> {
    await turn();
    const { entries } = this.book(tenantId);
    return entries
      .filter(({ n }) => numbers.includes(n))
      .map((entry) => {
        const undoing = entries.filter(({ kind, refersTo }) => kind === 'reversal' && refersTo === entry.n);
        return { entry, reversed: undoing.reduce((sum, reversal) => sum + gainsOf(reversal), 0) };
      });
  }

  async touchedAfter(tenantId: string, n: number): Promise<AccountKey[] | null> {
    await turn();
    const later = this.book(tenantId).entries.filter((entry) => entry.n > n);
    if (later.length >= mostTouched) return null;
    return [...new Set(later.flatMap(({ postings }) => postings.map(({ account }) => account)))];
  }

  async nonceAt(tenantId: string, seq: number): Promise<string | undefined> {
    await turn();
    return this.book(tenantId).batches.find((batch) => batch.seq === seq)?.nonce;
  }

  async commit({ header, entries, accounts, with: others }: LedgerBatch): Promise<void> {
    await turn();
    const documents: string[] = [];
    const session = {} as ClientSession;
    this.staged.set(session, documents);
    await others?.(session, entries);
    // From here on nobody else has a turn: all of it or nothing.
    const book = this.book(header.tenantId);
    if (book.batches.some(({ seq }) => seq === header.seq)) throw new NotUnique('The batch number is taken');
    if (book.entries.some((old) => entries.some(({ key, n }) => old.key === key || old.n === n))) throw new NotUnique('An entry is there');
    for (const { after, seqBefore } of accounts)
      if ((book.accounts.get(after.account)?.seq ?? 0) !== seqBefore) throw new NotUnique('An account had moved');
    if (documents.some((id) => this.documents.includes(id))) throw new RolledBack('A document was written meanwhile');
    this.documents = [...this.documents, ...documents];
    book.batches.push(frozen(header));
    book.entries.push(...frozen(entries));
    for (const { after } of accounts) book.accounts.set(after.account, frozen(after));
  }

  async breakIn(): Promise<void> {
    await turn();
  }

  async abandon(): Promise<void> {
    await turn();
  }

  /** For `with`: a document that is there once its batch is. Fails as mongod does where it is there already. */
  async write(session: ClientSession, id: string): Promise<void> {
    await turn();
    if (this.documents.includes(id)) throw duplicate();
    this.staged.get(session)?.push(id);
  }

  written(): readonly string[] {
    return this.documents;
  }

  batchesOf(tenantId: string): readonly BatchHeader[] {
    return this.book(tenantId).batches;
  }

  entriesOf(tenantId: string): readonly Entry[] {
    return this.book(tenantId).entries;
  }

  private book(tenantId: string): Book {
    const known = this.books.get(tenantId) ?? { batches: [], entries: [], accounts: new Map() };
    this.books.set(tenantId, known);
    return known;
  }
}

function headOf({ batches }: Book): Head {
  const last = batches.at(-1);
  if (!last) return { seq: 0, n: 0, hash: '', at: new Date(0), totals: {} };
  const { seq, firstNumber, count, hash, at, totals } = last;
  return { seq, n: firstNumber + count - 1, hash, at, totals };
}

function nothingIn(tenantId: string, account: AccountKey): Account {
  const totals = { credits: 0, credited: 0, debits: 0, debited: 0, spent: 0 };
  return { tenantId, account, available: 0, held: 0, holds: [], totals, lastAt: null, seq: 0 };
}

/** What accounts gained by the entry, taken together. */
function gainsOf({ postings }: Entry): number {
  const gains = new Map<string, number>();
  for (const { account, delta } of postings) gains.set(account, (gains.get(account) ?? 0) + delta);
  return [...gains.values()].reduce((sum, gain) => sum + Math.max(0, gain), 0);
}

const duplicate = (): Error => Object.assign(new Error('E11000 duplicate key error'), { code: 11000 });

/** What was written is shared with its writer, who must not change it any more. */
function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
