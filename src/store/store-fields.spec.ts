import { NegativeAmount, NoNumber, readAmount, readFields, readNumber } from './store-fields.js';

it.each<[unknown, number | undefined]>([
  [7, 7],
  ['7', 7],
  [' +7 ', 7],
  [0, 0],
  ['999999999999999', 999_999_999_999_999],
  ['9999999999999999', undefined],
  [1e21, undefined],
  [-1, undefined],
  ['-1', undefined],
  [1.5, undefined],
  ['1.0', undefined],
  ['0x1', undefined],
  ['1e3', undefined],
  ['abc', undefined],
  ['', undefined],
  [NaN, undefined],
  [true, undefined],
  [[1], undefined],
  [{ $gt: 0 }, undefined],
  [null, undefined],
])('%j names the number %p', (value, number) => {
  expect(readNumber(value)).toBe(number);
});

it.each<[unknown, number]>([
  [1, 1],
  ['1', 1],
  [' +100 ', 100],
  [1e21, 1e21],
  ['99999999999999999999', 1e20],
])('%j is an amount of %d', (value, amount) => {
  expect(readAmount(value)).toBe(amount);
});

it.each<unknown>([
  0,
  -0,
  '0',
  '-0',
  1.5,
  '1.5',
  '1.0',
  '0.9999999999999999999',
  NaN,
  'NaN',
  'nan',
  Infinity,
  'Infinity',
  '1e3',
  '0x10',
  '',
  ' ',
])('%p is no number to pay', (value) => {
  expect(() => readAmount(value)).toThrow(NoNumber);
});
it.each<unknown>(['abc', '1,000', '9'.repeat(400), true, [5], ['5', '6'], { amount: 5 }])('%j is no number to pay either', (value) => {
  expect(() => readAmount(value)).toThrow(NoNumber);
});

it.each<unknown>([-1, '-1', -0.5, '-0.5', ' -100 ', -Infinity])('%p is negative', (value) => {
  expect(() => readAmount(value)).toThrow(NegativeAmount);
});

it.each<[unknown, string]>([
  [undefined, 'a'],
  [null, 'a'],
  [[], 'a'],
  [[{ a: 1, b: 2 }], 'a'],
  ['a=1&b=2', 'a'],
  [7, 'a'],
  [{}, 'a'],
  [{ a: null, b: 2 }, 'a'],
  [{ a: 0 }, 'b'],
  [{ a: '', b: null }, 'b'],
])('%j misses a field, first %s', (body, name) => {
  expect(() => readFields(body, ['a', 'b'])).toThrow(`Missing ${name}`);
});

it('takes whatever is there, and needs nothing that is not named', () => {
  expect(readFields({ a: '', b: 0, c: false }, ['a', 'b', 'c'])).toEqual({ a: '', b: 0, c: false });
  expect(readFields(null)).toEqual({});
});
