import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../../../src/kernel/fault/fault.js';
import { KeyReused } from '../../../src/kernel/idempotency/idempotency-record.js';
import type { Account, AccountKey, Entry, LedgerCommand, Move, Posted } from '../../../src/ledger/ledger.js';
import type { LedgerWriter } from '../../../src/ledger/ledger-writer.js';
import type { Bench } from './bench.js';
import { commandsOf, type Commands, credits, legs } from './commands.js';
import { type StoreFault, storeFaults } from './faulty-ledger-store.js';

/** Kind and code of the fault that a command ends in. */
const refusal = (kind: string, code: string) => expect.objectContaining({ kind, code, outcome: 'none' });
const insufficient = refusal('conflict', 'insufficient_credits');
const badAmount = refusal('invalid', 'validation_failed');
const exceeded = refusal('unprocessable', 'limit_exceeded');
const holdClosed = refusal('conflict', 'hold_closed');
const busy = expect.objectContaining({ kind: 'unavailable', code: 'unavailable', outcome: 'none', retryAfterSeconds: 1 });
const unknown = expect.objectContaining({ kind: 'unavailable', code: 'outcome_unknown', outcome: 'unknown', retryAfterSeconds: 1 });
const largest = 9_007_199_254_740_991;

/** What `LedgerWriter` promises, over any writer: `open` gives nodes of it over one set of books. */
export function ledgerWriterContract(name: string, open: () => Promise<Bench>): void {
  describe(name, () => {
    let bench: Bench;
    let tenantId: string;
    let tenants = 0;
    let of: Commands;

    beforeAll(async () => {
      bench = await open();
    });
    beforeEach(() => {
      tenantId = `tenant${++tenants}`;
      of = commandsOf(tenantId);
      bench.clock.set('2026-01-01T00:00:00.000Z');
    });
    afterAll(() => bench.books.close());

    const books = () => bench.books.connect();
    const entries = async (): Promise<Entry[]> => {
      const { n } = await books().head(tenantId);
      const found = await books().referred(
        tenantId,
        Array.from({ length: n + 5 }, (_, index) => index + 1),
      );
      return found.map(({ entry }) => entry).sort((one, other) => one.n - other.n);
    };
    const account = async (owner: string): Promise<Account> => {
      const [found] = (await books().accounts(tenantId, [credits(owner)])).accounts;
      return found as Account;
    };
    const available = async (...owners: string[]): Promise<number[]> =>
      (await books().accounts(tenantId, owners.map(credits))).accounts.map((found) => found.available);
    const everything = async () => ({
      entries: await entries(),
      ...(await books().accounts(tenantId, ['ann', 'bob', '@issuance', '@revenue'].map(credits))),
    });
    /** What became of it: the number it was posted under, or the error. */
    const end = (posted: Promise<Posted>): Promise<unknown> => posted.then(({ entry }) => entry.n).catch((error: unknown) => error);
    const ends = (posted: readonly Promise<Posted>[]): Promise<unknown[]> => Promise.all(posted.map(end));

    describe('a posting', () => {
      it('is answered with the entry that the books hold', async () => {
        const { writer } = bench.node();
        const posted = await writer.post(
          of.grant('ann', 100, { key: 'k1', requestHash: 'h1', memo: 'Welcome', meta: { b: 1, a: [null] } }),
        );
        expect(posted).toEqual({
          replayed: false,
          entry: {
            tenantId,
            n: 1,
            key: 'k1',
            requestHash: 'h1',
            at: new Date('2026-01-01T00:00:00.000Z'),
            kind: 'grant',
            memo: 'Welcome',
            meta: { a: [null], b: 1 },
            postings: [
              { account: '@issuance:CREDIT', bucket: 'available', delta: -100, balanceAfter: -100 },
              { account: 'ann:CREDIT', bucket: 'available', delta: 100, balanceAfter: 100 },
            ],
          },
        });
        expect(await entries()).toEqual([posted.entry]);
        const grants = { credits: 1, credited: 100, debits: 0, debited: 0, spent: 0 };
        expect(await account('ann')).toEqual({
          tenantId,
          account: 'ann:CREDIT',
          available: 100,
          held: 0,
          holds: [],
          totals: grants,
          lastAt: new Date('2026-01-01T00:00:00.000Z'),
          seq: 1,
        });
        expect(await books().head(tenantId)).toMatchObject({ seq: 1, n: 1, totals: { CREDIT: grants } });
      });

      it('moves between users, and counts what each of them got and gave', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 100));
        await writer.post(of.transfer('ann', 'bob', 30));
        await writer.post(of.spend('bob', 10));
        expect(await account('ann')).toMatchObject({
          available: 70,
          totals: { credits: 1, credited: 100, debits: 1, debited: 30, spent: 30 },
        });
        expect(await account('bob')).toMatchObject({
          available: 20,
          totals: { credits: 1, credited: 30, debits: 1, debited: 10, spent: 10 },
        });
        expect(await available('@issuance', '@revenue')).toEqual([-100, 10]);
        expect((await books().head(tenantId)).totals).toEqual({ CREDIT: { credits: 2, credited: 130, debits: 2, debited: 40, spent: 40 } });
      });

      it('takes first and gives afterwards, in whatever order it is asked', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 10));
        const move: Move = {
          type: 'legs',
          legs: [
            { account: credits('@revenue'), bucket: 'available', delta: 7 },
            { account: credits('@store'), bucket: 'available', delta: 3 },
            { account: credits('ann'), bucket: 'available', delta: -10 },
          ],
        };
        const { entry } = await writer.post(of.move(move, { kind: 'purchase' }));
        expect(entry.postings).toEqual([
          { account: 'ann:CREDIT', bucket: 'available', delta: -10, balanceAfter: 0 },
          { account: '@revenue:CREDIT', bucket: 'available', delta: 7, balanceAfter: 7 },
          { account: '@store:CREDIT', bucket: 'available', delta: 3, balanceAfter: 3 },
        ]);
      });

      it('has a number: 1, 2, 3 in the order of submission, and none for what was refused', async () => {
        const { writer } = bench.node();
        const posted = Array.from({ length: 30 }, (_, index) => writer.post(index % 3 === 2 ? of.spend('bob', 1_000) : of.grant('bob', 1)));
        const numbers = (await ends(posted)).filter((outcome) => typeof outcome === 'number');
        expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
        expect((await entries()).map(({ n }) => n)).toEqual(numbers);
        expect(await available('bob')).toEqual([20]);
      });

      it('finds its place among 500 at once, each told its own balance', async () => {
        const { writer } = bench.node();
        const posted = await Promise.all(Array.from({ length: 500 }, () => writer.post(of.grant('ann', 2))));
        expect(posted.map(({ entry }) => entry.postings[1]?.balanceAfter)).toEqual(
          Array.from({ length: 500 }, (_, index) => 2 * index + 2),
        );
        expect(await available('ann')).toEqual([1_000]);
        expect((await entries()).map(({ n }) => n)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
      });

      it('is never earlier than the one before, though the clock is set back', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 1));
        bench.clock.set('2025-12-31T00:00:00.000Z');
        expect((await writer.post(of.grant('ann', 1))).entry.at).toEqual(new Date('2026-01-01T00:00:00.000Z'));
        expect((await bench.node().writer.post(of.grant('ann', 1))).entry.at).toEqual(new Date('2026-01-01T00:00:00.000Z'));
        bench.clock.set('2026-01-02T00:00:00.000Z');
        expect((await writer.post(of.grant('ann', 1))).entry.at).toEqual(new Date('2026-01-02T00:00:00.000Z'));
      });

      it('is of one tenant alone', async () => {
        const { writer } = bench.node();
        const other = commandsOf(`${tenantId}b`);
        await writer.post(of.grant('ann', 5, { key: 'same' }));
        expect(await writer.post(other.grant('ann', 7, { key: 'same' }))).toMatchObject({ replayed: false, entry: { n: 1 } });
        expect(await end(writer.post(other.spend('ann', 8)))).toEqual(insufficient);
        expect(await available('ann')).toEqual([5]);
      });

      it('is stored as it was answered, whatever its texts hold', async () => {
        const { writer } = bench.node();
        const { entry } = await writer.post(of.grant('ann', 1, { memo: 'half a pair: \ud83d', meta: { note: '\udc00 and "🙂"\n' } }));
        expect([entry.memo, entry.meta]).toEqual(['half a pair: \ufffd', { note: '\ufffd and "🙂"\n' }]);
        expect(await entries()).toEqual([entry]);
      });
    });

    describe('what is refused', () => {
      const euros = 'ann:EUR' as AccountKey;
      const [ann, bob, issuance, revenue] = [credits('ann'), credits('bob'), credits('@issuance'), credits('@revenue')];
      const selfTransfer = refusal('unprocessable', 'self_transfer');
      const mismatch = refusal('unprocessable', 'currency_mismatch');
      const cases: [string, unknown, () => LedgerCommand][] = [
        ['more than there is', insufficient, () => of.spend('ann', 101)],
        ['more than there is, to another user', insufficient, () => of.transfer('ann', 'bob', 101)],
        ['from an account that was never there', insufficient, () => of.spend('nobody', 1)],
        ['the largest amount from a small account', insufficient, () => of.spend('ann', largest)],
        ['more on hold than there is', insufficient, () => of.hold('ann', 101)],
        ['a transfer to oneself', selfTransfer, () => of.transfer('ann', 'ann', 1)],
        ['a transfer to oneself of more than there is', selfTransfer, () => of.transfer('ann', 'ann', 1_000)],
        ['two assets in one entry', mismatch, () => of.move(legs(ann, euros, 1))],
        ['two assets of one owner', mismatch, () => of.move(legs(issuance, euros, 1))],
        ['a balance beyond what is exact', exceeded, () => of.grant('ann', largest - 50)],
        ['a balance below what is exact', exceeded, () => of.move(legs(issuance, revenue, largest))],
        ...[0, 0.5, 1.000_000_1, NaN, Infinity, largest + 1].flatMap((amount): typeof cases => [
          [`a transfer of ${amount}`, badAmount, () => of.transfer('ann', 'bob', amount)],
          [`a hold of ${amount}`, badAmount, () => of.hold('ann', amount)],
        ]),
        ['a hold of -5', badAmount, () => of.hold('ann', -5)],
      ];

      it.each(cases)('%s leaves nothing', async (_case, expected, command) => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 100));
        await writer.post(of.grant('bob', 1));
        const before = await everything();
        expect(await end(writer.post({ ...command(), key: 'mine' }))).toEqual(expected);
        expect(await everything()).toEqual(before);
        expect(await books().used(tenantId, ['mine'])).toEqual([]);
      });

      it('is refused alone among others that are posted with it', async () => {
        const { writer } = bench.node();
        const posted = [of.grant('ann', 5), of.spend('ann', 6), of.spend('ann', 5), of.spend('ann', 1), of.grant('ann', 1)];
        expect(await ends(posted.map((command) => writer.post(command)))).toEqual([1, insufficient, 2, insufficient, 3]);
        expect(await available('ann', bob.slice(0, 3))).toEqual([1, 0]);
      });

      it('a bug of its caller, fails alone too', async () => {
        const { writer } = bench.node();
        const unbalanced: Move = { type: 'legs', legs: [{ account: ann, bucket: 'available', delta: 5 }] };
        const posted = [of.grant('ann', 1), of.move(unbalanced), of.move({ type: 'legs', legs: [] }), of.grant('ann', 2)];
        const unequal = expect.objectContaining({ message: 'An entry does not balance' });
        expect(await ends(posted.map((command) => writer.post(command)))).toEqual([1, unequal, unequal, 2]);
        expect(await available('ann')).toEqual([3]);
      });

      it('may be posted later with the same key, once it can be', async () => {
        const { writer } = bench.node();
        expect(await end(writer.post(of.spend('ann', 5, { key: 'k' })))).toEqual(insufficient);
        await writer.post(of.grant('ann', 5));
        expect(await writer.post(of.spend('ann', 5, { key: 'k' }))).toMatchObject({ replayed: false, entry: { n: 2 } });
      });

      it.each([
        ['a Date', { at: new Date(0) }],
        ['a dot in a name', { 'a.b': 1 }],
        ['what the database would take for a type of its own', { _bsontype: 'Long' }],
        ['more than 2 KB', { a: 'x'.repeat(2_050) }],
      ])('meta with %s, before anybody else could suffer', async (_case, meta) => {
        const { writer } = bench.node();
        const posted = [writer.post(of.grant('ann', 1)), writer.post(of.grant('ann', 1, { meta })), writer.post(of.grant('ann', 1))];
        expect(await ends(posted)).toEqual([1, expect.objectContaining({ kind: 'invalid', code: 'validation_failed' }), 2]);
      });
    });

    describe("the tenant's own accounts", () => {
      it("go below zero as far as is exact; a user's never does", async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', largest));
        expect(await available('@issuance', 'ann')).toEqual([-largest, largest]);
        expect(await end(writer.post(of.grant('bob', 1)))).toEqual(exceeded);
        expect(await end(writer.post(of.spend('bob', 1)))).toEqual(insufficient);
        await writer.post(of.spend('ann', largest));
        expect(await available('@issuance', 'ann', '@revenue')).toEqual([-largest, 0, largest]);
      });

      it('have no held amount below zero', async () => {
        const { writer } = bench.node();
        const move: Move = {
          type: 'legs',
          legs: [
            { account: credits('@revenue'), bucket: 'held', delta: -1 },
            { account: credits('@revenue'), bucket: 'available', delta: 1 },
          ],
        };
        expect(await end(writer.post(of.move(move)))).toEqual(insufficient);
      });
    });

    it('posts nothing by which a sum of the tenant would stop being exact', async () => {
      const { writer } = bench.node();
      await writer.post(of.grant('ann', largest - 1));
      await writer.post(of.transfer('ann', 'bob', 1));
      const before = await everything();
      expect(await end(writer.post(of.transfer('ann', 'bob', 1)))).toEqual(exceeded);
      expect(await everything()).toEqual(before);
      expect(before.head.totals).toEqual({ CREDIT: { credits: 2, credited: largest, debits: 1, debited: 1, spent: 1 } });
    });

    describe('a key', () => {
      it('works once, for ever and on every node', async () => {
        const { writer } = bench.node();
        const first = await writer.post(of.grant('ann', 5, { key: 'k' }));
        bench.clock.set('2036-01-01T00:00:00.000Z');
        for (const node of [writer, bench.node().writer])
          expect(await node.post(of.grant('ann', 5, { key: 'k' }))).toEqual({ entry: first.entry, replayed: true });
        expect(await entries()).toHaveLength(1);
        expect(await available('ann')).toEqual([5]);
      });

      it('is replayed although the same could not be posted again', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 5));
        await writer.post(of.spend('ann', 5, { key: 'k' }));
        expect(await writer.post(of.spend('ann', 5, { key: 'k' }))).toMatchObject({ replayed: true, entry: { n: 2 } });
      });

      const others: [string, (key: string) => LedgerCommand][] = [
        ['amount', (key) => of.spend('ann', 6, { key })],
        ['account', (key) => of.spend('bob', 5, { key })],
        ['kind', (key) => of.spend('ann', 5, { key, kind: 'purchase' })],
        ['memo', (key) => of.spend('ann', 5, { key, memo: 'other' })],
        ['meta', (key) => of.spend('ann', 5, { key, meta: { a: 1 } })],
        ['move', (key) => of.hold('ann', 5, undefined, { key, kind: 'spend' })],
        ['hash of the request', (key) => of.spend('ann', 5, { key, requestHash: 'other' })],
      ];
      it.each(others)('belongs to one request: another %s is told so, also where it could not be posted', async (_case, command) => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 5));
        await writer.post(of.spend('ann', 5, { key: 'k' }));
        for (const node of [writer, bench.node().writer]) await expect(node.post(command('k'))).rejects.toBeInstanceOf(KeyReused);
        expect(await entries()).toHaveLength(2);
      });

      it('knows the same request again by what it says, whatever the order of its meta', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 5, { key: 'k', meta: { a: 1, b: { c: 2, d: 3 } } }));
        expect(await writer.post(of.grant('ann', 5, { key: 'k', meta: { b: { d: 3, c: 2 }, a: 1 } }))).toMatchObject({ replayed: true });
      });

      it('knows the same request by its hash alone where it has one', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 5, { key: 'k', requestHash: 'h' }));
        expect(await writer.post(of.grant('ann', 9, { key: 'k', requestHash: 'h' }))).toMatchObject({ replayed: true, entry: { n: 1 } });
      });

      it('is given by the writer where there is none, another one each time', async () => {
        const { writer } = bench.node();
        const posted = await Promise.all([1, 2, 3].map(() => writer.post(of.grant('ann', 5))));
        expect(posted.map(({ replayed, entry: { n } }) => [replayed, n])).toEqual([
          [false, 1],
          [false, 2],
          [false, 3],
        ]);
        expect(new Set(posted.map(({ entry }) => entry.key)).size).toBe(3);
      });

      it('in flight is joined by the same request, which is answered as a replay', async () => {
        const { writer } = bench.node();
        const [first, second, third] = await Promise.all([1, 2, 3].map(() => writer.post(of.grant('ann', 5, { key: 'k' }))));
        expect(first).toMatchObject({ replayed: false, entry: { n: 1 } });
        expect([second, third]).toEqual([
          { entry: first?.entry, replayed: true },
          { entry: first?.entry, replayed: true },
        ]);
        expect(await available('ann')).toEqual([5]);
      });

      it('in flight is refused to another request, which does not wait', async () => {
        const { writer, store } = bench.node();
        const stop = store.stop('commit');
        const first = writer.post(of.grant('ann', 5, { key: 'k' }));
        await expect(writer.post(of.grant('ann', 6, { key: 'k' }))).rejects.toBeInstanceOf(KeyReused);
        stop.release();
        expect(await first).toMatchObject({ replayed: false });
        expect(await available('ann')).toEqual([5]);
      });

      it('in flight that is refused is refused to those who joined it', async () => {
        const { writer } = bench.node();
        expect(await ends([1, 2].map(() => writer.post(of.spend('ann', 5, { key: 'k' }))))).toEqual([insufficient, insufficient]);
        expect(await entries()).toEqual([]);
      });

      it('sent to two nodes at once is posted once, and both are told of the same entry', async () => {
        const [one, other] = [bench.node(), bench.node()];
        for (let round = 1; round <= 10; round++) {
          const sent = [one, other].map(({ writer }) => writer.post(of.grant('ann', 5, { key: `k${round}` })));
          const [first, second] = await Promise.all(sent);
          expect(first?.entry).toEqual(second?.entry);
          expect(first?.replayed).toBe(!second?.replayed);
        }
        expect(await available('ann')).toEqual([50]);
      });
    });

    describe('a hold', () => {
      const at = (time: string) => new Date(`2026-01-01T${time}.000Z`);

      it('sets aside what then cannot be spent', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 10));
        const { entry } = await writer.post(of.hold('ann', 7, at('01:00:00')));
        expect(entry).toMatchObject({
          n: 2,
          refersTo: 2,
          expiresAt: at('01:00:00'),
          postings: [
            { account: 'ann:CREDIT', bucket: 'available', delta: -7, balanceAfter: 3 },
            { account: 'ann:CREDIT', bucket: 'held', delta: 7, balanceAfter: 7 },
          ],
        });
        expect(await end(writer.post(of.spend('ann', 4)))).toEqual(insufficient);
        expect(await account('ann')).toMatchObject({
          available: 3,
          held: 7,
          holds: [{ n: 2, amount: 7, expiresAt: at('01:00:00') }],
          totals: { credits: 1, credited: 10, debits: 0, debited: 0, spent: 0 },
        });
      });

      const closings: [string, () => LedgerCommand, object, number][] = [
        ['commits wholly', () => of.commit(2), { available: 3, held: 0, holds: [], totals: { debits: 1, debited: 7, spent: 7 } }, 7],
        ['commits in part', () => of.commit(2, 5), { available: 5, held: 0, holds: [], totals: { debits: 1, debited: 5, spent: 5 } }, 5],
        [
          'commits all by name',
          () => of.commit(2, 7),
          { available: 3, held: 0, holds: [], totals: { debits: 1, debited: 7, spent: 7 } },
          7,
        ],
        ['is voided', () => of.cancel(2), { available: 10, held: 0, holds: [], totals: { debits: 0, debited: 0, spent: 0 } }, 0],
      ];
      it.each(closings)('%s, once', async (_case, command, after, revenue) => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 10));
        await writer.post(of.hold('ann', 7));
        expect((await writer.post(command())).entry).toMatchObject({ n: 3, refersTo: 2 });
        expect(await account('ann')).toMatchObject(after);
        expect(await available('@revenue')).toEqual([revenue]);
        for (const again of [of.commit(2), of.commit(2, 1), of.cancel(2), of.expire(2)]) {
          expect(await end(writer.post(again))).toEqual(holdClosed);
          expect(await end(bench.node().writer.post(again))).toEqual(holdClosed);
        }
        expect(await entries()).toHaveLength(3);
      });

      it('is closed by one of many that come at once, over two nodes', async () => {
        const [one, other] = [bench.node().writer, bench.node().writer];
        await one.post(of.grant('ann', 10));
        await one.post(of.hold('ann', 7));
        const closings = [of.commit(2), of.cancel(2), of.commit(2, 3)].flatMap((command) => [one.post(command), other.post(command)]);
        const outcomes = await ends(closings);
        expect(outcomes.filter((outcome) => outcome === 3)).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome !== 3)).toEqual([holdClosed, holdClosed, holdClosed, holdClosed, holdClosed]);
        expect((await account('ann')).held).toBe(0);
      });

      it('tells by its last posting what is available after a commit in part', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 10));
        await writer.post(of.hold('ann', 7));
        const { entry } = await writer.post(of.commit(2, 5));
        expect(entry.postings).toEqual([
          { account: 'ann:CREDIT', bucket: 'held', delta: -7, balanceAfter: 0 },
          { account: 'ann:CREDIT', bucket: 'available', delta: 7, balanceAfter: 10 },
          { account: 'ann:CREDIT', bucket: 'available', delta: -5, balanceAfter: 5 },
          { account: '@revenue:CREDIT', bucket: 'available', delta: 5, balanceAfter: 5 },
        ]);
      });

      const wrong: [string, unknown, () => LedgerCommand][] = [
        ['more than is held', exceeded, () => of.commit(2, 8)],
        ['nothing', badAmount, () => of.commit(2, 0)],
        ['a fraction', badAmount, () => of.commit(2, 1.5)],
        ['less than nothing', badAmount, () => of.commit(2, -1)],
        ['no number', badAmount, () => of.commit(2, NaN)],
        ['to the holder', refusal('unprocessable', 'self_transfer'), () => of.commit(2, 1, {}, credits('ann'))],
        ['to another asset', refusal('unprocessable', 'currency_mismatch'), () => of.commit(2, 1, {}, '@revenue:EUR' as AccountKey)],
        ['a hold that is not over, as if it were', holdClosed, () => of.expire(2)],
        ['what is no hold', expect.objectContaining({ kind: 'not_found' }), () => of.commit(1)],
        ['what is no hold, to void it', expect.objectContaining({ kind: 'not_found' }), () => of.cancel(1)],
        ['what is not there', expect.objectContaining({ kind: 'not_found' }), () => of.commit(9)],
      ];
      it.each(wrong)('stays as it is when a closing names %s', async (_case, expected, command) => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 10));
        await writer.post(of.hold('ann', 7));
        const before = await everything();
        expect(await end(writer.post(command()))).toEqual(expected);
        expect(await everything()).toEqual(before);
      });

      it('cannot be committed any more from the moment it is over, only given back', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 10));
        await writer.post(of.hold('ann', 4, at('01:00:00')));
        await writer.post(of.hold('ann', 3, at('01:00:00')));
        await writer.post(of.hold('ann', 2, at('01:00:01')));
        bench.clock.set('2026-01-01T01:00:00.000Z');
        expect(await end(writer.post(of.commit(2)))).toEqual(holdClosed);
        expect(await end(writer.post(of.expire(4)))).toEqual(holdClosed);
        expect((await writer.post(of.expire(2, { key: 'hold-expire:2' }))).entry).toMatchObject({ n: 5, refersTo: 2 });
        expect(await writer.post(of.expire(2, { key: 'hold-expire:2' }))).toMatchObject({ replayed: true });
        await writer.post(of.cancel(3));
        await writer.post(of.commit(4));
        expect(await account('ann')).toMatchObject({ available: 8, held: 0, holds: [] });
      });

      it('is one of 64 at most that an account has open', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 100));
        const outcomes = await ends(Array.from({ length: 66 }, () => writer.post(of.hold('ann', 1))));
        expect(outcomes.slice(0, 64)).toEqual(Array.from({ length: 64 }, (_, index) => index + 2));
        expect(outcomes.slice(64)).toEqual([exceeded, exceeded]);
        expect(await account('ann')).toMatchObject({ available: 36, held: 64 });
        await writer.post(of.cancel(20));
        await writer.post(of.hold('ann', 1));
        expect(await end(writer.post(of.hold('ann', 1)))).toEqual(exceeded);
        expect((await account('ann')).holds).toHaveLength(64);
      });
    });

    describe('a reversal', () => {
      const notReversible = refusal('unprocessable', 'unprocessable');

      it('gives everything back, and is no spending', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 10));
        await writer.post(of.transfer('ann', 'bob', 4));
        expect((await writer.post(of.reverse(2))).entry).toMatchObject({
          n: 3,
          kind: 'reversal',
          refersTo: 2,
          postings: [
            { account: 'bob:CREDIT', bucket: 'available', delta: -4, balanceAfter: 0 },
            { account: 'ann:CREDIT', bucket: 'available', delta: 4, balanceAfter: 10 },
          ],
        });
        expect((await account('bob')).totals).toEqual({ credits: 1, credited: 4, debits: 1, debited: 4, spent: 0 });
      });

      it('takes parts, until nothing is left', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 10));
        await writer.post(of.spend('ann', 10));
        await writer.post(of.reverse(2, 4));
        expect(await end(writer.post(of.reverse(2, 7)))).toEqual(exceeded);
        await writer.post(of.reverse(2, 1));
        await writer.post(of.reverse(2));
        expect(await end(writer.post(of.reverse(2)))).toEqual(exceeded);
        expect(await end(writer.post(of.reverse(2, 1)))).toEqual(exceeded);
        expect(await available('ann', '@revenue')).toEqual([10, 0]);
        expect((await entries()).slice(2).map(({ postings }) => postings[1]?.delta)).toEqual([4, 1, 5]);
      });

      it('never takes back more than was moved, though many come at once on two nodes', async () => {
        const [one, other] = [bench.node().writer, bench.node().writer];
        await one.post(of.grant('ann', 10));
        await one.post(of.spend('ann', 10));
        const outcomes = await ends(Array.from({ length: 10 }, (_, index) => (index % 2 ? one : other).post(of.reverse(2, 3))));
        expect(outcomes.filter((outcome) => typeof outcome === 'number').sort((a, b) => a - b)).toEqual([3, 4, 5]);
        expect(outcomes.filter((outcome) => typeof outcome !== 'number')).toEqual(Array.from({ length: 7 }, () => exceeded));
        expect(await available('ann', '@revenue')).toEqual([9, 1]);
      });

      it('never takes back twice what another node has taken back meanwhile', async () => {
        const [one, other] = [bench.node(), bench.node()];
        await one.writer.post(of.grant('ann', 100));
        await one.writer.post(of.grant('ann', 100));
        const stop = other.store.stop('accounts');
        const late = other.writer.post(of.reverse(1));
        await stop.reached;
        await one.writer.post(of.reverse(1));
        stop.release();
        expect(await end(late)).toEqual(exceeded);
        expect(await available('ann')).toEqual([100]);
      });

      it('of a commit gives back what was taken, and of a hold or a void nothing', async () => {
        const { writer } = bench.node();
        await writer.post(of.grant('ann', 10));
        await writer.post(of.hold('ann', 7));
        await writer.post(of.commit(2, 5));
        await writer.post(of.hold('ann', 1));
        await writer.post(of.cancel(4));
        for (const n of [2, 4, 5]) expect(await end(writer.post(of.reverse(n)))).toEqual(notReversible);
        await writer.post(of.reverse(3));
        expect(await account('ann')).toMatchObject({ available: 10, held: 0 });
        expect(await available('@revenue')).toEqual([0]);
      });

      it('of an entry among three is made wholly or not at all', async () => {
        const { writer } = bench.node();
        const shared: Move = {
          type: 'legs',
          legs: [
            { account: credits('ann'), bucket: 'available', delta: -10 },
            { account: credits('bob'), bucket: 'available', delta: 7 },
            { account: credits('@revenue'), bucket: 'available', delta: 3 },
          ],
        };
        await writer.post(of.grant('ann', 10));
        await writer.post(of.move(shared, { kind: 'purchase' }));
        expect(await end(writer.post(of.reverse(2, 9)))).toEqual(notReversible);
        await writer.post(of.reverse(2));
        expect(await available('ann', 'bob', '@revenue')).toEqual([10, 0, 0]);
        expect(await end(writer.post(of.reverse(2)))).toEqual(exceeded);
      });

      const wrong: [string, unknown, () => LedgerCommand][] = [
        ['of a reversal', notReversible, () => of.reverse(4)],
        ['of what is not there', expect.objectContaining({ kind: 'not_found' }), () => of.reverse(9)],
        ['of what was spent meanwhile', insufficient, () => of.reverse(1)],
        ['of nothing', badAmount, () => of.reverse(3, 0)],
        ['of less than nothing', badAmount, () => of.reverse(3, -1)],
        ['of a fraction', badAmount, () => of.reverse(3, 0.5)],
        ['of no number', badAmount, () => of.reverse(3, NaN)],
        ['of more than was moved', exceeded, () => of.reverse(3, 9)],
      ];
      it.each(wrong)('%s is refused', async (_case, expected, command) => {
        const { writer } = bench.node();
        for (const before of [of.grant('ann', 10), of.grant('bob', 5), of.spend('ann', 8), of.reverse(3, 1)]) await writer.post(before);
        const before = await everything();
        expect(await end(writer.post(command()))).toEqual(expected);
        expect(await everything()).toEqual(before);
      });
    });

    describe('documents that are written with a posting', () => {
      const id = (what: string) => `${tenantId}: ${what}`;
      const ofMine = async () => (await bench.books.written()).filter((written) => written.startsWith(`${tenantId}: `)).sort();
      const writing = (what: string) => ({
        with: (session: Parameters<Bench['books']['write']>[0], { n }: Entry) => bench.books.write(session, id(`${what} of ${n}`)),
      });

      it('are there with it, and know its entry', async () => {
        const { writer } = bench.node();
        expect(await writer.post(of.grant('ann', 5), writing('order'))).toMatchObject({ entry: { n: 1 } });
        expect(await ofMine()).toEqual([id('order of 1')]);
      });

      it('that cannot be written leave nothing of it, and their error is told as it is', async () => {
        const { writer } = bench.node();
        const broken = new Error('No such order');
        const failing = {
          with: async (session: Parameters<Bench['books']['write']>[0]) => {
            await bench.books.write(session, id('half'));
            throw broken;
          },
        };
        const [posted, failed, alike] = [
          writer.post(of.grant('ann', 1)),
          writer.post(of.grant('ann', 2), failing),
          writer.post(of.grant('ann', 4), writing('x')),
        ];
        expect(await end(failed)).toBe(broken);
        expect(await ends([posted, alike])).toEqual([1, 2]);
        expect([await available('ann'), await ofMine()]).toEqual([[5], [id('x of 2')]]);
        expect(await entries()).toHaveLength(2);
      });

      it('that are there already fail it alone, and hold nobody up', async () => {
        const { writer } = bench.node({ patienceMs: 2_000 });
        const same = { with: (session: Parameters<Bench['books']['write']>[0]) => bench.books.write(session, id('the one')) };
        await writer.post(of.grant('ann', 1), same);
        expect(await end(writer.post(of.grant('ann', 2), same))).toMatchObject({ code: 11000 });
        expect(await end(writer.post(of.grant('ann', 4)))).toBe(2);
        expect([await available('ann'), await ofMine()]).toEqual([[5], [id('the one')]]);
      });

      it('are not written for what is refused or replayed', async () => {
        const { writer } = bench.node();
        expect(await end(writer.post(of.spend('ann', 5), writing('refused')))).toEqual(insufficient);
        await writer.post(of.grant('ann', 5, { key: 'k' }), writing('first'));
        expect(await writer.post(of.grant('ann', 5, { key: 'k' }), writing('second'))).toMatchObject({ replayed: true });
        expect(await ofMine()).toEqual([id('first of 1')]);
      });

      it('are written once for a request that two nodes get at once', async () => {
        const nodes = [bench.node().writer, bench.node().writer];
        const same = { with: (session: Parameters<Bench['books']['write']>[0]) => bench.books.write(session, id('order')) };
        const posted = await Promise.all(nodes.map((writer) => writer.post(of.grant('ann', 5, { key: 'k' }), same)));
        expect(posted.map(({ entry }) => entry.n)).toEqual([1, 1]);
        expect(posted.filter(({ replayed }) => replayed)).toHaveLength(1);
        expect(await ofMine()).toEqual([id('order')]);
      });

      it.each<[StoreFault, number]>([
        ['open, not applied', 0],
        ['open, applied', 1],
        ['open, applied later', 1],
      ])('that fail when an attempt is repeated that was %s tell what became of it, and hold nobody up', async (fault, written) => {
        const { writer, store } = bench.node();
        const broken = new Error('Sold out');
        let tries = 0;
        const order = async (session: Parameters<Bench['books']['write']>[0]) => {
          if (tries++ === written) throw broken;
          await bench.books.write(session, id('order'));
        };
        store.faults.push(fault);
        const isPosted = written === 1;
        expect(await end(writer.post(of.grant('ann', 5), { with: order }))).toBe(isPosted ? 1 : broken);
        expect(await ofMine()).toEqual(isPosted ? [id('order')] : []);
        expect(await end(writer.post(of.grant('ann', 2)))).toBe(isPosted ? 2 : 1);
        expect(await available('ann')).toEqual([isPosted ? 7 : 2]);
      });

      it.each(storeFaults)('are written once where a commit is %s', async (fault) => {
        const { writer, store } = bench.node();
        store.faults.push(fault);
        await writer.post(of.grant('ann', 5), { with: (session) => bench.books.write(session, id('order')) });
        expect([await available('ann'), await ofMine()]).toEqual([[5], [id('order')]]);
      });
    });

    describe('two nodes', () => {
      it('refuse nothing that the other one has made possible', async () => {
        const [one, other] = [bench.node().writer, bench.node().writer];
        expect(await ends([one.post(of.spend('ann', 1)), other.post(of.spend('ann', 1))])).toEqual([insufficient, insufficient]);
        for (let round = 1; round <= 20; round++) {
          const [giver, taker] = round % 2 ? [one, other] : [other, one];
          await giver.post(of.grant('ann', round));
          expect((await taker.post(of.spend('ann', round))).entry.n).toBe(2 * round);
          expect(await end(giver.post(of.spend('ann', 1)))).toEqual(insufficient);
        }
      });

      it('refuse nothing for which the other one has freed a hold or a reversal', async () => {
        const [one, other] = [bench.node().writer, bench.node().writer];
        await one.post(of.grant('ann', 5));
        await other.post(of.hold('ann', 5));
        expect(await end(one.post(of.spend('ann', 5)))).toEqual(insufficient);
        await other.post(of.cancel(2));
        await one.post(of.spend('ann', 5));
        await other.post(of.reverse(4));
        expect((await one.post(of.spend('ann', 5))).entry.n).toBe(6);
      });

      it('spend what is there once', async () => {
        const nodes = [bench.node().writer, bench.node().writer, bench.node().writer];
        await nodes[0]?.post(of.grant('ann', 10));
        const outcomes = await ends(Array.from({ length: 15 }, (_, index) => nodes[index % 3]!.post(of.spend('ann', 1))));
        expect(outcomes.filter((outcome) => typeof outcome === 'number').sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        expect(outcomes.filter((outcome) => typeof outcome !== 'number')).toEqual(Array.from({ length: 5 }, () => insufficient));
        expect(await available('ann', '@revenue')).toEqual([0, 10]);
      });

      it('answer a request as a replay that the other one posts while it is being decided', async () => {
        const [one, other] = [bench.node(), bench.node()];
        await one.writer.post(of.grant('ann', 100));
        const stop = other.store.stop('accounts');
        const late = other.writer.post(of.spend('ann', 100, { key: 'k' }));
        await stop.reached;
        const first = await one.writer.post(of.spend('ann', 100, { key: 'k' }));
        stop.release();
        expect(await late.catch((error: unknown) => error)).toEqual({ entry: first.entry, replayed: true });
      });

      it('keep what few accounts they can remember as right as all', async () => {
        const nodes = [bench.node({ cachedAccounts: 1 }).writer, bench.node({ cachedAccounts: 2 }).writer];
        for (let round = 0; round < 10; round++) {
          const users = ['ann', 'bob', 'cid', 'dan'];
          await Promise.all(users.map((user, index) => nodes[(round + index) % 2]!.post(of.grant(user, 1))));
          await nodes[round % 2]!.post(of.transfer('ann', 'bob', 1));
        }
        expect(await available('ann', 'bob', 'cid', 'dan', '@issuance')).toEqual([0, 20, 10, 10, -40]);
      });
    });

    describe('a fault of the store', () => {
      const cases: [string, StoreFault[]][] = [
        ...storeFaults.map((fault): [string, StoreFault[]] => [fault, [fault]]),
        ['rolled back thrice', ['rolled back', 'rolled back', 'rolled back']],
        ['open and then overtaken', ['open, not applied', 'overtaken']],
        ['open again and again', ['open, not applied', 'rolled back', 'open, applied']],
      ];
      it.each(cases)('is survived: the commit is %s', async (_case, faults) => {
        const { writer, store } = bench.node();
        const foreign = bench.node().writer;
        await writer.post(of.grant('ann', 10));
        await foreign.post(of.grant('bob', 10));
        store.overtake = () => foreign.post(of.grant('ann', 100));
        store.faults.push(...faults);
        const posted = [writer.post(of.spend('ann', 4, { key: 'k' })), writer.post(of.spend('ann', 200)), writer.post(of.grant('bob', 1))];
        const [before, sneaked] = faults.includes('overtaken') ? [3, 100] : [2, 0];
        expect(await ends(posted)).toEqual([before + 1, insufficient, before + 2]);
        expect(store.faults).toEqual([]);
        expect(await available('ann', 'bob', '@revenue')).toEqual([6 + sneaked, 11, 4]);
        expect(await writer.post(of.spend('ann', 4, { key: 'k' }))).toMatchObject({ replayed: true, entry: { n: before + 1 } });
        expect((await entries()).map(({ n }) => n)).toEqual(Array.from({ length: before + 2 }, (_, index) => index + 1));
      });

      it('while an outcome is open is waited out: nothing but the answer about the batch settles it', async () => {
        const { writer, store } = bench.node();
        store.faults.push('open, not applied');
        store.failures.push({ call: 'nonceAt', error: new Error('not primary, and no label says so') });
        expect(await end(writer.post(of.grant('ann', 1)))).toBe(1);
        expect(await available('ann')).toEqual([1]);
      });

      it('in a read fails what waits for it, and nothing later', async () => {
        const { writer, store } = bench.node();
        const broken = new Error('no');
        store.failures.push({ call: 'used', error: broken });
        expect(await ends([writer.post(of.grant('ann', 1)), writer.post(of.grant('ann', 1))])).toEqual([broken, broken]);
        expect(await end(writer.post(of.grant('ann', 1)))).toBe(1);
      });
    });

    describe('whoever waits', () => {
      it('is refused at once where the queue is full, and only then', async () => {
        const { writer, store } = bench.node({ batch: 1, queue: 2 });
        const stop = store.stop('commit');
        const running = writer.post(of.grant('ann', 1));
        await stop.reached;
        const queued = [writer.post(of.grant('ann', 2)), writer.post(of.grant('ann', 4))];
        expect(await end(writer.post(of.grant('ann', 8, { key: 'k' })))).toEqual(busy);
        const elsewhere = writer.post(commandsOf(`${tenantId}b`).grant('ann', 1));
        stop.release();
        expect(await ends([running, ...queued, elsewhere])).toEqual([1, 2, 3, 1]);
        expect(await available('ann')).toEqual([7]);
        expect(await writer.post(of.grant('ann', 8, { key: 'k' }))).toMatchObject({ replayed: false, entry: { n: 4 } });
      });

      /** As a client does that wants to know: it sends the same again, until it is told. */
      async function persist(writer: LedgerWriter, command: LedgerCommand): Promise<Posted> {
        for (;;) {
          try {
            return await writer.post(command);
          } catch (error) {
            if ((error as Fault).kind !== 'unavailable') throw error;
            await pause(5);
          }
        }
      }

      it('is told after a while that the outcome is not known; the same key tells it later', async () => {
        const { writer, store } = bench.node({ patienceMs: 400 });
        const stop = store.stop('commit');
        const [posted, joined] = [writer.post(of.grant('ann', 1, { key: 'k' })), writer.post(of.grant('ann', 1, { key: 'k' }))];
        expect(await ends([posted, joined])).toEqual([unknown, unknown]);
        expect(await end(writer.post(of.grant('ann', 1, { key: 'k' })))).toEqual(unknown);
        stop.release();
        expect(await persist(writer, of.grant('ann', 1, { key: 'k' }))).toMatchObject({ replayed: true, entry: { n: 1 } });
        expect(await available('ann')).toEqual([1]);
      });

      it('is told that the ledger is busy where nothing was begun, and nothing ever is', async () => {
        const { writer, store } = bench.node({ batch: 1, patienceMs: 400 });
        const stop = store.stop('commit');
        const running = end(writer.post(of.grant('ann', 1)));
        await stop.reached;
        expect(await ends([writer.post(of.grant('ann', 2)), writer.post(of.grant('ann', 4, { key: 'k' }))])).toEqual([busy, busy]);
        expect(await running).toEqual(unknown);
        stop.release();
        expect((await persist(writer, of.grant('ann', 8, { key: 'later' }))).entry.n).toBe(2);
        expect(await available('ann')).toEqual([9]);
        expect((await persist(writer, of.grant('ann', 4, { key: 'k' }))).entry.n).toBe(3);
      });

      it('is told that the outcome is not known where its time is over between two tries, and no timer has said so', async () => {
        const { writer, store } = bench.node();
        await writer.post(of.grant('ann', 1));
        const [head, now] = [store.head.bind(store), performance.now.bind(performance)];
        const clock = jest.spyOn(performance, 'now');
        jest.spyOn(store, 'head').mockImplementationOnce((tenantId) => {
          clock.mockImplementation(() => now() + 20_000);
          return head(tenantId);
        });
        store.faults.push('rolled back');
        const told = await end(writer.post(of.grant('ann', 2, { key: 'k' })));
        clock.mockRestore();
        expect([told, ...(await available('ann'))]).toEqual([unknown, 1]);
        expect((await persist(writer, of.grant('ann', 2, { key: 'k' }))).entry.n).toBe(2);
      });

      it.each(['used', 'accounts'] as const)('is not posted after all when it gave up while the store read (%s)', async (call) => {
        const { writer, store } = bench.node({ patienceMs: 400 });
        const stop = store.stop(call);
        expect(await end(writer.post(of.grant('ann', 1, { key: 'k' })))).toEqual(busy);
        stop.release();
        expect((await persist(writer, of.grant('ann', 2, { key: 'later' }))).entry.n).toBe(1);
        expect(await available('ann')).toEqual([2]);
        expect((await persist(writer, of.grant('ann', 1, { key: 'k' }))).entry.n).toBe(2);
      });
    });
  });
}
