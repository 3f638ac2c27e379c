import { expect, it } from 'vitest';
import { greatest, least } from '../../src/core/extremes.ts';

it('finds both ends of lists longer than an argument list may be', () => {
  const many = Array.from({ length: 300_000 }, (_, i) => ({ at: i - 7 }));
  expect(least(many, ({ at }) => at)).toBe(-7);
  expect(greatest(many, ({ at }) => at)).toBe(299_992);
});

it('has no end of nothing', () => {
  expect([least([], Number), greatest([], Number)]).toEqual([Infinity, -Infinity]);
});
