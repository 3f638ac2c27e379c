import { describe, expect, it } from 'vitest';
import { pairsOf, partOf, someOf } from '../../src/clocks/pairs.ts';

/** Pairs of a moment and the interval that it leaves. */
function columns(...rows: readonly (readonly [at: number, lo: number, hi: number])[]) {
  const column = (nth: 0 | 1 | 2) => Float64Array.from(rows, (row) => row[nth]);
  return { at: column(0), lo: column(1), hi: column(2) };
}

const rowsOf = ({ at, lo, hi, middle }: ReturnType<typeof pairsOf>) =>
  Array.from(at, (moment, i) => [moment, lo[i], hi[i], middle[i]]);

describe('pairs', () => {
  it('stand in the order of their times, those of one time in that of their intervals', () => {
    const pairs = pairsOf(columns([3, 0, 2], [1, 5, 7], [2, 4, 4], [1, 3, 9]), 10);
    expect(rowsOf(pairs)).toEqual([
      [1, 3, 9, 6],
      [1, 5, 7, 6],
      [2, 4, 4, 4],
      [3, 0, 2, 1],
    ]);
    expect(pairs.count).toBe(4);
  });

  it.each([
    [7, 7, [0, 1, 2, 3, 4, 5, 6]],
    [7, 6, [0, 2, 4, 6]],
    [7, 3, [0, 3, 6]],
    [7, 1, [0]],
  ])('of %i at most %i are taken, evenly', (count, most, expected) => {
    const rows = Array.from({ length: count }, (_, i) => [i, i, i] as const);
    expect([...pairsOf(columns(...rows), most).at]).toEqual(expected);
  });

  it('that are marked are those that stay; all of them are the same ones', () => {
    const pairs = pairsOf(columns([1, 1, 3], [2, 2, 4], [3, 3, 5]), 10);
    const some = someOf(pairs, Uint8Array.of(1, 0, 1));
    expect([rowsOf(some), some.count]).toEqual([
      [
        [1, 1, 3, 2],
        [3, 3, 5, 4],
      ],
      2,
    ]);
    expect(someOf(pairs, Uint8Array.of(1, 1, 1))).toBe(pairs);
    expect(someOf(pairs, Uint8Array.of(0, 0, 0)).count).toBe(0);
  });

  it('of a stretch are those between its ends', () => {
    const part = partOf(pairsOf(columns([1, 1, 3], [2, 2, 4], [3, 3, 5]), 10), 1, 3);
    expect([rowsOf(part), part.count]).toEqual([
      [
        [2, 2, 4, 3],
        [3, 3, 5, 4],
      ],
      2,
    ]);
  });
});
