import { KeyReused } from '../kernel/idempotency/idempotency-record.js';
import { accountsOf, BatchDraft, type Grounds, movedBy, refersTo, type Referred } from './batch-draft.js';
import { BalanceTooLarge, HoldClosed, InsufficientCredits, ReversalExceeded, TooManyHolds, TransactionNotFound } from './ledger.faults.js';
import type { Account, AccountKey, Entry, Hold, LedgerCommand, Move } from './ledger.js';

const key = (owner: string): AccountKey => `${owner}:CREDIT` as AccountKey;
const at = new Date('2026-01-01T12:00:00.000Z');
const nothing = { credits: 0, credited: 0, debits: 0, debited: 0, spent: 0 };
const largest = 9_007_199_254_740_991;

const account = (owner: string, available: number, fields: Partial<Account> = {}): Account => {
  return { tenantId: 't', account: key(owner), available, held: 0, holds: [], totals: nothing, lastAt: null, seq: 0, ...fields };
};
const hold = (n: number, amount: number, expiresAt = new Date('2026-01-01T13:00:00.000Z')): Hold => ({ n, amount, expiresAt });

/** A draft on accounts as they are given, after batch 4 and entry 9. */
function draftOn(accounts: readonly Account[], fields: { referred?: readonly Referred[]; used?: readonly Entry[]; totals?: object } = {}) {
  const { referred = [], used = [], totals = {} } = fields;
  const grounds: Grounds = {
    head: { seq: 4, n: 9, hash: 'h4', at: new Date('2026-01-01T11:00:00.000Z'), totals: { ...totals } },
    at,
    accounts: new Map([account('@issuance', -50), account('@revenue', 0), ...accounts].map((one) => [one.account, one])),
    referred: new Map(referred.map((one) => [one.entry.n, one])),
    used: new Map(used.map((entry) => [entry.key, entry])),
  };
  let keys = 0;
  const draft = new BatchDraft(grounds);
  const decide = (move: Move, fields: Partial<LedgerCommand> = {}, as = `key${++keys}`) =>
    draft.decide({ command: { tenantId: 't', kind: 'transfer', memo: '', move, ...fields }, key: as, requestHash: 'r' });
  return { draft, decide };
}
const legs = (from: string, to: string, amount: number): Move => ({
  type: 'legs',
  legs: [
    { account: key(from), bucket: 'available', delta: -amount },
    { account: key(to), bucket: 'available', delta: amount },
  ],
});
/** An entry of the past by which `from` gave and `to` got. */
const past = (n: number, from: string, to: string, amount: number, fields: Partial<Entry> = {}): Entry => ({
  tenantId: 't',
  n,
  key: `past${n}`,
  requestHash: 'r',
  at,
  kind: 'transfer',
  memo: '',
  meta: {},
  postings: [
    { account: key(from), bucket: 'available', delta: -amount, balanceAfter: 0 },
    { account: key(to), bucket: 'available', delta: amount, balanceAfter: amount },
  ],
  ...fields,
});
const pastHold = (n: number): Entry =>
  past(n, 'ann', 'ann', 5, {
    kind: 'hold',
    postings: [
      { account: key('ann'), bucket: 'available', delta: -5, balanceAfter: 0 },
      { account: key('ann'), bucket: 'held', delta: 5, balanceAfter: 5 },
    ],
  });

describe('commands of one batch', () => {
  it('each see what those before them left, and are numbered after the head', () => {
    const { draft, decide } = draftOn([account('ann', 10, { seq: 3 }), account('bob', 0)]);
    const [first, second] = [decide(legs('ann', 'bob', 10)), decide(legs('bob', 'ann', 4))];
    expect(first.entry.postings).toEqual([
      { account: 'ann:CREDIT', bucket: 'available', delta: -10, balanceAfter: 0 },
      { account: 'bob:CREDIT', bucket: 'available', delta: 10, balanceAfter: 10 },
    ]);
    expect(second.entry.postings.map(({ balanceAfter }) => balanceAfter)).toEqual([6, 4]);
    expect(draft.entries).toEqual([first.entry, second.entry]);
    expect(draft.entries.map(({ n }) => n)).toEqual([10, 11]);
  });

  it('leave the head, the accounts they touched, and what those were written by before', () => {
    const { draft, decide } = draftOn([account('ann', 10, { seq: 3 }), account('bob', 7, { seq: 2 })]);
    decide(legs('@issuance', 'ann', 5), { kind: 'grant' });
    const totals = { credits: 1, credited: 5, debits: 0, debited: 0, spent: 0 };
    expect(draft.head).toEqual({ seq: 5, n: 10, at, totals: { CREDIT: totals } });
    expect(draft.accounts).toEqual([
      account('@issuance', -55, { seq: 5, lastAt: at, totals: { credits: 0, credited: 0, debits: 1, debited: 5, spent: 5 } }),
      account('ann', 15, { seq: 5, lastAt: at, totals }),
    ]);
    expect(['ann', '@issuance', 'bob'].map((owner) => draft.seqBefore(key(owner)))).toEqual([3, 0, 2]);
  });

  it('count the totals of users by asset, on top of what the head has', () => {
    const euros = { credits: 1, credited: 2, debits: 3, debited: 4, spent: 5 };
    const before = { EUR: euros, CREDIT: { credits: 10, credited: 100, debits: 20, debited: 200, spent: 150 } };
    const { draft, decide } = draftOn([account('ann', 10), account('bob', 0)], {
      referred: [{ entry: past(3, '@revenue', 'ann', 9), reversed: 0 }],
      totals: before,
    });
    decide(legs('ann', 'bob', 4));
    decide({ type: 'reverse', of: 3, amount: 2 }, { kind: 'reversal' });
    expect(draft.head.totals).toEqual({ EUR: euros, CREDIT: { credits: 11, credited: 104, debits: 22, debited: 206, spent: 154 } });
  });
});

