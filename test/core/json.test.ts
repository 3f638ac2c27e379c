import { setFlagsFromString } from 'node:v8';
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

it('leaves no hash table where many members are left', () => {
  setFlagsFromString('--allow-natives-syntax');
  const isFast = new Function('value', 'return %HasFastProperties(value)') as (value: object) => boolean;
  const many = Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`member${i}`, i]));
  const left = compact({ ...many, nothing: undefined });
  expect(left).toEqual(many);
  expect(isFast(left)).toBe(true);
});
