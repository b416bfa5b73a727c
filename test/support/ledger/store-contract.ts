import type { BatchHeader } from '../../../src/ledger/chain.js';
import type { Account, AccountKey, Entry, Totals } from '../../../src/ledger/ledger.js';
import { type LedgerBatch, type LedgerStore, NotUnique, RolledBack } from '../../../src/ledger/ledger-store.js';
import type { Books } from './bench.js';
import { credits } from './commands.js';

const at = new Date('2026-01-01T00:00:00.000Z');
const nothing: Totals = { credits: 0, credited: 0, debits: 0, debited: 0, spent: 0 };
const [issuance, ann, bob] = [credits('@issuance'), credits('ann'), credits('bob')];

/** What `LedgerStore` promises, over any store that keeps what several nodes write. */
export function ledgerStoreContract(name: string, makeStore: () => Promise<Books>): void {
  describe(`${name} as a ledger store`, () => {
    let books: Books;
    let store: LedgerStore;
    let other: LedgerStore;
    let tenantId: string;
    let tenants = 0;

    beforeAll(async () => {
      books = await makeStore();
      [store, other] = [books.connect(), books.connect()];
    });
    beforeEach(() => {
      tenantId = `tenant${++tenants}`;
    });
    afterAll(() => books.close());

    const header = (seq: number, fields: Partial<BatchHeader> = {}): BatchHeader => {
      const chain = { node: 'node', nonce: `nonce${seq}`, prevHash: `hash${seq - 1}`, hash: `hash${seq}` };
      return { tenantId, seq, n: seq, at, totals: {}, firstNumber: seq, count: 1, ...chain, ...fields };
    };
    const entry = (n: number, fields: Partial<Entry> = {}): Entry => {
      const postings = [
        { account: issuance, bucket: 'available', delta: -5, balanceAfter: -5 * n },
        { account: ann, bucket: 'available', delta: 5, balanceAfter: 5 * n },
      ] as const;
      return { tenantId, n, key: `key${n}`, requestHash: `request${n}`, at, kind: 'grant', memo: '', meta: {}, postings, ...fields };
    };
    const account = (key: AccountKey, seq: number, fields: Partial<Account> = {}): Account => {
      return { tenantId, account: key, available: 5 * seq, held: 0, holds: [], totals: nothing, lastAt: at, seq, ...fields };
    };
    /** The batch of this number, with one entry that leaves 5 more on ann's account. */
    const batch = (seq: number, fields: Partial<LedgerBatch> = {}): LedgerBatch => {
      return { header: header(seq), entries: [entry(seq)], accounts: [{ after: account(ann, seq), seqBefore: seq - 1 }], ...fields };
    };
    /** All that can be read of the tenant. */
    async function everything(of = tenantId) {
      const [{ head, accounts }, used, referred, touched, nonces] = await Promise.all([
        store.accounts(of, [ann, bob]),
        store.used(of, ['key1', 'key2', 'key3', 'mine']),
        store.referred(of, [1, 2, 3]),
        store.touchedAfter(of, 0),
        Promise.all([1, 2, 3].map((seq) => store.nonceAt(of, seq))),
      ]);
      return { head, accounts, used, referred, touched, nonces };
    }

    describe('that nobody wrote to', () => {
      it('has a head before the first batch, and empty accounts', async () => {
        expect(await store.head(tenantId)).toEqual({ seq: 0, n: 0, hash: '', at: new Date(0), totals: {} });
        expect(await store.accounts(tenantId, [ann, bob])).toEqual({
          head: { seq: 0, n: 0, hash: '', at: new Date(0), totals: {} },
          accounts: [
            { tenantId, account: 'ann:CREDIT', available: 0, held: 0, holds: [], totals: nothing, lastAt: null, seq: 0 },
            { tenantId, account: 'bob:CREDIT', available: 0, held: 0, holds: [], totals: nothing, lastAt: null, seq: 0 },
          ],
        });
      });

      it('knows no key, no number, no batch and no account that was touched', async () => {
        expect(await store.used(tenantId, ['a'])).toEqual([]);
        expect(await store.used(tenantId, [])).toEqual([]);
        expect(await store.referred(tenantId, [1])).toEqual([]);
        expect(await store.referred(tenantId, [])).toEqual([]);
        expect(await store.touchedAfter(tenantId, 0)).toEqual([]);
        expect(await store.nonceAt(tenantId, 1)).toBeUndefined();
      });

      it('opens an account with nothing in it, once, which the first batch then writes', async () => {
        const empty = { tenantId, account: 'ann:CREDIT', available: 0, held: 0, holds: [], totals: nothing, lastAt: null, seq: 0 };
        expect(await Promise.all([store.open(tenantId, ann), other.open(tenantId, ann)])).toEqual([empty, empty]);
        await store.commit(batch(1));
        expect(await store.open(tenantId, ann)).toMatchObject({ available: 5, seq: 1 });
      });
    });

    describe('a batch', () => {
      it('is read back as it was written', async () => {
        const expiresAt = new Date('2026-02-03T04:05:06.789Z');
        const meta = { a: null, b: [true, 'x', { c: -7 }], big: 9_007_199_254_740_991, empty: {}, none: [] };
        const rich = entry(1, { kind: 'hold', memo: 'Überweisung 🙂 "quoted"\n', meta, refersTo: 1, expiresAt });
        const holds = [{ n: 1, amount: 9_007_199_254_740_991, expiresAt }];
        const totals = { credits: 1, credited: 9_007_199_254_740_991, debits: 2, debited: 4_294_967_296, spent: 3 };
        const after = account(ann, 1, { available: -9_007_199_254_740_991, held: 4_294_967_296, holds, totals });
        await store.commit({
          header: header(1, { count: 2, n: 2, totals: { CREDIT: totals } }),
          entries: [rich, entry(2)],
          accounts: [{ after, seqBefore: 0 }],
        });
        expect(await store.head(tenantId)).toEqual({ seq: 1, n: 2, hash: 'hash1', at, totals: { CREDIT: totals } });
        expect((await store.accounts(tenantId, [bob, ann])).accounts).toEqual([account(bob, 0, { lastAt: null }), after]);
        expect(await store.used(tenantId, ['key1'])).toEqual([rich]);
        expect(await store.referred(tenantId, [1])).toEqual([{ entry: rich, reversed: 0 }]);
        expect(await store.nonceAt(tenantId, 1)).toBe('nonce1');
      });

      it('is seen by every node as soon as it is acknowledged', async () => {
        for (let seq = 1; seq <= 10; seq++) {
          const [writer, reader] = seq % 2 === 0 ? [store, other] : [other, store];
          await writer.commit(batch(seq));
          expect((await reader.head(tenantId)).seq).toBe(seq);
          expect((await reader.accounts(tenantId, [ann])).accounts[0]?.available).toBe(5 * seq);
          expect(await reader.used(tenantId, [`key${seq}`])).toHaveLength(1);
          expect(await reader.nonceAt(tenantId, seq)).toBe(`nonce${seq}`);
        }
      });

      it('leaves accounts alone that it does not name', async () => {
        await store.commit(batch(1));
        await store.commit(batch(2, { accounts: [{ after: account(bob, 2), seqBefore: 0 }] }));
        const { accounts } = await store.accounts(tenantId, [ann, bob]);
        expect(accounts.map(({ available, seq }) => [available, seq])).toEqual([
          [5, 1],
          [10, 2],
        ]);
      });

      it('is of one tenant: another one has the same numbers, keys and accounts', async () => {
        await store.commit(batch(1));
        const before = await everything();
        const first = tenantId;
        tenantId = `tenant${++tenants}`;
        await store.commit(batch(1));
        await store.commit(batch(2));
        expect(await everything(first)).toEqual(before);
        expect((await store.head(tenantId)).seq).toBe(2);
      });
    });

    describe('the compare-and-swap', () => {
      const refused: [string, () => Partial<LedgerBatch>, number][] = [
        ['whose number is taken', () => ({}), 1],
        ['whose number is taken, by the very same batch', () => ({ header: header(1), entries: [entry(1)] }), 1],
        ['with a key that was used', () => ({ entries: [entry(2, { key: 'key1' })] }), 2],
        ['with a key that was used, in its last entry', () => ({ entries: [entry(2), entry(3, { key: 'key1' })] }), 2],
        ['with a number that was used', () => ({ entries: [entry(1, { key: 'mine' })] }), 2],
        ['on an account that has moved', () => ({ accounts: [{ after: account(ann, 2), seqBefore: 0 }] }), 2],
        ['on an account that was never there', () => ({ accounts: [{ after: account(bob, 2), seqBefore: 1 }] }), 2],
        [
          'on two accounts of which the second has moved',
          () => ({
            accounts: [
              { after: account(bob, 2), seqBefore: 0 },
              { after: account(ann, 2), seqBefore: 7 },
            ],
          }),
          2,
        ],
      ];

      it.each(refused)('refuses a batch %s, and leaves nothing of it', async (_case, fields, seq) => {
        await store.commit(batch(1));
        const before = await everything();
        await expect(other.commit(batch(seq, { entries: [entry(seq, { key: 'mine' })], ...fields() }))).rejects.toBeInstanceOf(NotUnique);
        expect(await everything()).toEqual(before);
        await other.commit(batch(2));
        expect((await store.head(tenantId)).seq).toBe(2);
      });

      it('lets one of many in that come at once', async () => {
        const nodes = [store, other, ...Array.from({ length: 4 }, () => books.connect())];
        for (let seq = 1; seq <= 5; seq++) {
          const ends = await Promise.allSettled(
            nodes.map((node, index) =>
              node.commit(
                batch(seq, { header: header(seq, { nonce: `of ${index}` }), entries: [entry(seq, { key: `of ${index} at ${seq}` })] }),
              ),
            ),
          );
          const winner = ends.findIndex(({ status }) => status === 'fulfilled');
          expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
          for (const end of ends) if (end.status === 'rejected') expect([NotUnique, RolledBack]).toContain(end.reason.constructor);
          expect(await store.nonceAt(tenantId, seq)).toBe(`of ${winner}`);
          expect((await store.referred(tenantId, [seq])).map(({ entry: { key } }) => key)).toEqual([`of ${winner} at ${seq}`]);
        }
      });
    });

    it('takes a batch whole, or not at all, also from a node that sends it twice at once', async () => {
      for (let seq = 1; seq <= 10; seq++) {
        const sent = await Promise.allSettled([store.commit(batch(seq)), store.commit(batch(seq)), store.commit(batch(seq))]);
        expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        const { head, accounts } = await other.accounts(tenantId, [ann]);
        expect([head.n, accounts, await other.used(tenantId, [`key${seq}`])]).toMatchObject([seq, [account(ann, seq)], [entry(seq)]]);
      }
    });

    describe('a read', () => {
      it('of head and accounts is of one moment, also while others write', async () => {
        const state = { isWritten: false };
        const written = (async () => {
          for (let seq = 1; seq <= 25; seq++) {
            const accounts = [ann, bob].map((key) => ({ after: account(key, seq), seqBefore: seq - 1 }));
            await other.commit(batch(seq, { accounts }));
          }
          state.isWritten = true;
        })();
        let reads = 0;
        for (; !state.isWritten; reads++) {
          const { head, accounts } = await store.accounts(tenantId, [ann, bob]);
          expect(accounts.map(({ seq, available }) => [seq, available])).toEqual([
            [head.seq, 5 * head.seq],
            [head.seq, 5 * head.seq],
          ]);
        }
        await written;
        expect(reads).toBeGreaterThan(3);
      });

      it('of an entry says how much of it was reversed', async () => {
        const undo = (n: number, of: number, amount: number) =>
          entry(n, {
            kind: 'reversal',
            refersTo: of,
            postings: [
              { account: ann, bucket: 'available', delta: -amount, balanceAfter: 0 },
              { account: issuance, bucket: 'available', delta: amount, balanceAfter: 0 },
            ],
          });
        const voided = entry(5, { kind: 'hold_void', refersTo: 2 });
        await store.commit({
          ...batch(1),
          header: header(1, { count: 5 }),
          entries: [entry(1), entry(2), undo(3, 1, 2), undo(4, 1, 1), voided],
        });
        const found = await store.referred(tenantId, [2, 1, 9]);
        expect(Object.fromEntries(found.map(({ entry: { n }, reversed }) => [n, reversed]))).toEqual({ 1: 3, 2: 0 });
      });

      it('of what was touched names each account once, or says that they are too many', async () => {
        const bare = { bucket: 'available', delta: 1, balanceAfter: 1 } as const;
        const many = Array.from({ length: 2_000 }, (_, index) =>
          entry(index + 3, { postings: [{ ...bare, account: credits(`user${index}`) }] }),
        );
        await store.commit(batch(1));
        await store.commit(batch(2));
        expect((await store.touchedAfter(tenantId, 0))?.toSorted()).toEqual(['@issuance:CREDIT', 'ann:CREDIT']);
        expect(await store.touchedAfter(tenantId, 2)).toEqual([]);
        await store.commit({ ...batch(3), header: header(3, { firstNumber: 3, count: 2_000 }), entries: many });
        const touched = await store.touchedAfter(tenantId, 1);
        if (touched) expect(new Set(touched).size).toBe(2_002);
        expect((await store.touchedAfter(tenantId, 2_000))?.toSorted()).toEqual(['user1998:CREDIT', 'user1999:CREDIT']);
      });
    });

    describe('other documents', () => {
      const id = (what: string) => `${tenantId}: ${what}`;
      const ofMine = async () => (await books.written()).filter((written) => written.startsWith(`${tenantId}: `));

      it('are there together with the batch, and know its entries', async () => {
        await store.commit(batch(1, { with: (session, entries) => books.write(session, id(`for ${entries.map(({ n }) => n).join()}`)) }));
        expect(await ofMine()).toEqual([id('for 1')]);
        expect((await store.head(tenantId)).seq).toBe(1);
      });

      it('are not there where the batch is refused', async () => {
        await store.commit(batch(1));
        await expect(store.commit(batch(1, { with: (session) => books.write(session, id('lost')) }))).rejects.toBeInstanceOf(NotUnique);
        expect(await ofMine()).toEqual([]);
      });

      it('that cannot be written take the batch with them, and their error is told as it is', async () => {
        const broken = new Error('No such order');
        const failing = batch(1, {
          with: async (session) => {
            await books.write(session, id('half'));
            throw broken;
          },
        });
        await expect(store.commit(failing)).rejects.toBe(broken);
        expect(await ofMine()).toEqual([]);
        expect(await everything()).toMatchObject({ head: { seq: 0 }, used: [], nonces: [undefined, undefined, undefined] });
        await store.commit(batch(1));
      });
    });

    it('harms nobody who has nothing open when another node breaks in', async () => {
      await store.commit(batch(1));
      await other.commit(batch(2));
      await Promise.all([store.breakIn(tenantId), other.breakIn(tenantId)]);
      await store.commit(batch(3));
      await other.commit(batch(4));
      expect((await store.head(tenantId)).seq).toBe(4);
    });
  });
}
