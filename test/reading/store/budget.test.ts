import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NUMBERS } from '../../../src/reach/moments/places.ts';
import { keepableBytes, memoryForViolations, most, mostBytes } from '../../../src/reading/store/budget.ts';

/** Below it, what the program itself needs leaves too little for all parts. */
const LEAST_BYTES = 220e6;

it('what a run may keep, and the program, fit into the memory that was given (property)', () => {
  fc.assert(
    fc.property(fc.integer({ min: LEAST_BYTES, max: 64e9 }), (memory) => {
      expect(mostBytes(memory)).toBeLessThanOrEqual(memory);
    }),
  );
  expect(mostBytes()).toBeLessThanOrEqual(256e6);
});

it('more memory keeps no less (property)', () => {
  const memory = fc.integer({ min: 0, max: 64e9 });
  fc.assert(
    fc.property(memory, memory, (a, b) => {
      for (const what of ['violations', 'near', 'flows', 'places'] as const)
        expect(most(what, Math.min(a, b))).toBeLessThanOrEqual(most(what, Math.max(a, b)));
    }),
  );
});

it('the memory that lets violations be told apart has room for them (property)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10_000, max: 10_000_000 }), (count) => {
      expect(most('violations', Math.ceil(memoryForViolations(count)))).toBe(count);
    }),
  );
});

it('of places, which may stand in a temporary file, no more than a few megabytes are in memory', () => {
  expect(most('places') * NUMBERS * Uint32Array.BYTES_PER_ELEMENT).toBeLessThanOrEqual(8e6);
});

it('of much memory, what a run may keep takes more than three fifths', () => {
  for (const memory of [512e6, 1e9, 64e9]) expect(mostBytes(memory)).toBeGreaterThan(memory * 0.6);
});

it.each([
  ['nothing, where the program itself takes more', 10e6, 0],
  ['an eighth of what the program leaves', 256e6, 24e6],
  ['so of much memory', 8064e6, 1e9],
])('of logs is kept whole: %s', (_, memory, bytes) => {
  expect(keepableBytes(memory)).toBe(bytes);
});
