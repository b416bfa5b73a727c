import { createHmac } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { appSecret, deriveKey } from '../../src/kernel/config/app-secret.js';
import type { CreditHistory, Operation } from './credits.js';

interface Posting {
  readonly account: string;
  readonly bucket: 'available' | 'held';
  readonly delta: number;
  readonly balanceAfter: number;
}
interface Entry {
  readonly tenantId: string;
  readonly n: number;
  readonly key: string;
  readonly requestHash: string;
  readonly kind: string;
  readonly memo: string;
  readonly meta: unknown;
  readonly at: Date;
  readonly batch: number;
  readonly refersTo?: number;
  readonly expiresAt?: Date;
  readonly postings: readonly Posting[];
}
interface Batch {
  readonly tenantId: string;
  readonly seq: number;
  readonly at: Date;
  readonly node: string;
  readonly nonce: string;
  readonly firstNumber: number;
  readonly count: number;
  readonly prevHash: string;
  readonly hash: string;
}
interface Account {
  readonly tenantId: string;
  readonly account: string;
  readonly available: number;
  readonly held: number;
  readonly holds: readonly { readonly n: number; readonly amount: number }[];
}

const secret = appSecret({ appSecret: 'a secret of the test suites only', dataDir: '' });

/** What a tenant's ledger holds, read past the product and judged without its code: written to disagree with it. */
export class LedgerBooks {
  private constructor(
    readonly batches: readonly Batch[],
    readonly entries: readonly Entry[],
    readonly accounts: readonly Account[],
  ) {}

  /** As of one moment, whatever goes on meanwhile. */
  static async at(uri: string, tenantId: string): Promise<LedgerBooks> {
    const client = await MongoClient.connect(uri);
    const session = client.startSession({ snapshot: true });
    try {
      const named = client.options.dbName;
      const db = client.db(named === 'test' ? 'payops' : named);
      // The first one sets the moment for all.
      const batches = await db
        .collection<Batch>('ledger_batches')
        .find({ tenantId }, { session, sort: { seq: 1 } })
        .toArray();
      const entries = await db
        .collection<Entry>('ledger_transactions')
        .find({ tenantId }, { session, sort: { n: 1 } })
        .toArray();
      const accounts = await db.collection<Account>('ledger_accounts').find({ tenantId }, { session }).toArray();
      return new LedgerBooks(batches, entries, accounts);
    } finally {
      await session.endSession();
      await client.close();
    }
  }

  balanceOf(userId: string): number {
    return this.accounts.find(({ account }) => account === `${userId}:CREDIT`)?.available ?? 0;
  }

  /** Everything that is wrong with the books themselves: sums, balances, floors, keys, numbers, chain. */
  faults(): string[] {
    return [...this.wrongEntries(), ...this.wrongBalances(), ...this.wrongNumbers(), ...this.wrongChain()];
  }

  /** Everything in which the books contradict what clients were told. */
  contradictions(history: CreditHistory): string[] {
    const byKey = new Map(this.entries.map((entry) => [entry.key, entry]));
    return history.operations.flatMap((operation) => {
      const entry = byKey.get(history.entryKey(operation));
      const about = `${operation.path} ${operation.key} (${JSON.stringify(operation.told)})`;
      const numbers = new Set(operation.told.flatMap((told) => (told.said === 'yes' ? [told.number] : [])));
      if (numbers.size > 1) return [`${about}: two answers`];
      const [number] = numbers;
      if (number !== undefined && entry?.n !== number) return [`${about}: acknowledged and not there`];
      if (entry && number === undefined && operation.told.at(-1)?.said === 'no') return [`${about}: refused, and there as ${entry.n}`];
      return entry ? otherThanAsked(operation, entry).map((what) => `${about}: ${what}`) : [];
    });
  }

  private wrongEntries(): string[] {
    const keys = new Set(this.entries.map(({ key }) => key));
    const sums = this.entries.filter(({ postings }) => postings.reduce((sum, { delta }) => sum + delta, 0) !== 0);
    return [...sums.map(({ n }) => `entry ${n} does not balance`), ...(keys.size < this.entries.length ? ['a key has two entries'] : [])];
  }

