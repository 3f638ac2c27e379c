import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashTable } from '../../../src/reach/skimming/hash-table.ts';

const hash = fc.record({
  // Many fall on the same place.
  low: fc.oneof(
    fc.nat({ max: 3 }).map((n) => n * 2 ** 20),
    fc.nat(),
  ),
  high: fc.nat({ max: 3 }),
});
const which = fc.constantFrom(0, 1);

describe('a table of hashes', () => {
  it('holds both numbers of each hash, as a map would (property)', () => {
    const entry = fc.tuple(hash, which, fc.integer({ min: -100, max: 100 }));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 3000, size: 'max' }), (entries) => {
        const table = new HashTable();
        const map = new Map<string, number>();
        const plain = entries.filter(([{ low, high }]) => low !== 0 || high !== 0);
        for (const [{ low, high }, side, value] of plain) {
          table.set(low, high, side, value);
          map.set(`${low} ${high} ${side}`, value);
        }
        for (const [{ low, high }] of plain)
          for (const side of [0, 1]) expect(table.get(low, high, side)).toBe(map.get(`${low} ${high} ${side}`) ?? 0);
        table.clear();
        for (const [{ low, high }, side] of plain) expect(table.get(low, high, side)).toBe(0);
      }),
    );
  });

  it('begins anew where there are too many, and goes on', () => {
    const table = new HashTable();
    const most = 2 ** 17;
    for (let n = 1; n <= most; n++) table.set(n, n, 0, n);
    expect([table.get(1, 1, 0), table.get(most, most, 0)]).toEqual([1, most]);
    table.set(most + 1, 7, 1, 5);
    expect([table.get(1, 1, 0), table.get(most + 1, 7, 1)]).toEqual([0, 5]);
  });
});
