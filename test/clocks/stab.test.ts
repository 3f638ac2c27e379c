import { describe, expect, it } from 'vitest';
import { stab } from '../../src/clocks/stab.ts';
import { randomOf } from '../random.ts';

const SECOND = 1_000_000;

interface Difference {
  readonly at: number;
  readonly lo: number;
  readonly hi: number;
}

/** What a stamp cut to seconds allows, for moments spread over the second. */
function allowed(count: number, stamp: (t: number, i: number) => number, seed = 5) {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, i) => {
    const t = Math.floor((i + random()) * 3.7 * SECOND);
    const s = Math.floor(stamp(t, i) / SECOND) * SECOND;
    return { at: s, lo: s - t, hi: s + SECOND - t };
  });
}

const stabbed = (pairs: readonly Difference[]) =>
  stab(
    Float64Array.from(pairs, ({ lo }) => lo),
    Float64Array.from(pairs, ({ hi }) => hi),
  );

describe('stamps cut to seconds', () => {
  it('finds the offset with 30 % wrong pairs', () => {
    const random = randomOf(3);
    const pairs = allowed(100, (t, i) => t + 0.42 * SECOND + (i % 10 < 3 ? (random() - 0.5) * 600 * SECOND : 0));
    const found = stabbed(pairs);
    expect(Math.abs(found.offset - 0.42 * SECOND)).toBeLessThan(100_000);
    expect(Math.abs(found.offset - 0.42 * SECOND)).toBeLessThanOrEqual(found.halfWidth);
  });

  it('is not moved by stamps that are merely late', () => {
    const random = randomOf(9);
    const late = (): number => (random() < 0.1 ? -Math.log(random()) * 0.08 * SECOND : 0);
    expect(Math.abs(stabbed(allowed(800, (t) => t + late())).offset)).toBeLessThan(60_000);
  });

  it('sees an offset that most stamps lost by being cut twice, and widens the interval down to nothing', () => {
    const pairs = allowed(800, (t, i) => (i % 8 === 0 ? t : Math.floor(t / SECOND) * SECOND) + 0.35 * SECOND);
    const found = stabbed(pairs);
    expect(Math.abs(found.offset - 0.35 * SECOND)).toBeLessThan(60_000);
    expect(found.offset - found.halfWidth).toBeLessThan(0);
  });
});

describe('stamps that a collector cut twice', () => {
  /** A hundred pairs that allow no offset but nearly none, and some that allow others, a second wide; seconds. */
  const found = (...moved: readonly number[]) => {
    const begins = [...Array.from({ length: 100 }, (_, i) => -(i % 2)), ...moved];
    const { offset, halfWidth } = stab(
      Float64Array.from(begins, (at) => at * SECOND),
      Float64Array.from(begins, (at) => (at + 1) * SECOND),
    );
    return [offset / SECOND, halfWidth / SECOND].map((seconds) => Math.round(seconds * 1e6) / 1e6);
  };
  const evenly = (count: number, top: number) => Array.from({ length: count }, (_, i) => ((i + 1) * top) / count);
  /** The middle of the first hundred. */
  const none = [0, 0.025];

  it('tell the offset that those which moved come up to', () => {
    // Nearly nothing is 5 ms to either side.
    expect(found(...evenly(10, 0.4))).toEqual([0.4, 0.425]);
    expect(found(...evenly(8, 0.4))).toEqual([0.4, 0.425]);
    expect(found(...evenly(10, 0.9))).toEqual([0.9, 0.925]);
    expect(found(...evenly(10, 0.056))).toEqual([0.056, 0.081]);
    expect(found(...evenly(12, 0.4), -1.1, -1.2, -1.3)).toEqual([0.4, 0.425]);
  });

  it.each([
    ['fewer than eight', evenly(7, 0.4)],
    ['some on the other side, a quarter and more', [...evenly(11, 0.4), -1.1, -1.2, -1.3]],
    ['less than 50 ms', evenly(12, 0.05)],
    ['nearly all of a second', evenly(10, 0.92)],
    ['most of them close, as what is merely late', [0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.3, 0.35, 0.38, 0.4]],
    ['a single one far', [...evenly(10, 0.2), 0.4]],
  ])('tell nothing where they are %s', (_, moved) => {
    expect(found(...moved)).toEqual(none);
  });
});

describe('records of whole windows', () => {
  /** The offset and its half width, in seconds, where all pairs leave this interval open. */
  const within = (from: number, to: number) => {
    const ends = (at: number) => new Float64Array(5).fill(at * SECOND);
    const { offset, halfWidth } = stab(ends(from), ends(to));
    return [offset / SECOND, halfWidth / SECOND];
  };

  it.each([
    ['nothing, where that may be', -55, 5, 0],
    ['nothing up to where it begins', 0, 60, 0],
    ['nothing from where it ends', -60, 0, 0],
    ['a zone, where that may be', 3590, 3650, 3600],
    ['a zone to the west', -20_000, -19_700, -19_800],
    ['else the middle', 5, 35, 20],
  ])('tell no skew, but %s', (_, from, to, offset) => {
    expect(within(from, to)).toEqual([offset, 2]);
  });

  it('up to four seconds tell a skew', () => {
    expect(within(1, 4.98)).toEqual([2.99, expect.closeTo(2.015, 6)]);
  });
});