  private wrongBalances(): string[] {
    const balances = new Map<string, number>();
    const holds = new Map<number, { account: string; amount: number }>();
    const wrong: string[] = [];
    for (const { n, kind, refersTo, postings } of this.entries) {
      for (const { account, bucket, delta, balanceAfter } of postings) {
        const balance = (balances.get(`${account}/${bucket}`) ?? 0) + delta;
        balances.set(`${account}/${bucket}`, balance);
        if (balance !== balanceAfter) wrong.push(`entry ${n} leaves ${balance} on ${account}/${bucket} and says ${balanceAfter}`);
        if (balance < 0 && !account.startsWith('@')) wrong.push(`entry ${n} overdraws ${account}/${bucket}`);
      }
      const held = postings.find(({ bucket }) => bucket === 'held');
      if (kind === 'hold' && held) holds.set(n, { account: held.account, amount: held.delta });
      if (['hold_commit', 'hold_void', 'hold_expiry'].includes(kind) && !holds.delete(refersTo ?? 0))
        wrong.push(`${n} closes no open hold`);
    }
    for (const { account, ...row } of this.accounts) {
      for (const bucket of ['available', 'held'] as const) {
        const balance = balances.get(`${account}/${bucket}`) ?? 0;
        if (row[bucket] !== balance) wrong.push(`${account} has ${row[bucket]} ${bucket}, its postings come to ${balance}`);
      }
      const open = [...holds].filter(([, hold]) => hold.account === account).map(([n, { amount }]) => `${n}:${amount}`);
      const said = row.holds.map(({ n, amount }) => `${n}:${amount}`);
      if (open.sort().join() !== said.sort().join())
        wrong.push(`${account} has the holds ${said.join()}, its entries leave ${open.join()}`);
    }
    return [...wrong, ...this.reversedTwice()];
  }

  private reversedTwice(): string[] {
    const left = new Map<number, number>();
    const moved = ({ postings }: Entry) => postings.reduce((sum, { delta }) => sum + Math.max(delta, 0), 0);
    return this.entries.flatMap((entry) => {
      const of = this.entries[(entry.refersTo ?? 0) - 1];
      if (entry.kind !== 'reversal' || !of) return [];
      const rest = (left.get(of.n) ?? moved(of)) - moved(entry);
      left.set(of.n, rest);
      return rest < 0 ? [`entry ${entry.n} reverses more than was left of ${of.n}`] : [];
    });
  }

  private wrongNumbers(): string[] {
    const gap = this.entries.find(({ n }, index) => n !== index + 1);
    let n = 0;
    const wrong = this.batches.filter(({ seq, firstNumber, count }, index) => {
      const fits = seq === index + 1 && firstNumber === n + 1 && count > 0;
      const own = this.entries.slice(n, n + count);
      n += count;
      return !fits || own.length !== count || own.some(({ batch }) => batch !== seq);
    });
    const rest = n === this.entries.length ? [] : ['there are entries of no batch'];
    return [...(gap ? [`the number before ${gap.n} is missing`] : []), ...wrong.map(({ seq }) => `batch ${seq} does not fit`), ...rest];
  }

  private wrongChain(): string[] {
    const key = deriveKey(secret, 'ledger');
    return this.batches.flatMap(({ tenantId, seq, at, node, nonce, firstNumber, count, prevHash, hash }, index) => {
      const mac = createHmac('sha256', key);
      mac.update(JSON.stringify([prevHash, tenantId, seq, at.getTime(), node, nonce, firstNumber, count]));
      for (const entry of this.entries.slice(firstNumber - 1, firstNumber - 1 + count)) mac.update(sealed(entry));
      const isWhole = mac.digest('base64url') === hash && prevHash === (this.batches[index - 1]?.hash ?? '');
      return isWhole ? [] : [`the chain breaks at batch ${seq}`];
    });
  }
}

function sealed({ n, key, requestHash, kind, memo, meta, refersTo, expiresAt, postings }: Entry): string {
  const moved = postings.map(({ account, bucket, delta, balanceAfter }) => [account, bucket, delta, balanceAfter]);
  return `\n${JSON.stringify([n, key, requestHash, kind, memo, inOrder(meta), refersTo ?? null, expiresAt?.getTime() ?? null, moved])}`;
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, field]) => [name, inOrder(field)]),
  );
}

const kinds: readonly (readonly [RegExp, string])[] = [
  [/grants$/, 'grant'],
  [/spends$/, 'spend'],
  [/transfers$/, 'transfer'],
  [/holds$/, 'hold'],
  [/commit$/, 'hold_commit'],
  [/void$/, 'hold_void'],
  [/reversals$/, 'reversal'],
];

function otherThanAsked({ path, json }: Operation, { kind, postings }: Entry): string[] {
  const expected = kinds.find(([pattern]) => pattern.test(path))?.[1];
  const amount = Math.max(...postings.map(({ delta }) => delta));
  if (kind !== expected) return [`a ${kind}`];
  return json.amount !== undefined && kind !== 'hold_commit' && amount !== json.amount ? [`of ${amount}`] : [];
}
