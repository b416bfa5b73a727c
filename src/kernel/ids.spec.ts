import { isObjectIdHex, newId, objectIdHex } from './ids.js';

describe('newId', () => {
  it('is the prefix and a UUIDv7', () => {
    expect(newId('usr')).toMatch(/^usr_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('sorts in the order of making and never repeats', () => {
    const made = Array.from({ length: 10_000 }, () => newId('evt'));
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(10_000);
  });
});

describe('objectIdHex', () => {
  it('is 24 lower-case hex digits, each time others', () => {
    expect(objectIdHex()).toMatch(/^[0-9a-f]{24}$/);
    expect(objectIdHex()).not.toBe(objectIdHex());
  });
});

describe('isObjectIdHex', () => {
  it.each(['507f1f77bcf86cd799439011', '507F1F77BCF86CD799439011', '000000000000000000000000'])('takes %s', (text) => {
    expect(isObjectIdHex(text)).toBe(true);
  });

  it.each([
    '',
    'twelve bytes',
    '507f1f77bcf86cd79943901',
    '507f1f77bcf86cd7994390111',
    '507f1f77bcf86cd79943901g',
    '507f1f77bcf86cd799439011\n',
    ' 507f1f77bcf86cd799439011',
    507,
    null,
    undefined,
    ['507f1f77bcf86cd799439011'],
    { $ne: null },
  ])('refuses %j', (value) => {
    expect(isObjectIdHex(value)).toBe(false);
  });
});
