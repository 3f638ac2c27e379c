import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Cells } from '../../src/fold/cells.ts';
import { partsOf } from '../../src/fold/parts.ts';
import { Records } from '../../src/fold/records.ts';

const record = fc.record({
  kind: fc.integer({ min: 0, max: 3 }),
  at: fc.integer({ min: 0, max: 90e6 }),
  after: fc.constantFrom(0, 0, 1e6),
});

it('parts of cells hold each record once, no more of them than is told, and span what they hold', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 200 }), fc.integer({ min: 1, max: 30 }), (list, most) => {
      const records = new Records();
      const all = list.map(({ kind, at, after }, i) => ({
        kind,
        counted: { at, lo: at, hi: at + after, line: i + 1, offset: i * 50, bytes: 40 + i },
      }));
      for (const { kind, counted } of all) records.add(kind, counted);
      const kinds = { now: (kind: number) => kind, coarsen: () => false };
      const cells = new Cells({ kinds, room: 20, stretchesOf: () => (at) => Math.floor(at / 1e7) });
      records.each((one) => cells.take(one));
      const parts = partsOf(records, cells, most);
      const fewest = cells.all.reduce((sum, { count }) => sum + Math.ceil(count / most), 0);
      expect(parts).toHaveLength(fewest);
      const seen = parts.flatMap(({ kind, at, lo, hi, place, lines }) => {
        const own = [place.line, ...lines];
        const held = own.map((line) => all[line - 1]);
        expect(own.length).toBe(lines.length + 1);
        expect(own.length).toBeLessThanOrEqual(most);
        expect(held.every((one) => one?.kind === kind)).toBe(true);
        const counted = held.flatMap((one) => one?.counted ?? []);
        expect(counted[0]).toMatchObject(place);
        expect([at, lo, hi]).toEqual([
          Math.min(...counted.map((one) => one.at)),
          Math.min(...counted.map((one) => one.lo)),
          Math.max(...counted.map((one) => one.hi)),
        ]);
        return own;
      });
      expect(seen.sort((a, b) => a - b)).toEqual(all.map(({ counted }) => counted.line));
    }),
  );
});
