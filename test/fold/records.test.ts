import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CountedOf, Records } from '../../src/fold/records.ts';
import type { Overflow } from '../../src/model/overflow.ts';

const record = fc
  .record({
    kind: fc.integer({ min: 0, max: 50_000 }),
    at: fc.integer({ min: -1e9, max: 2 ** 52 }),
    before: fc.constantFrom(0, 0, 500_000),
    after: fc.constantFrom(0, 0, 1_000_000),
    line: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    offset: fc.integer({ min: 0, max: 2 ** 45 }),
    bytes: fc.integer({ min: 1, max: 2 ** 26 }),
  })
  .map(({ before, after, ...rest }) => ({ ...rest, lo: rest.at - before, hi: rest.at + after }));

function held(list: readonly CountedOf[], records = new Records()): readonly CountedOf[] {
  for (const { kind, ...counted } of list) records.add(kind, counted);
  const out: CountedOf[] = [];
  records.each((one) => out.push({ ...one }));
  return out;
}

describe('records that are counted', () => {
  it('are all there, in their order', () => {
    fc.assert(fc.property(fc.array(record), (list) => void expect(held(list)).toEqual(list)));
  });

  it('have an interval that holds their moment, in whole microseconds', () => {
    const place = { line: 1, offset: 0, bytes: 9 };
    const list = [
      { kind: 1, at: 10.4, lo: 9.5, hi: 11.5, ...place },
      { kind: 1, at: 20, lo: 25, hi: 15, ...place },
    ];
    const times = held(list).map(({ at, lo, hi }) => [at, lo, hi]);
    expect(times).toEqual([
      [10, 9, 12],
      [20, 20, 20],
    ]);
  });

  it('stay in memory as long as they are few, and are the same when they do not', () => {
    const blocks: Uint32Array[] = [];
    const overflow: Overflow = {
      write: (numbers) => blocks.push(numbers.slice()) - 1,
      read: (at, into) => into.set(blocks[at] ?? []),
    };
    const list = Array.from({ length: 700_000 }, (_, i) => {
      const at = 1.7e15 + i * 4_000;
      return { kind: i % 512, at, lo: at, hi: at, line: i * 5 + 1, offset: i * 3_000, bytes: 700 + (i % 9) };
    });
    expect(held(list.slice(0, 300_000), new Records(overflow))).toHaveLength(300_000);
    expect(blocks).toEqual([]);
    const all = held(list, new Records(overflow));
    expect(blocks.length).toBeGreaterThan(10);
    expect(all.every((one, i) => one.line === list[i]?.line && one.at === list[i]?.at)).toBe(true);
  });
});
