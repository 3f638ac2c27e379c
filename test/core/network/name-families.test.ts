import { expect, it } from 'vitest';
import { nameFamilies } from '../../../src/core/network/name-families.ts';

const ends = (...names: readonly string[]) => names.map((domain) => ({ domain, port: 53 }));

it.each([
  [
    'four names below one parent',
    ends('a.t.x.example', 'b.t.x.example', 'c.t.x.example', 'd.t.x.example'),
    '*.t.x.example (4 names)',
  ],
  ['of different depth', ends('a.1.x.example', 'b.x.example', 'c.2.x.example', 'd.x.example'), '*.x.example (4 names)'],
  [
    'the parent itself is no part of its own name',
    ends('t.x.example', 'a.t.x.example', 'b.t.x.example', 'c.t.x.example'),
    '*.x.example (4 names)',
  ],
  ['three names stand for themselves', ends('a.x.example', 'b.x.example', 'c.x.example'), undefined],
  ['one name four times is one name', ends('a.x.example', 'a.x.example', 'a.x.example', 'a.x.example'), undefined],
  ['siblings without a parent of their own', ends('a.example', 'b.example', 'c.example', 'd.example'), undefined],
  ['addresses', [{ ip: '192.0.2.1', port: 53 }], undefined],
])('%s', (_, list, pattern) => {
  const family = nameFamilies(list);
  expect(list.map(family)).toEqual(list.map(() => pattern));
});

it('keeps ports apart', () => {
  const list = ['a', 'b', 'c', 'd'].map((name, port) => ({ domain: `${name}.x.example`, port }));
  expect(list.map(nameFamilies(list))).toEqual([undefined, undefined, undefined, undefined]);
});
