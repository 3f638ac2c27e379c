import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberLists } from '../../../src/core/packed/number-lists.ts';

const added = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 2 ** 31 - 1 })));

describe('lists of numbers', () => {
  it('hold what was added to each, from the smallest to the greatest', () => {
    fc.assert(
      fc.property(added, (list) => {
        const lists = new NumberLists(5);
        for (const [n, number] of list) lists.add(n, number);
        for (let n = 0; n < 5; n++) {
          const own = list.filter(([of]) => of === n).map(([, number]) => number);
          expect([...lists.of(n)]).toEqual(own.sort((a, b) => a - b));
          expect(lists.of(n).length).toBe(own.length);
        }
      }),
    );
  });

  it('hold more than a page, whoever they are added to', () => {
    const lists = new NumberLists(3);
    const numbers = Array.from({ length: 90_000 }, (_, i) => i * 300);
    for (const [i, number] of numbers.entries()) lists.add(i % 100 === 0 ? 0 : i % 2 === 0 ? 1 : 2, number);
    expect([...lists.of(0)]).toEqual(numbers.filter((_, i) => i % 100 === 0));
    expect([...lists.of(1)]).toEqual(numbers.filter((_, i) => i % 100 !== 0 && i % 2 === 0));
    expect([...lists.of(2)]).toEqual(numbers.filter((_, i) => i % 2 === 1));
  });
});
