import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openNearest } from '../../../src/correlate/suspects/nearest.ts';

interface One {
  readonly distance: number;
  readonly key: string;
  readonly n: number;
}

const ones = fc
  .array(fc.record({ distance: fc.nat({ max: 5 }), key: fc.constantFrom('a', 'b', 'c') }), { maxLength: 40 })
  .map((list) => list.map((one, n): One => ({ ...one, n })));

test('the nearest few are those that sorting all of them gives, equals in the order in which they came', () => {
  fc.assert(
    fc.property(ones, fc.integer({ min: 1, max: 15 }), (all, most) => {
      const nearest = openNearest<One>(most, ({ key }) => key);
      for (const one of all) if (nearest.mayHold(one.distance)) nearest.offer(one.distance, one);
      const sorted = [...all].sort((a, b) => a.distance - b.distance || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
      expect(nearest.all()).toEqual(sorted.slice(0, most));
    }),
    { numRuns: 1000 },
  );
});

test('a key is only asked for where two stand equally far', () => {
  const asked: number[] = [];
  const nearest = openNearest<number>(2, (one) => {
    asked.push(one);
    return String(one);
  });
  for (const one of [3, 1, 2, 4]) nearest.offer(one, one);
  expect(nearest.all()).toEqual([1, 2]);
  expect(nearest.mayHold(3)).toBe(false);
  expect(asked).toEqual([]);
});
