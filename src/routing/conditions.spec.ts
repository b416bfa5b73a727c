import { compileCondition, type Condition, type Facts, pinnedValues, problemOf } from './conditions.js';

const facts: Facts = {
  currency: 'EUR',
  region: 'DE',
  amountMinor: 5_000,
  paymentType: 'subscription',
  customerCountry: 'DE',
  cardBrand: null,
  merchant: 'Spotify',
};
const currencyIs = (value: string) => ({ '==': [{ var: 'currency' }, value] });
const regionIs = (value: string) => ({ '===': [value, { var: 'region' }] });

it.each<[Condition, boolean]>([
  [true, true],
  [false, false],
  [currencyIs('EUR'), true],
  [currencyIs('USD'), false],
  [{ '!=': [{ var: 'cardBrand' }, 'visa'] }, true],
  [{ '!==': [{ var: 'cardBrand' }, null] }, false],
  [{ '==': [{ var: 'region' }, { var: 'customerCountry' }] }, true],
  [{ '>=': [{ var: 'amountMinor' }, 5_000] }, true],
  [{ '<': [{ var: 'amountMinor' }, 5_000] }, false],
  [{ '<=': [1_000, { var: 'amountMinor' }, 5_000] }, true],
  [{ '<': [1_000, { var: 'amountMinor' }, 5_000] }, false],
  [{ in: [{ var: 'merchant' }, ['Netflix', 'Spotify']] }, true],
  [{ in: [{ var: 'cardBrand' }, ['visa']] }, false],
  [{ and: [currencyIs('EUR'), regionIs('DE'), { '!': currencyIs('USD') }] }, true],
  [{ and: [currencyIs('EUR'), regionIs('FR')] }, false],
  [{ or: [currencyIs('USD'), { '!': [regionIs('FR')] }] }, true],
])('%j is %j', (condition, holds) => {
  expect(problemOf(condition)).toBeNull();
  expect(compileCondition(condition)(facts)).toBe(holds);
});

it.each(['"]; throw 1; //', "' + context.currency + '", '\\', '`${1}`', '\u2028\n', 'methods[0]'])(
  'takes %j as the text it is',
  (merchant) => {
    const holds = compileCondition({ and: [{ '==': [{ var: 'merchant' }, merchant] }, { in: [{ var: 'merchant' }, [merchant]] }] });
    expect([holds({ ...facts, merchant }), holds(facts)]).toEqual([true, false]);
  },
);

const nested = (depth: number): unknown => (depth === 0 ? true : { '!': nested(depth - 1) });
const inMany = (count: number) => ({ in: [{ var: 'currency' }, Array.from({ length: count }, () => 'EUR')] });

it.each([
  [undefined, 'must be true, false or an object with one operator'],
  ['EUR', 'must be true, false or an object with one operator'],
  [{}, 'must be true, false or an object with one operator'],
  [{ '==': [{ var: 'currency' }, 'EUR'], and: [] }, 'must be true, false or an object with one operator'],
  [{ and: [] }, '"and" needs a list of conditions'],
  [{ or: { var: 'currency' } }, '"or" needs a list of conditions'],
  [{ '!': [true, true] }, 'must be true, false or an object with one operator'],
  // Operators that do not exist, that loop, that compute, that reach into the engine.
  [{ matches: [{ var: 'merchant' }, '(a+)+'] }, 'there is no operator "matches"'],
  [{ map: [{ var: 'merchant' }, { var: '' }] }, 'there is no operator "map"'],
  [{ reduce: [[1, 2], { '+': [1, 2] }, 0] }, 'there is no operator "reduce"'],
  [{ throw: 'x' }, 'there is no operator "throw"'],
  [{ var: 'currency' }, 'there is no operator "var"'],
  [JSON.parse('{"__proto__": []}'), 'there is no operator "__proto__"'],
  [{ toString: [] }, 'there is no operator "toString"'],
  [{ '>': [{ '+': [{ var: 'amountMinor' }, 1] }, 5] }, '"+" cannot be compared, only fields and values can'],
  [{ '==': [{ val: 'currency' }, 'EUR'] }, '"val" cannot be compared, only fields and values can'],
  [{ '==': [{ var: 'card' }, 'EUR'] }, 'there is no field "card"'],
  [{ '==': [{ var: 'constructor' }, 'EUR'] }, 'there is no field "constructor"'],
  [{ '==': [{ var: ['currency', 'EUR'] }, 'EUR'] }, 'there is no field "currency,EUR"'],
  [{ '==': [{ var: 'amountMinor' }, 1.5] }, 'values are whole numbers and texts of at most 100 characters'],
  [{ '==': [{ var: 'merchant' }, 'x'.repeat(101)] }, 'values are whole numbers and texts of at most 100 characters'],
  [{ '==': [{ var: 'amountMinor' }, '5'] }, '"==" compares what can never compare'],
  [{ '<': [{ var: 'currency' }, 'EUR'] }, '"<" compares what can never compare'],
  [{ '==': ['EUR', 'EUR'] }, '"==" compares no field'],
  [{ '==': [{ var: 'currency' }] }, '"==" compares two operands'],
  [{ '==': [{ var: 'currency' }, 'EUR', 'USD'] }, '"==" compares two operands'],
  [{ in: ['pot', { var: 'merchant' }] }, '"in" needs a text field and a list of texts'],
  [{ in: [{ var: 'amountMinor' }, ['1']] }, '"in" needs a text field and a list of texts'],
  [{ in: [{ var: 'currency' }, ['EUR', 1]] }, '"in" takes a list of short texts'],
  [nested(9), 'is more than 8 operators deep'],
  [inMany(299), 'has more than 300 operators and values'],
  [{ and: Array.from({ length: 100 }, () => currencyIs('EUR')) }, 'has more than 300 operators and values'],
  [{ or: Array.from({ length: 300 }, () => false) }, 'has more than 300 operators and values'],
])('refuses %#', (value, problem) => {
  expect(problemOf(value)).toBe(problem);
});

it.each([[nested(8)], [inMany(298)]])('takes the largest', (value) => {
  expect(problemOf(value)).toBeNull();
});

it.each<[Condition, readonly string[] | null]>([
  [true, null],
  [false, []],
  [currencyIs('EUR'), ['EUR']],
  [{ '==': ['EUR', { var: 'currency' }] }, ['EUR']],
  [{ '!=': [{ var: 'currency' }, 'EUR'] }, null],
  [{ '!': currencyIs('EUR') }, null],
  [{ '==': [{ var: 'currency' }, { var: 'merchant' }] }, null],
  [{ '==': [{ var: 'currency' }, null] }, null],
  [regionIs('DE'), null],
  [{ in: [{ var: 'currency' }, ['EUR', 'USD']] }, ['EUR', 'USD']],
  [{ and: [regionIs('DE'), { in: [{ var: 'currency' }, ['EUR', 'USD']] }, { '!=': [{ var: 'currency' }, 'USD'] }] }, ['EUR', 'USD']],
  [{ and: [currencyIs('EUR'), { in: [{ var: 'currency' }, ['EUR', 'USD']] }] }, ['EUR']],
  [{ or: [currencyIs('EUR'), currencyIs('USD')] }, ['EUR', 'USD']],
  [{ or: [currencyIs('EUR'), regionIs('DE')] }, null],
])('%j pins the currency to %j', (condition, values) => {
  const pinned = pinnedValues(condition, 'currency');
  expect(pinned && [...pinned]).toEqual(values);
});
