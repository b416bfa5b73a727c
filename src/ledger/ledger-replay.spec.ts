import type { Entry, EntryKind, Posting } from './ledger.js';
import { LedgerReplay } from './ledger-replay.js';

const at = new Date('2026-01-01T00:00:00.000Z');
const expiresAt = new Date('2026-01-02T00:00:00.000Z');

/** The ledger so far: 1 gives ann 100, 2 holds 40 of them, 3 moves 30 to bob, 4 gives eve and fay from one account at once. */
let replay: LedgerReplay;
let n: number;
const entries = new Map<number, Entry>();

/** `ann:C -40 60; ann:C held 40 40`: of each posting its account, delta and balance, which is what is available unless it says held. */
function postingsOf(text: string): Posting[] {
  return text.split('; ').map((part) => {
    const [account, ...words] = part.split(' ');
    const [delta, balanceAfter] = words.slice(-2).map(Number);
    return { account, bucket: words.length === 3 ? 'held' : 'available', delta, balanceAfter } as Posting;
  });
}
function apply(kind: string, postings: string, more: object = {}): string | undefined {
  const fixed = { tenantId: 'ten', n: ++n, key: `k${n}`, requestHash: '', at, memo: '', meta: {} };
  const entry = { ...fixed, kind: kind as EntryKind, postings: postingsOf(postings), ...more };
  entries.set(n, entry);
  return replay.apply(entry, n, entries);
}

beforeEach(() => {
  replay = new LedgerReplay('ten');
  n = 0;
  entries.clear();
  const history = [
    apply('grant', '@issuance:C -100 -100; ann:C 100 100'),
    apply('hold', 'ann:C -40 60; ann:C held 40 40', { refersTo: 2, expiresAt }),
    apply('transfer', 'ann:C -30 30; bob:C 30 30'),
    apply('grant', '@issuance:C -30 -130; eve:C 10 10; fay:C 20 20'),
  ];
  expect(history).toEqual([undefined, undefined, undefined, undefined]);
});

const heldBack = 'ann:C held -40 0; ann:C 40 70';

it('makes accounts and totals', () => {
  expect(apply('hold_commit', `${heldBack}; ann:C -15 55; @revenue:C 15 15`, { refersTo: 2 })).toBeUndefined();
  expect(apply('reversal', 'bob:C -10 20; ann:C 10 65', { refersTo: 3 })).toBeUndefined();
  expect(apply('reversal', 'bob:C -20 0; ann:C 20 85', { refersTo: 3 })).toBeUndefined();
  const undone = 'eve:C -10 0; fay:C -20 0; @issuance:C 30 -100';
  expect(apply('reversal', undone, { refersTo: 4 })).toBeUndefined();
  const totals = { credits: 3, credited: 130, debits: 2, debited: 45, spent: 45 };
  expect(replay.account('ann:C' as never)).toEqual({
    tenantId: 'ten',
    account: 'ann:C',
    available: 85,
    held: 0,
    holds: [],
    totals,
    lastAt: at,
    seq: 7,
  });
  expect(Object.fromEntries(replay.totals)).toEqual({ C: { credits: 6, credited: 190, debits: 6, debited: 105, spent: 45 } });
  expect([...replay.accountKeys()]).toEqual(['@issuance:C', 'ann:C', 'bob:C', 'eve:C', 'fay:C', '@revenue:C']);
});

it('keeps what is held, and until when', () => {
  expect(replay.account('ann:C' as never)).toMatchObject({ available: 30, held: 40, holds: [{ n: 2, amount: 40, expiresAt }], seq: 3 });
});

it('counts what a double cannot hold', () => {
  const [big, most] = [2 ** 53 - 1, 2 ** 52];
  expect(apply('grant', `@issuance:B ${-big} ${-big}; ann:B ${big} ${big}`)).toBeUndefined();
  const unlike = `@issuance:D ${-most} ${-most}; @store:D ${-most} ${-most}; @revenue:D -2 -2; ann:D ${most} ${most}; bob:D ${most + 1} ${most + 1}`;
  expect(apply('grant', unlike)).toBe('does not sum to zero');
});

