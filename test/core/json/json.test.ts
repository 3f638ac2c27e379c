import { setFlagsFromString } from 'node:v8';
import { expect, it } from 'vitest';
import { compact, compactOver, tryJson } from '../../../src/core/json/json.ts';

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
  const some = { a1: 1, b1: 1, c1: 1, d1: 1, e1: 1, f1: 1, g1: 1, h1: 1, i1: 1, j1: 1, nothing: undefined };
  const left = compact({ ...some, a2: 1, b2: 1, c2: 1, d2: 1, e2: 1, f2: 1, g2: 1, h2: 1, i2: 1, j2: 1 });
  expect(Object.keys(left)).toHaveLength(20);
  expect(isFast(left)).toBe(true);
});

it('takes what nests deeper than any log for no JSON, wherever brackets stand in texts', () => {
  const nested = (depth: number): string => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
  expect(JSON.stringify(tryJson(nested(500)))).toBe(nested(500));
  expect(tryJson(nested(502))).toBeUndefined();
  expect(tryJson(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).toBeUndefined();
  const text = `\\" ${'[{'.repeat(2000)}`;
  expect(tryJson(JSON.stringify({ a: [text, text] }))).toEqual({ a: [text, text] });
  expect(tryJson(JSON.stringify(Array.from({ length: 2000 }, () => [{}])))).toHaveLength(2000);
});
