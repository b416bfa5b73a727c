import { jsonOffset } from './json-offset.js';

it.each([
  ['{"name": }', 9],
  ['{"name" "x"}', 8],
  ['{"a": 1,}', 8],
  ['{"a": 1 "b": 2}', 8],
  ['{a: 1}', 1],
  ["{'a': 1}", 1],
  ['[1, 2', 5],
  ['[1,]', 3],
  ['{"a": "b', 6],
  ['{"a": "b\nc"}', 8],
  ['{"a": "\\x"}', 7],
  ['{"a": "\\u12"}', 8],
  ['{"a": "\\', 6],
  ['{"a": 01}', 7],
  ['{"a": .5}', 6],
  ['{"a": NaN}', 6],
  ['{"a": 1} {"b": 2}', 9],
  ['nothing', 0],
  ['  ', 2],
  ['[[[{"a": [}]]]', 10],
])('%j stops being JSON at %i', (text, offset) => {
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  expect(jsonOffset(text)).toBe(offset);
});
