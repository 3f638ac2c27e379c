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
