import { seal } from './chain.js';
import type { EntryDocument } from './ledger.schema.js';
import { LedgerAudit } from './ledger-audit.js';

const key = Buffer.alloc(32, 1);
const at = new Date('2026-01-01T00:00:00.000Z');
const anHourBefore = new Date('2025-12-31T23:00:00.000Z');
const amount = 10;

let audit: LedgerAudit;
beforeEach(() => {
  audit = new LedgerAudit('ten', [key]);
});

function entryOf(n: number, batch: number): EntryDocument {
  const postings = [
    { account: '@issuance:C', bucket: 'available', delta: -amount, balanceAfter: -amount * n },
    { account: 'ann:C', bucket: 'available', delta: amount, balanceAfter: amount * n },
  ];
  const fixed = { tenantId: 'ten', requestHash: '', at, kind: 'grant', memo: '', meta: {} };
  return { _id: `ten/k${n}`, key: `k${n}`, n, batch, ...fixed, postings } as unknown as EntryDocument;
}

interface Changes {
  readonly header?: object;
  readonly entry?: object;
  readonly anchors?: readonly object[];
}
let prevHash = '';
/** The batch of this number, of two entries, changed by somebody who has the key, or by a writer with a bug. */
function follow(seq: number, { header = {}, entry = {}, anchors = [] }: Changes = {}): void {
  const firstNumber = 2 * seq - 1;
  const entries = [{ ...entryOf(firstNumber, seq), ...entry }, entryOf(firstNumber + 1, seq)];
  const totals = { C: { credits: 2 * seq, credited: 2 * seq * amount, debits: 0, debited: 0, spent: 0 } };
  const fixed = { _id: `ten/${seq}`, tenantId: 'ten', seq, n: 2 * seq, firstNumber, count: 2, at, node: 'a', nonce: 'b', totals };
  const made = { ...fixed, prevHash: seq === 1 ? '' : prevHash, ...header };
  const hash = seal(key, made, entries);
  const anchored = anchors.map((one) => ({ _id: `ten/${seq}`, tenantId: 'ten', seq, hash, at, ...one }));
  audit.follow({ header: { hash, ...made }, entries, anchors: anchored }, new Map());
  prevHash = hash;
}
const problem = (seq: number, changes: Changes): string => {
  try {
    follow(seq, changes);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
};

it('follows batch after batch', () => {
  for (const seq of [1, 2, 3]) follow(seq, { anchors: [{}] });
  expect([audit.seq, audit.n]).toEqual([3, 6]);
  expect(audit.replay.account('ann:C' as never)).toMatchObject({ available: 60, seq: 3 });
});

it('stays where it was at a batch that does not belong there', () => {
  follow(1);
  expect(problem(2, { header: { hash: 'x' } })).toContain('hash does not fit');
  expect(audit.seq).toBe(1);
});

it.each<[problem: string, changes: Changes]>([
  ['ledger_batches ten/2: is missing, batch 7 comes next', { header: { seq: 7 } }],
  ['ledger_batches ten/2: seq is 1, and batch 2 comes next', { header: { seq: 1 } }],
  ['ledger_batches ten/2: seq is not a safe integer', { header: { seq: '2' } }],
  ['ledger_batches ten/02: _id is not tenant and seq', { header: { _id: 'ten/02' } }],
  ['ledger_batches ten/2: _id is not tenant and seq', { header: { tenantId: 'tan' } }],
  ['ledger_batches ten/2: firstNumber is 4, and entry 3 comes next', { header: { firstNumber: 4 } }],
  ['ledger_batches ten/2: n is 5 after 2 entries from 3', { header: { n: 5 } }],
  ['ledger_batches ten/2: n is 2 after 0 entries from 3', { header: { n: 2, count: 0 } }],
  ['ledger_batches ten/2: entry 5 is missing', { header: { n: 5, count: 3 } }],
  ['ledger_batches ten/2: prevHash is not the hash of the batch before', { header: { prevHash: '' } }],
  ['ledger_batches ten/2: at is earlier than that of the batch before', { header: { at: anHourBefore }, entry: { at: anHourBefore } }],
  ['ledger_batches ten/2: totals are not what the entries up to this batch come to', { header: { totals: {} } }],
  ['ledger_batches ten/2: note is a field that the ledger does not write', { header: { note: 1 } }],
  ['ledger_batches ten/2: entry 3 is missing, entry 9 comes next', { entry: { n: 9 } }],
  ['ledger_transactions ten/k3: n is 2, and entry 3 comes next', { entry: { n: 2 } }],
  ['ledger_transactions ten/k3: _id is not tenant and key', { entry: { key: 'k4' } }],
  ['ledger_transactions ten/k3: batch is 1, and entry 3 is counted in batch 2', { entry: { batch: 1 } }],
  ['ledger_transactions ten/k3: at is not that of its batch', { entry: { at: anHourBefore } }],
  ['ledger_transactions ten/k3: meta is not made of null, booleans, texts, safe integers, objects and lists', { entry: { meta: { at } } }],
  ['ledger_transactions ten/k3: does not sum to zero', { entry: { postings: [] } }],
  ['ledger_anchors ten/2: hash is not that of batch 2: the batches up to it were replaced', { anchors: [{ hash: 'x' }] }],
  ['ledger_anchors ten/2: at is not that of batch 2', { anchors: [{ at: anHourBefore }] }],
  ['ledger_anchors ten/1: seq is 1, and there is no such batch', { anchors: [{ _id: 'ten/1', seq: 1 }] }],
  ['ledger_anchors ten/2: seq is not a safe integer', { anchors: [{ seq: '2' }] }],
])('names what does not belong there: %s', (words, changes) => {
  follow(1);
  expect(problem(2, changes)).toBe(words);
});