describe('a refused command', () => {
  const holds64 = Array.from({ length: 64 }, (_, index) => hold(index + 100, 1));
  const refused: [string, Account[], Move, unknown][] = [
    ['in its first leg', [account('ann', 3), account('bob', 0)], legs('ann', 'bob', 4), InsufficientCredits],
    ['in its last leg', [account('ann', 3), account('bob', largest)], legs('ann', 'bob', 1), BalanceTooLarge],
    [
      'after it moved to what is held',
      [account('ann', 99, { held: 64, holds: holds64 })],
      { type: 'hold', account: key('ann'), amount: 1, expiresAt: at },
      TooManyHolds,
    ],
    [
      'by the totals of the account',
      [account('ann', 3), account('bob', 0, { totals: { ...nothing, credited: largest } })],
      legs('ann', 'bob', 1),
      BalanceTooLarge,
    ],
    [
      'by what was debited before',
      [account('ann', 3, { totals: { ...nothing, debited: largest } }), account('bob', 0)],
      legs('ann', 'bob', 1),
      BalanceTooLarge,
    ],
  ];
  it.each(refused)('leaves nothing: %s', (_case, accounts, move, fault) => {
    const { draft, decide } = draftOn(accounts);
    expect(() => decide(move)).toThrow(fault as never);
    expect({ entries: draft.entries, accounts: draft.accounts, head: draft.head }).toEqual({
      entries: [],
      accounts: [],
      head: { seq: 5, n: 9, at, totals: {} },
    });
    expect(decide(legs('@issuance', '@revenue', 1)).entry.n).toBe(10);
    expect(draft.accounts.map((one) => [one.account, one.available])).toEqual([
      ['@issuance:CREDIT', -51],
      ['@revenue:CREDIT', 1],
    ]);
  });

  it('leaves nothing where the totals of the tenant would stop being exact', () => {
    const totals = { CREDIT: { ...nothing, credited: largest } };
    const { draft, decide } = draftOn([account('ann', 3)], { totals });
    expect(() => decide(legs('@issuance', 'ann', 1))).toThrow(BalanceTooLarge);
    expect([draft.entries, draft.accounts, draft.head.totals]).toEqual([[], [], totals]);
  });

  it('does not disturb those around it', () => {
    const { draft, decide } = draftOn([account('ann', 5), account('bob', 0)]);
    decide(legs('ann', 'bob', 5));
    expect(() => decide(legs('ann', 'bob', 1))).toThrow(InsufficientCredits);
    expect(decide(legs('bob', 'ann', 2)).entry.n).toBe(11);
    expect(draft.accounts.map(({ available }) => available)).toEqual([2, 3]);
  });
});

describe('a bug', () => {
  const posted = (...deltas: number[]): Move => ({
    type: 'legs',
    legs: deltas.map((delta, index) => ({ account: key(['@issuance', 'ann', '@revenue'][index] ?? ''), bucket: 'available', delta })),
  });
  it.each([[[]], [[5]], [[-5]], [[-5, 4]], [[5, 5]], [[-1, -1, 1]]])('cannot post what does not balance: %j', (deltas) => {
    const { draft, decide } = draftOn([account('ann', 10)]);
    expect(() => decide(posted(...deltas))).toThrow('An entry does not balance');
    expect([draft.entries, draft.accounts]).toEqual([[], []]);
  });

  it('is not overlooked where doubles would add it up to zero', () => {
    const deltas = [-largest, -largest, -3, largest, largest, 1];
    expect(deltas.reduce((sum, delta) => sum + delta)).toBe(0);
    const { decide } = draftOn(deltas.map((_, index) => account(`@${index}`, 0)));
    const move: Move = { type: 'legs', legs: deltas.map((delta, index) => ({ account: key(`@${index}`), bucket: 'available', delta })) };
    expect(() => decide(move)).toThrow('An entry does not balance');
  });

  it('cannot reverse under another name, or reverse nothing under that one', () => {
    const { draft, decide } = draftOn([account('ann', 10), account('bob', 5)], {
      referred: [{ entry: past(3, 'ann', 'bob', 5), reversed: 0 }],
    });
    expect(() => decide({ type: 'reverse', of: 3 }, { kind: 'transfer' })).toThrow('A reversal, and nothing else, reverses');
    expect(() => decide(legs('ann', 'bob', 5), { kind: 'reversal' })).toThrow('A reversal, and nothing else, reverses');
    expect(draft.entries).toEqual([]);
  });

  it('holds nothing until a moment that is none', () => {
    const { draft, decide } = draftOn([account('ann', 10)]);
    expect(() => decide({ type: 'hold', account: key('ann'), amount: 5, expiresAt: new Date('soon') }, { kind: 'hold' })).toThrow(
      'The hold needs a moment at which it expires',
    );
    expect(draft.entries).toEqual([]);
  });

  it('cannot decide on an account that nobody loaded', () => {
    const { draft, decide } = draftOn([account('ann', 10)]);
    expect(() => decide(legs('ann', 'nobody', 1))).toThrow('Account nobody:CREDIT was not loaded for the batch');
    expect([draft.entries, draft.accounts]).toEqual([[], []]);
  });
});

