import fc from 'fast-check';
import { expect, it } from 'vitest';
import { median } from '../../src/core/median.ts';

it.each([
  [[], 0],
  [[7], 7],
  [[10, 9, 100], 10],
  [[-3, 200, 30, 4], 17],
])('the median of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle);
});

it('has as many values above it as below it, and leaves its input as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }), (values) => {
      const before = [...values];
      const middle = median(values);
      expect(values).toEqual(before);
      const [below, above] = [values.filter((value) => value < middle), values.filter((value) => value > middle)];
      expect(Math.max(below.length, above.length)).toBeLessThanOrEqual(values.length / 2);
    }),
  );
});
