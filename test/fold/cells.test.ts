import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cells } from '../../src/fold/cells.ts';
import type { StretchAt } from '../../src/fold/divisions.ts';
import type { CountedOf } from '../../src/fold/records.ts';

/** Kinds of which pairs become one, then all. */
const coarsening = () => {
  let level = 0;
  return {
    now: (kind: number) => (level === 0 ? kind : level === 1 ? kind - (kind % 2) : kind < 4 ? 0 : 4),
    coarsen: () => level < 2 && ++level > 0,
    level: () => level,
  };
};

/** Kinds from 4 on have no stretches but widths of time. */
const stretchesOf =
  (everyUs: number) =>
  (kind: number): StretchAt | undefined =>
    kind >= 4 ? undefined : (at) => Math.floor(at / everyUs);

const record = fc
  .record({
    kind: fc.integer({ min: 0, max: 7 }),
    at: fc.integer({ min: -5e6, max: 300e6 }),
    after: fc.constantFrom(0, 0, 0, 1e6),
  })
  .map(({ kind, at, after }) => ({ kind, at, lo: at, hi: at + after }));

type Recorded = Pick<CountedOf, 'kind' | 'at' | 'lo' | 'hi'>;

const numbered = (list: readonly Recorded[]): readonly CountedOf[] =>
  list.map((one, i) => ({ ...one, line: i + 1, offset: i * 10, bytes: 9 }));

function cellsOf(records: readonly CountedOf[], room: number, everyUs = 1e7) {
  const kinds = coarsening();
  const cells = new Cells({ kinds, room, stretchesOf: stretchesOf(everyUs) });
  for (const one of records) cells.take(one);
  return { cells, kinds };
}

describe('cells', () => {
  it('hold each record once, of its kind, in the order of their first records', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 200 }), fc.integer({ min: 1, max: 60 }), (list, room) => {
        const records = numbered(list);
        const { cells, kinds } = cellsOf(records, room);
        const counts = new Map<number, number>();
        for (const one of records) {
          const { number, kind } = cells.cellOf(one);
          counts.set(number, (counts.get(number) ?? 0) + 1);
          expect(cells.all[number]?.kind).toBe(kind);
          expect(kind).toBe(kinds.now(one.kind));
        }
        expect([...counts.keys()]).toEqual(cells.all.map((_, i) => i));
        expect([...counts.values()]).toEqual(cells.all.map(({ count }) => count));
        const kindsLeft = new Set(cells.all.map(({ kind }) => kind)).size;
        // Times before the epoch and after it are never one stretch.
        expect(cells.all.length).toBeLessThanOrEqual(Math.max(room, kindsLeft * 3));
      }),
    );
  });

  it('are the stretches of each kind where there is room, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 200 }), (list) => {
        const { cells } = cellsOf(numbered(list), 1000);
        const at = (kind: number) => stretchesOf(1e7)(kind) ?? ((time: number) => Math.floor(time / 1e6));
        const keys = list.map(({ kind, lo, hi }) => `${kind} ${at(kind)(lo)} ${at(kind)(hi)}`);
        expect(cells.all.map(({ kind, from, to }) => `${kind} ${from} ${to}`)).toEqual([...new Set(keys)]);
        expect(cells.apart).toBe(0);
      }),
    );
  });

  it('are as fine as all records allow, although they were made coarser while they came', () => {
    const known = record.map((one) => ({ ...one, kind: one.kind % 4 }));
    fc.assert(
      fc.property(fc.array(known, { maxLength: 300 }), fc.integer({ min: 3, max: 40 }), (list, room) => {
        const { cells, kinds } = cellsOf(numbered(list), room, 1e6);
        const keysAt = (level: number, joined: number): number => {
          const { now, coarsen } = coarsening();
          for (let i = 0; i < level; i++) coarsen();
          const nth = (at: number): number => Math.floor(Math.floor(at / 1e6) / joined);
          return new Set(list.map(({ kind, lo, hi }) => `${now(kind)} ${nth(lo)} ${nth(hi)}`)).size;
        };
        let [level, joined] = [0, 1];
        while (keysAt(level, joined) > room && joined < 2 ** 20) {
          if (level < 2) level++;
          else joined *= 2;
        }
        expect(kinds.level()).toBe(level);
        expect(cells.all.length).toBe(keysAt(level, joined));
      }),
    );
  });

  it('tell how many they would have been of a log in order, if none had been joined', () => {
    const list = Array.from({ length: 900 }, (_, i) => ({ kind: i % 3, at: i * 1e6, lo: i * 1e6, hi: i * 1e6 }));
    const { cells } = cellsOf(numbered(list), 20);
    for (const one of numbered(list)) cells.cellOf(one);
    expect(cells.all.length).toBeLessThanOrEqual(20);
    expect(cells.apart).toBe(90);
  });

  it('divide time more coarsely first where nothing tells how, as long as most of them are such', () => {
    const timed = Array.from({ length: 200 }, (_, i) => ({ kind: 4, at: i * 1e6, lo: i * 1e6, hi: i * 1e6 }));
    const told = Array.from({ length: 5 }, (_, i) => ({ kind: i % 4, at: i * 3e7, lo: i * 3e7, hi: i * 3e7 }));
    const { cells, kinds } = cellsOf(numbered([...told, ...timed]), 40);
    expect(kinds.level()).toBe(0);
    expect(cells.all.filter(({ isTimed }) => isTimed).length).toBeGreaterThan(20);
    expect(cells.all.filter(({ isTimed }) => !isTimed)).toHaveLength(5);
  });
});
