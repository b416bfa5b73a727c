import { BadAmount } from '../ledger/ledger.faults.js';
import { readMovement, readOrder, readPaging, readText, readTransactionFilter } from './credits.financial.dto.js';

describe('a movement', () => {
  const given = { amount: 100, description: 'Report generated' };

  it('is an amount and why, without what surrounds the words', () => {
    expect(readMovement(given)).toEqual(given);
    expect(readMovement({ amount: 9_007_199_254_740_991, description: '  Ä gift \n' })).toEqual({
      amount: 9_007_199_254_740_991,
      description: 'Ä gift',
    });
    expect(readMovement({ ...given, description: 'x'.repeat(500) }).description).toHaveLength(500);
  });

  it('ignores what it does not know, and an expiry that is null', () => {
    expect(readMovement({ ...given, shoe: 43, expires_at: null })).toEqual(given);
  });

  it.each([0, -1, -0, 1.5, '100', '', true, null, [100], { $gt: 0 }, Number.NaN, Infinity, 9_007_199_254_740_992])(
    'of %p is refused',
    (amount) => {
      expect(() => readMovement({ ...given, amount })).toThrow(BadAmount);
    },
  );

  it.each([
    [{}, 'amount is required'],
    [{ description: 'x' }, 'amount is required'],
    [{ amount: 100 }, 'description is required'],
    [{ ...given, description: '' }, 'description must be a text'],
    [{ ...given, description: ' \t' }, 'description must be a text'],
    [{ ...given, description: null }, 'description must be a text'],
    [{ ...given, description: ['x'] }, 'description must be a text'],
    [{ ...given, description: 7 }, 'description must be a text'],
    [{ ...given, description: 'x'.repeat(501) }, 'description must be at most 500 characters'],
    [{ ...given, expires_at: '2030-01-01T00:00:00Z' }, 'expires_at is not supported yet: credits do not expire'],
    [{ ...given, expires_at: '' }, 'expires_at is not supported yet: credits do not expire'],
    [[given], 'amount is required'],
    ['amount', 'amount is required'],
    [null, 'amount is required'],
    [undefined, 'amount is required'],
    [7, 'amount is required'],
  ])('%j is refused', (body, message) => {
    expect(() => readMovement(body)).toThrow(message);
  });
});

describe('paging', () => {
  it.each([
    [{}, { limit: 100, offset: 0 }],
    [
      { limit: '', offset: '' },
      { limit: 100, offset: 0 },
    ],
    [
      { limit: '1', offset: '7' },
      { limit: 1, offset: 7 },
    ],
    [
      { limit: ' 1000 ', offset: '9007199254740991' },
      { limit: 1_000, offset: 9_007_199_254_740_991 },
    ],
  ])('%j', (query, paging) => {
    expect(readPaging(query)).toEqual(paging);
  });

  it.each([
    [{ limit: '0' }, 'limit must be a whole number from 1 to 1000'],
    [{ limit: '1001' }, 'limit must be a whole number from 1 to 1000'],
    [{ limit: '-1' }, 'limit must be a whole number from 1 to 1000'],
    [{ limit: '1.5' }, 'limit must be a whole number from 1 to 1000'],
    [{ limit: '1e2' }, 'limit must be a whole number from 1 to 1000'],
    [{ limit: 'ten' }, 'limit must be a whole number from 1 to 1000'],
    [{ limit: ['1', '2'] }, 'limit must be given once'],
    [{ limit: { $gt: '0' } }, 'limit must be given once'],
    [{ offset: '-1' }, 'offset must be a whole number of at least 0'],
    [{ offset: '9007199254740992' }, 'offset must be a whole number of at least 0'],
    [{ offset: '99999999999999999' }, 'offset must be a whole number of at least 0'],
    [{ offset: 'x' }, 'offset must be a whole number of at least 0'],
  ])('%j is refused', (query, message) => {
    expect(() => readPaging(query)).toThrow(message);
  });
});

describe('a filter of transactions', () => {
  it('is nothing where nothing is asked', () => {
    expect(readTransactionFilter({})).toEqual({});
    expect(readTransactionFilter({ transaction_type: '', start_date: '', end_date: '' })).toEqual({});
  });

  it('has whole days, both included', () => {
    expect(readTransactionFilter({ transaction_type: 'debit', start_date: '2024-02-28', end_date: '2024-02-29' })).toEqual({
      type: 'debit',
      from: new Date('2024-02-28T00:00:00.000Z'),
      before: new Date('2024-03-01T00:00:00.000Z'),
    });
    expect(readTransactionFilter({ start_date: '2024-02-29', end_date: '2024-02-29' })).toEqual({
      from: new Date('2024-02-29T00:00:00.000Z'),
      before: new Date('2024-03-01T00:00:00.000Z'),
    });
  });

  it.each([
    [{ transaction_type: 'refund' }, 'transaction_type must be one of credit, debit'],
    [{ transaction_type: 'CREDIT' }, 'transaction_type must be one of credit, debit'],
    [{ start_date: '2024-02-30' }, 'start_date must be a date, YYYY-MM-DD'],
    [{ start_date: '2024-2-3' }, 'start_date must be a date, YYYY-MM-DD'],
    [{ end_date: '2024-02-03T10:00:00Z' }, 'end_date must be a date, YYYY-MM-DD'],
    [{ end_date: 'yesterday' }, 'end_date must be a date, YYYY-MM-DD'],
    [{ end_date: ['2024-02-03', '2024-02-04'] }, 'end_date must be given once'],
    [{ start_date: '2024-02-04', end_date: '2024-02-03' }, 'start_date must not be after end_date'],
  ])('%j is refused', (query, message) => {
    expect(() => readTransactionFilter(query)).toThrow(message);
  });
});

describe('an order', () => {
  it.each([
    [{}, { by: 'created_at', direction: 'desc' }],
    [{ sort_by: 'amount' }, { by: 'amount', direction: 'desc' }],
    [
      { sort_by: 'user_email', sort_order: 'asc' },
      { by: 'user_email', direction: 'asc' },
    ],
  ])('%j', (query, order) => {
    expect(readOrder(query)).toEqual(order);
  });

  it.each([
    [{ sort_by: 'balance' }, 'sort_by must be one of created_at, amount, user_email'],
    [{ sort_order: 'up' }, 'sort_order must be one of asc, desc'],
    [{ sort_by: ['amount', 'amount'] }, 'sort_by must be given once'],
  ])('%j is refused', (query, message) => {
    expect(() => readOrder(query)).toThrow(message);
  });
});

it('takes a text that is empty for none', () => {
  expect([readText({}, 'user_id'), readText({ user_id: '' }, 'user_id'), readText({ user_id: ' 1001 ' }, 'user_id')]).toEqual([
    undefined,
    undefined,
    '1001',
  ]);
  expect(() => readText({ user_id: { $ne: '' } }, 'user_id')).toThrow('user_id must be given once');
});