// Each would be sealed like any other by somebody who has the key, or by a writer with a bug.
it.each<[problem: string, kind: string, postings: string, more?: object]>([
  ['leaves 70 available on ann:C, and what was there makes it 30', 'spend', 'ann:C 0 70; bob:C 0 30'],
  ['leaves ann:C below zero', 'spend', 'ann:C -31 -1; @revenue:C 31 31'],
  ['leaves @revenue:C below zero', 'spend', '@revenue:C held -1 -1; ann:C 1 31'],
  ['does not sum to zero', 'spend', 'ann:C -30 0; @revenue:C 31 31'],
  ['does not sum to zero', 'spend', 'ann:C 0 30'],
  ['mixes assets', 'transfer', 'ann:C -30 0; ann:D 30 30'],
  ['posting 2: account is not an account', 'spend', 'ann:C -30 0; revenue 30 30'],
  ['leaves 50 held on ann:C, and open holds of 40', 'transfer', 'ann:C -10 20; ann:C held 10 50'],
  ['is not what opens a hold', 'hold', 'ann:C -10 20; ann:C held 10 50', { refersTo: 5 }],
  ['is not what opens a hold', 'hold', 'ann:C -10 20; ann:C held 10 50', { refersTo: 4, expiresAt }],
  ['is not what opens a hold', 'grant', 'ann:C -10 20; ann:C held 10 50', { refersTo: 5, expiresAt }],
  ['is not what opens a hold', 'hold', 'ann:C -10 20; bob:C held 10 10', { refersTo: 5, expiresAt }],
  ['closes hold 1, which is not open on ann:C', 'hold_void', heldBack, { refersTo: 1 }],
  ['closes hold 2, which is not open on bob:C', 'hold_void', 'bob:C -1 29; ann:C 1 31', { refersTo: 2 }],
  ['does not close hold 2 of 40', 'hold_void', 'ann:C held -30 10; ann:C 30 60', { refersTo: 2 }],
  ['does not close hold 2 of 40', 'hold_commit', `${heldBack}; ann:C -41 29; @revenue:C 41 41`, { refersTo: 2 }],
  ['reverses undefined, which is no entry to be reversed', 'reversal', 'bob:C -30 0; ann:C 30 60'],
  ['reverses 9, which is no entry to be reversed', 'reversal', 'bob:C -30 0; ann:C 30 60', { refersTo: 9 }],
  ['reverses 5, which is no entry to be reversed', 'reversal', 'bob:C -30 0; ann:C 30 60', { refersTo: 5 }],
  ['makes 10 that were reversed of entry 2, which moved 0', 'reversal', 'bob:C -10 20; ann:C 10 40', { refersTo: 2 }],
  ['does not undo entry 3', 'reversal', 'ann:C -30 0; bob:C 30 60', { refersTo: 3 }],
  ['does not undo entry 3', 'reversal', 'eve:C -10 0; ann:C 10 40', { refersTo: 3 }],
  ['does not undo entry 4', 'reversal', 'fay:C -10 10; @issuance:C 10 -120', { refersTo: 4 }],
  ['does not undo entry 3', 'reversal', 'ann:C 0 30; bob:C 0 30', { refersTo: 3 }],
])('says what does not follow: %s', (problem, kind, postings, ...[more]) => {
  expect(apply(kind, postings, more)).toBe(problem);
});

it('says when more is reversed than was moved', () => {
  expect(apply('grant', '@issuance:C -100 -230; bob:C 100 130')).toBeUndefined();
  expect(apply('reversal', 'bob:C -20 110; ann:C 20 50', { refersTo: 3 })).toBeUndefined();
  const again = apply('reversal', 'bob:C -11 99; ann:C 11 61', { refersTo: 3 });
  expect(again).toBe('makes 31 that were reversed of entry 3, which moved 30');
});
