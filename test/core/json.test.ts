import { expect, it } from 'vitest';
import { compact, compactOver } from '../../src/core/json.ts';

it('leaves out what is undefined', () => {
  expect(Object.keys(compact({ a: 1, b: undefined, c: null, d: 0 }))).toEqual(['a', 'c', 'd']);
});

it('gives what a spread would, in its order', () => {
  const base = { a: 1, b: 2, c: undefined, d: 4 };
  const own = { b: undefined, d: 5, e: 6, f: undefined };
  expect(Object.entries(compactOver(base, own))).toEqual(Object.entries(compact({ ...base, ...own })));
});
