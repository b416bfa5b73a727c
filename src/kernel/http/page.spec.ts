import { decodeCursor, encodeCursor, pageOf } from './page.js';

const keyOf = ({ at, id }: { at: number; id: string }) => [at, id];
const rows = [
  { at: 3, id: 'c' },
  { at: 2, id: 'b' },
  { at: 1, id: 'a' },
];
const raw = (text: string) => Buffer.from(text).toString('base64url');

describe('a page', () => {
  it('leaves off the row that was read too much, and points past its own last one', () => {
    const { items, limit, nextCursor } = pageOf(rows, 2, keyOf);
    expect({ items, limit }).toEqual({ items: rows.slice(0, 2), limit: 2 });
    expect(decodeCursor(nextCursor ?? '', ['integer', 'text'])).toEqual([2, 'b']);
  });

  it.each([
    ['with exactly the rows that fit', rows, 3],
    ['with fewer', rows, 4],
    ['without any', [], 2],
  ])('is the last one %s', (_case, read, limit) => {
    expect(pageOf(read, limit, keyOf)).toEqual({ items: read, limit, nextCursor: null });
  });
});

describe('a cursor', () => {
  const refused = expect.objectContaining({
    kind: 'invalid',
    code: 'validation_failed',
    message: 'cursor is not one that this list gave out',
  });

  it('gives back the key', () => {
    const cursor = encodeCursor([1_767_225_600_000, 'é\n"', -7, '']);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(decodeCursor(cursor, ['moment', 'text', 'integer', 'text'])).toEqual([new Date('2026-01-01'), 'é\n"', -7, '']);
  });

  it.each([
    ['empty', ''],
    ['no base64', '%%%'],
    ['no JSON', raw('[1,')],
    ['an object', raw('{"length":2}')],
    ['null', raw('null')],
    ['too short', encodeCursor([1])],
    ['too long', encodeCursor([1, 'a', 'b'])],
    ['one with an operator in it', raw('[1,{"$gt":""}]')],
    ['one with a list in it', raw('[1,["a"]]')],
    ['one with a null in it', raw('[1,null]')],
    ['one with a number past all bounds', raw('[1e999,"a"]')],
    ['one with a fraction', encodeCursor([1.5, 'a'])],
    ['one with a number for a text', encodeCursor([1, 2])],
    ['one of another list', encodeCursor(['event', 'a'])],
  ])('that is %s is refused', (_case, cursor) => {
    expect(() => decodeCursor(cursor, ['integer', 'text'])).toThrow(refused);
  });

  it.each([['2026-01-01'], [0.5], [8.64e15 + 1]])('has no moment in %j', (part) => {
    expect(() => decodeCursor(encodeCursor([part]), ['moment'])).toThrow(refused);
  });
});
