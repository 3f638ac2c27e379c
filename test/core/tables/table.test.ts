import { expect, it } from 'vitest';
import { headerNames } from '../../../src/core/tables/table.ts';

it.each([
  ['names of a row', 'a, b\t', ['a', 'b']],
  ['quoted names behind a byte order mark', '\uFEFF"a","b"', ['a', 'b']],
  ['names between tabs', 'a\tb\tc,d', ['a', 'b', 'c,d']],
  ['none in a JSON object', '{"a":1,"b":2}', []],
  ['none in a JSON array', '["a","b"]', []],
])('a header has %s', (_, text, expected) => {
  expect(headerNames(text)).toEqual(expected);
});
