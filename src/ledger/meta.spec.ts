import { BadMeta } from './ledger.faults.js';
import { normaliseMemo, normaliseMeta } from './meta.js';

const refused = (meta: unknown) => expect(() => normaliseMeta(meta)).toThrow(BadMeta);

describe('meta', () => {
  it('is kept as it is where it is plain', () => {
    const meta = { a: null, b: true, c: 'text', d: -7, e: [1, [2, '3'], { f: false }], g: {} };
    expect(normaliseMeta(meta)).toEqual({ a: null, b: true, c: 'text', d: -7, e: [1, [2, '3'], { f: false }], g: {} });
  });

  it('is empty where there is none', () => {
    expect(normaliseMeta()).toEqual({});
    expect(normaliseMeta(undefined)).toEqual({});
  });

  it('has its fields in one order at every depth, and its items in their own', () => {
    const meta = { b: { z: 1, y: [3, 2] }, a: [{ q: 1, p: 2 }, 0], Ä: 2, A: 3 };
    expect(JSON.stringify(normaliseMeta(meta))).toBe('{"A":3,"a":[{"p":2,"q":1},0],"b":{"y":[3,2],"z":1},"Ä":2}');
  });

  it('is a copy, which nobody can change afterwards', () => {
    const [items, meta] = [[1], { list: [1], deep: { a: 1 } }];
    const normal = normaliseMeta({ ...meta, list: items });
    items.push(2);
    meta.deep.a = 9;
    expect(normal).toEqual({ list: [1], deep: { a: 1 } });
  });

  it.each([null, [], [{ a: 1 }], 'text', 7, true, () => {}, new Map()])('must be an object: %p', refused);

  describe('a text', () => {
    it.each([
      ['a pair', '🙂', '🙂'],
      ['its first half alone', 'a\ud83d', 'a\ufffd'],
      ['its second half alone', '\ude42b', '\ufffdb'],
      ['its halves the wrong way round', '\ude42\ud83d', '\ufffd\ufffd'],
    ])('can be stored as it is answered: %s', (_case, given, kept) => {
      expect(normaliseMeta({ a: given, b: [given, { c: given }] })).toEqual({ a: kept, b: [kept, { c: kept }] });
    });
  });

  describe('a number', () => {
    it.each([0, 1, -1, 9_007_199_254_740_991, -9_007_199_254_740_991])('may be %p', (value) => {
      expect(normaliseMeta({ value })).toEqual({ value });
    });

    it('has one zero', () => {
      expect(Object.is(normaliseMeta({ value: -0 }).value, 0)).toBe(true);
    });

    it.each([0.5, NaN, Infinity, -Infinity, 9_007_199_254_740_992, 1e300, 7n])('may not be %p', (value) => refused({ value }));
  });

  describe('its depth', () => {
    it.each([[{ a: { b: { c: 'text' } } }], [{ a: [[1, null]] }], [{ a: [{ b: 1 }] }]])('may be three: %j', (meta) => {
      expect(normaliseMeta(meta)).toEqual(meta);
    });

    it.each([[{ a: { b: { c: {} } } }], [{ a: [[[]]] }], [{ a: [{ b: [] }] }]])('may not be four: %j', refused);

    it('ends a circle', () => {
      const circle: Record<string, unknown> = {};
      circle.again = circle;
      refused(circle);
    });
  });

  describe('its size', () => {
    // {"a":""} are 8 bytes.
    it.each([
      ['of letters', 'x'.repeat(2_040)],
      ['of letters of two bytes', 'ä'.repeat(1_020)],
      ['of letters that are escaped', '"'.repeat(1_020)],
    ])('is 2,048 bytes at most, %s', (_case, a) => {
      expect(normaliseMeta({ a })).toEqual({ a });
      refused({ a: `${a}x` });
    });

    it('counts the names and all fields together', () => {
      refused({ ['x'.repeat(2_045)]: 1 });
      refused(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`a${index}`, 1])));
    });
  });

  describe('holds plain values only', () => {
    class Point {
      readonly x = 1;
    }
    it.each([
      ['undefined', undefined],
      ['a function', () => 1],
      ['a symbol', Symbol('a')],
      ['a date', new Date(0)],
      ['a map', new Map()],
      ['bytes', Buffer.from('a')],
      ['a regular expression', /a/],
      ['an error', new Error('a')],
      ['an instance', new Point()],
      ['a boxed number', Object(1)],
      ['an object with a prototype', Object.create({ inherited: 1 })],
    ])('not %s', (_case, value) => {
      refused({ value });
      refused({ list: [value] });
    });

    it('and objects without a prototype, as some parsers make them', () => {
      const bare = Object.assign(Object.create(null), { a: 1 });
      expect(normaliseMeta(bare)).toEqual({ a: 1 });
      expect(Object.getPrototypeOf(normaliseMeta({ bare }).bare)).toBe(Object.prototype);
    });
  });

  describe('a name', () => {
    it.each(['', '.', 'a.b', '$', '$set', 'a$b', 'a\0b', '\ud83d', 'a\ude42', '_bsontype'])('may not be %j, at no depth', (name) => {
      refused({ [name]: 1 });
      refused({ a: [{ [name]: 1 }] });
    });

    it('may not be that of the prototype', () => {
      refused(JSON.parse('{"__proto__":{"polluted":1}}'));
      refused(JSON.parse('{"a":{"__proto__":1}}'));
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    });

    it.each(['constructor', 'toString', 'hasOwnProperty', 'toJSON', 'toBSON', 'length', '_id', '0', 'ä 🙂', '%2e'])('may be %j', (name) => {
      const normal = normaliseMeta(JSON.parse(`{${JSON.stringify(name)}:1}`));
      expect(Object.entries(normal)).toEqual([[name, 1]]);
      expect(Object.getPrototypeOf(normal)).toBe(Object.prototype);
    });
  });

  it('is refused in words that its sender can act on', () => {
    const told = (meta: unknown): string => {
      try {
        return JSON.stringify(normaliseMeta(meta));
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect([told([]), told({ a: 0.5 }), told({ a: { b: { c: {} } } }), told({ 'a.b': 1 }), told({ a: 'x'.repeat(2_048) })]).toEqual([
      'meta must be an object',
      'meta holds null, booleans, strings, safe integers, objects and arrays only',
      'meta must be at most 3 levels deep',
      'meta has a bad field name',
      'meta must be at most 2048 bytes',
    ]);
  });
});

describe('a memo', () => {
  it('is kept as it is, but for halves of a pair', () => {
    expect(normaliseMemo('Überweisung "7" 🙂\n')).toBe('Überweisung "7" 🙂\n');
    expect(normaliseMemo('')).toBe('');
    expect(normaliseMemo('a\ud83d')).toBe('a\ufffd');
  });

  it('is never cut: one of more than 4,096 characters is refused', () => {
    expect(normaliseMemo('x'.repeat(4_096))).toHaveLength(4_096);
    expect(() => normaliseMemo('x'.repeat(4_097))).toThrow(BadMeta);
  });
});
