import { type AccountKey, accountOf, type Asset, type Entry, type EntryKind, type Posting } from '../ledger/ledger.js';
import { movingKinds, numberOf, sidesOf, sourceOf, transactionId } from './credit-transaction.js';

const [ann, bob] = [accountOf('usr_ann'), accountOf('usr_bob')];
const [issuance, revenue] = [accountOf('@issuance'), accountOf('@revenue')];
const points = accountOf('usr_ann', 'POINTS' as Asset);

type Bucket = Posting['bucket'];
const posting = (account: AccountKey, delta: number, balanceAfter: number, bucket: Bucket = 'available'): Posting => {
  return { account, bucket, delta, balanceAfter };
};
function entry(kind: EntryKind, postings: readonly Posting[], meta: Entry['meta'] = {}): Entry {
  return { tenantId: 'ten_1', n: 7, key: 'k', requestHash: 'h', at: new Date(0), kind, memo: '', meta, postings };
}

describe('the sides of an entry', () => {
  it('of a grant are one credit', () => {
    const grant = entry('grant', [posting(issuance, -100, -100), posting(ann, 100, 600)]);
    expect(sidesOf(grant)).toEqual([{ entry: grant, userId: 'usr_ann', asset: 'CREDIT', type: 'credit', amount: 100, balanceAfter: 600 }]);
  });

  it('of a transfer are a debit and a credit', () => {
    const transfer = entry('transfer', [posting(ann, -30, 70), posting(bob, 30, 30)]);
    const debit = { entry: transfer, userId: 'usr_ann', asset: 'CREDIT', type: 'debit', amount: 30, balanceAfter: 70 };
    const credit = { entry: transfer, userId: 'usr_bob', asset: 'CREDIT', type: 'credit', amount: 30, balanceAfter: 30 };
    expect(sidesOf(transfer)).toEqual([debit, credit]);
    expect([sidesOf(transfer, ann), sidesOf(transfer, bob)]).toEqual([[debit], [credit]]);
    expect(sidesOf(transfer, points)).toEqual([]);
  });

  it('of a hold and of its end are none', () => {
    expect(sidesOf(entry('hold', [posting(ann, -40, 60), posting(ann, 40, 40, 'held')]))).toEqual([]);
    expect(sidesOf(entry('hold_void', [posting(ann, -40, 0, 'held'), posting(ann, 40, 100)]))).toEqual([]);
  });

  it('of a commit are what was taken, with what is available in the end', () => {
    const commit = entry('hold_commit', [
      posting(ann, -40, 0, 'held'),
      posting(ann, 40, 100),
      posting(ann, -25, 75),
      posting(revenue, 25, 25),
    ]);
    expect(sidesOf(commit)).toEqual([{ entry: commit, userId: 'usr_ann', asset: 'CREDIT', type: 'debit', amount: 25, balanceAfter: 75 }]);
  });

  it('keep assets apart', () => {
    const grant = entry('grant', [posting(accountOf('@issuance', 'POINTS' as Asset), -5, -5), posting(points, 5, 5)]);
    expect(sidesOf(grant)).toMatchObject([{ userId: 'usr_ann', asset: 'POINTS', type: 'credit', amount: 5 }]);
    expect(sidesOf(grant, ann)).toEqual([]);
  });

  it('are those of the kinds that move something', () => {
    expect(movingKinds).toEqual(['grant', 'spend', 'transfer', 'purchase', 'hold_commit', 'reversal']);
  });
});

describe('the source of a transaction', () => {
  it.each([
    ['grant', { source: 'purchase' }, 'purchase'],
    ['grant', { source: 'subscription' }, 'subscription'],
    ['grant', { source: 'admin' }, 'admin'],
    ['grant', { source: 'refund' }, 'refund'],
    ['grant', { source: 'dispute' }, 'dispute'],
    ['grant', {}, 'admin'],
    ['grant', { source: 'spend' }, 'admin'],
    ['spend', { source: 'purchase' }, 'spend'],
    ['hold_commit', {}, 'spend'],
    ['transfer', {}, 'transfer'],
    ['purchase', {}, 'store'],
    ['reversal', {}, 'refund'],
  ] as const)('of a %s with %j is %s', (kind, meta, source) => {
    expect(sourceOf(entry(kind, [], meta))).toBe(source);
  });
});

describe('the id of a transaction', () => {
  it('is its number, and read back', () => {
    expect(transactionId(7)).toBe('tx_7');
    expect([numberOf('tx_7'), numberOf('tx_1234567890123456'), numberOf('hld_9', 'hld_')]).toEqual([7, 1_234_567_890_123_456, 9]);
  });

  it.each(['', 'tx_', '7', 'tx_0', 'tx_07', 'tx_-1', 'tx_1.5', 'tx_1e3', 'tx_ 7', 'tx_7\n', 'TX_7', 'hld_7', 'tx_12345678901234567'])(
    'is not %j',
    (text) => {
      expect(numberOf(text)).toBeUndefined();
    },
  );
});
