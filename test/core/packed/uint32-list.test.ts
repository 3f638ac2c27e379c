import { expect, it } from 'vitest';
import { Uint32List } from '../../../src/core/packed/uint32-list.ts';

it.each([0, 1, 32, 33, 500])('a copy of %i numbers has them all and none that come later', (length) => {
  const list = new Uint32List();
  const numbers = Array.from({ length }, (_, i) => 2 ** 32 - 1 - i);
  for (const number of numbers) list.push(number);
  const copy = list.copy();
  list.push(7);
  list.put(0, 8);
  expect([...copy]).toEqual(numbers);
  expect(ArrayBuffer.isView(copy)).toBe(length > 32);
});

it('counts its last number up, takes another list on, and begins anew', () => {
  const [list, other] = [new Uint32List(), new Uint32List()];
  for (const number of [1, 2, 3]) list.push(number);
  for (const number of [4, 5, 6, 7]) other.push(number);
  list.countUp(10);
  list.append(other);
  expect([...list.toArray()]).toEqual([1, 2, 13, 4, 5, 6, 7]);
  expect([list.at(2), list.at(6), list.at(7), list.last(0), list.last(6)]).toEqual([13, 7, 0, 7, 1]);
  list.clear();
  expect([list.length, list.at(0), [...list.toArray()]]).toEqual([0, 0, []]);
});
