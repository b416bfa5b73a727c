import * as fc from 'fast-check';
import { BSON, Decimal128, Double, Int32, Long, ObjectId } from 'mongodb';
import { RowReader } from './row-reader.js';

const reader = new RowReader();
const read = (row: object): unknown => reader.read(Buffer.from(BSON.serialize(row, { ignoreUndefined: false })));
const asDriver = (row: object): unknown => BSON.deserialize(BSON.serialize(row, { ignoreUndefined: false }));

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', minLength: 20, maxLength: 60 }),
  fc.constantFrom('available', '', 'x'),
);
const integer = fc.maxSafeInteger();
const { row } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    integer,
    integer.map((value) => Long.fromNumber(value)),
    fc.integer().map((value) => new Int32(value)),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.date({ noInvalidDate: true }),
    tie('row'),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
  row: fc.dictionary(
    text.filter((name) => !name.includes('\0') && !['__proto__', '_bsontype', 'toBSON', '$ref', '$id', '$db'].includes(name)),
    tie('value'),
    { maxKeys: 6, noNullPrototype: true },
  ),
}));

it('reads what the driver reads', () => {
  fc.assert(
    fc.property(row as fc.Arbitrary<object>, (one) => {
      expect(read(one)).toEqual(asDriver(one));
    }),
    { numRuns: 1_000 },
  );
});

it('leaves to the driver what the ledger never writes', () => {
  const rows = [
    { id: new ObjectId('65f1a7c4b2e8f4a91c0d2211') },
    { list: [{ amount: Decimal128.fromString('1.5') }] },
    { a: undefined, b: 1 },
    { meta: { bytes: Buffer.from('ab') } },
    { text: /x/i },
    Object.defineProperty({ n: 1 }, '__proto__', { value: { n: 2 }, enumerable: true }),
  ];
  for (const one of rows) expect(read(one)).toEqual(asDriver(one));
  expect(Object.hasOwn(read(rows.at(-1) as object) as object, '__proto__')).toBe(true);
});

it('tells texts of the same hash and of the same length apart', () => {
  const words = Array.from({ length: 30_000 }, (_, index) => `w${index}`);
  for (let round = 0; round < 2; round++) for (const word of words) expect((read({ word }) as { word: string }).word === word).toBe(true);
});

it('reads no integer as a safe one that is none', () => {
  for (const far of [Long.MAX_VALUE, Long.MIN_VALUE, Long.fromString('9007199254740993'), new Double(2 ** 53)]) {
    expect(Number.isSafeInteger((read({ far }) as { far: unknown }).far)).toBe(false);
  }
  for (const near of [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, -1, 2 ** 32, -(2 ** 32), -(2 ** 31)]) {
    expect(read({ near: Long.fromNumber(near) })).toEqual({ near });
  }
});