describe('a key that was used', () => {
  it('answers with its entry, posts nothing and looks at nothing else', () => {
    const used = past(2, 'ann', 'bob', 5, { key: 'k' });
    const { draft, decide } = draftOn([], { used: [used] });
    expect(decide(legs('nobody', 'nobody', -1), {}, 'k')).toEqual({ entry: used, replayed: true });
    expect([draft.entries, draft.accounts, draft.head.n]).toEqual([[], [], 9]);
  });

  it('belongs to its request', () => {
    const { decide } = draftOn([account('ann', 9), account('bob', 0)], {
      used: [past(2, 'ann', 'bob', 5, { key: 'k', requestHash: 'other' })],
    });
    expect(() => decide(legs('ann', 'bob', 5), {}, 'k')).toThrow(KeyReused);
  });
});

describe('within one batch', () => {
  it('an entry is not reversed twice', () => {
    const { decide } = draftOn([account('ann', 0), account('bob', 20)], { referred: [{ entry: past(3, 'ann', 'bob', 10), reversed: 3 }] });
    decide({ type: 'reverse', of: 3, amount: 4 }, { kind: 'reversal' });
    expect(() => decide({ type: 'reverse', of: 3, amount: 4 }, { kind: 'reversal' })).toThrow(ReversalExceeded);
    const { entry } = decide({ type: 'reverse', of: 3 }, { kind: 'reversal' });
    expect([entry.refersTo, entry.postings.map(({ delta }) => delta)]).toEqual([3, [-3, 3]]);
    expect(() => decide({ type: 'reverse', of: 3 }, { kind: 'reversal' })).toThrow(ReversalExceeded);
  });

  it('a hold is not closed twice', () => {
    const ann = account('ann', 0, { held: 5, holds: [hold(3, 5)] });
    const { decide, draft } = draftOn([ann], { referred: [{ entry: pastHold(3), reversed: 0 }] });
    decide({ type: 'commit', hold: 3, to: key('@revenue'), amount: 2 }, { kind: 'hold_commit' });
    expect(() => decide({ type: 'release', hold: 3, because: 'void' })).toThrow(HoldClosed);
    expect(draft.accounts.find((one) => one.account === key('ann'))).toMatchObject({ available: 3, held: 0, holds: [] });
  });

  it('nobody refers to an entry of the same batch, whose number nobody knows yet', () => {
    const { decide } = draftOn([account('ann', 9)]);
    const { entry } = decide({ type: 'hold', account: key('ann'), amount: 5, expiresAt: at }, { kind: 'hold' });
    expect(() => decide({ type: 'release', hold: entry.n, because: 'void' })).toThrow(TransactionNotFound);
  });
});

describe('what a command needs to be loaded', () => {
  const command = (move: Move): LedgerCommand => ({ tenantId: 't', kind: 'transfer', memo: '', move });
  const commit: Move = { type: 'commit', hold: 3, to: key('@revenue') };
  it.each<[Move, string[], number | undefined]>([
    [legs('ann', 'bob', 1), ['ann:CREDIT', 'bob:CREDIT'], undefined],
    [{ type: 'hold', account: key('ann'), amount: 1, expiresAt: at }, ['ann:CREDIT'], undefined],
    [commit, ['@revenue:CREDIT'], 3],
    [{ type: 'release', hold: 4, because: 'expiry' }, [], 4],
    [{ type: 'reverse', of: 5 }, [], 5],
  ])('is named by it: %j', (move, accounts, number) => {
    expect([accountsOf(command(move)), refersTo(command(move))]).toEqual([accounts, number]);
  });

  it('is also what the entry touched that it refers to', () => {
    expect(accountsOf(command(commit), past(3, 'ann', 'bob', 5))).toEqual(['@revenue:CREDIT', 'ann:CREDIT', 'bob:CREDIT']);
  });

  it('and what was moved is what accounts gained', () => {
    expect([movedBy(past(1, 'ann', 'bob', 5)), movedBy(pastHold(2))]).toEqual([5, 0]);
  });
});
