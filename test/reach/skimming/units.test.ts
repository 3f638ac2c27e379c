import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfUnit, endOfUnitAt, endOfUnits } from '../../../src/reach/skimming/units.ts';

/** Lines that begin with the same sign are of one event. */
const continues = (text: string, first: number, next: number): boolean => text[first] === text[next];

const lines = fc.array(
  fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(0, 5, 9000, 30_000)).map(([sign, n]) => sign.padEnd(n, 'x')),
  { minLength: 1, maxLength: 12 },
);

describe('units of a log', () => {
  it('are all its lines, those of one event together (property)', () => {
    fc.assert(
      fc.property(lines, (all) => {
        const text = all.map((line) => `${line}\n`).join('');
        const units: string[] = [];
        for (let from = 0, to = 0; from < text.length; from = to + 1) {
          to = endOfUnit(text, from, continues);
          units.push(text.slice(from, to + 1));
          expect(endOfUnitAt(Buffer.from(text), from, continues)).toBe(to);
        }
        expect(units.join('')).toBe(text);
        for (const [i, unit] of units.entries()) {
          expect(
            new Set(
              unit
                .trimEnd()
                .split('\n')
                .map(([sign]) => sign),
            ).size,
          ).toBe(1);
          expect(unit[0]).not.toBe(units[i + 1]?.[0]);
        }
      }),
    );
  });

  it('but the last one are whole in a stretch, whatever line is cut at its end (property)', () => {
    fc.assert(
      fc.property(lines, fc.constantFrom('', 'a', 'z'), (all, rest) => {
        const text = all.map((line) => `${line}\n`).join('');
        const end = endOfUnits(Buffer.from(text + rest), continues);
        const before = text.slice(0, end);
        const last = text.slice(end);
        expect(last).not.toBe('');
        expect(endOfUnit(last, 0, continues)).toBe(last.length - 1);
        expect(before === '' || before.trimEnd().split('\n').at(-1)?.[0] !== last[0]).toBe(true);
      }),
    );
  });
});
