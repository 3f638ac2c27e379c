import { describe, expect, it } from 'vitest';
import { fitDifferences, type Segment } from '../../src/clocks/fit.ts';

const SECOND = 1_000_000;

interface Difference {
  readonly at: number;
  readonly lo: number;
  readonly hi: number;
}

const columnsOf = (differences: readonly Difference[]) => ({
  at: Float64Array.from(differences, ({ at }) => at),
  lo: Float64Array.from(differences, ({ lo }) => lo),
  hi: Float64Array.from(differences, ({ hi }) => hi),
});

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Pairs one each second, from differences in milliseconds. */
const eachSecond = (...ms: readonly number[]): readonly Difference[] =>
  ms.map((value, i) => ({ at: i * SECOND, lo: value * 1000, hi: value * 1000 }));

const times = (count: number, value: number): readonly number[] => Array.from({ length: count }, () => value);

/** Pairs over `span` seconds of a clock that is ahead by `ppm` of what has passed, with nothing else between them. */
const drifting = (count: number, span: number, ppm: number): readonly Difference[] =>
  Array.from({ length: count }, (_, i) => {
    const at = ((span * SECOND) / (count - 1)) * i;
    return { at, lo: at * ppm * 1e-6, hi: at * ppm * 1e-6 };
  });

const fitted = (differences: readonly Difference[]): readonly Segment[] | undefined =>
  fitDifferences(columnsOf(differences));
const offsets = (...ms: readonly number[]) =>
  fitted(eachSecond(...ms))?.map(({ offset, pairs }) => [offset / 1000, pairs]);

describe('a fit', () => {
  it('is the middle of what agrees, wide as it is spread', () => {
    expect(fitted(eachSecond(0, 1, 2, 3, 4, 5, 6, 7, 8))).toEqual([
      // A quarter lies below 2 ms, another above 6 ms.
      {
        from: -Infinity,
        first: 0,
        last: 8 * SECOND,
        origin: 0,
        offset: 4000,
        slope: 0,
        halfWidth: 15_000 + (1.6 * 4000) / 3 + 2000,
        pairs: 9,
      },
    ]);
  });

  it.each([
    ['two pairs tell nothing', [5, 5], undefined],
    ['nor do three that do not agree', [0, 100, 200], undefined],
    ['three that agree do', [5, 5, 5], [[5, 3]]],
    ['up to 30 ms apart from the line is what loggers differ by', [0, 30, -30], [[0, 3]]],
    ['what is further is no part of it', [0, 30, -31, 0], [[0, 3]]],
    ['four of ten tell enough', [7, 100, 7, 200, 7, 300, 400, 500, 7, 600], [[7, 4]]],
    ['four of eleven do not', [7, 100, 7, 200, 7, 300, 400, 500, 7, 600, 700], undefined],
    ['of two lines as many agree with, the first counts', [0, 100, 0, 100, 0, 100], [[0, 3]]],
    ['more agree with the second', [0, 100, 0, 100, 0, 100, 100], [[100, 4]]],
  ] as const)('%s', (_, ms, expected) => {
    expect(offsets(...ms)).toEqual(expected);
  });

  it('of pairs in any order is the same', () => {
    const ms = [0, 1, 2, 3, 200, 201, 202, 203];
    expect(fitted([...eachSecond(...ms)].reverse())).toEqual(fitted(eachSecond(...ms)));
  });
});

describe('a step', () => {
  it('lies in the middle between the last pair before it and the first behind it', () => {
    expect(fitted(eachSecond(...times(6, 10), ...times(4, 90)))).toMatchObject([
      { from: -Infinity, offset: 10_000, pairs: 6 },
      { from: 5.5 * SECOND, after: 5 * SECOND, before: 6 * SECOND, offset: 90_000, pairs: 4 },
    ]);
  });

  it.each([
    ['needs three pairs on each side', [...times(6, 10), 90, 90], [[10, 6]]],
    [
      'and three are enough',
      [...times(6, 10), ...times(3, 90)],
      [
        [10, 6],
        [90, 3],
      ],
    ],
    [
      'may go back',
      [...times(5, 90), ...times(5, 10)],
      [
        [90, 5],
        [10, 5],
      ],
    ],
    ['is not seen in what is within 30 ms', [...times(5, 10), ...times(5, 40)], [[25, 10]]],
    [
      'is not made of a few wrong pairs in a row that do not agree',
      [...times(20, 10), 90, 150, 220, ...times(20, 10)],
      [[10, 40]],
    ],
    [
      'must explain more than two of the pairs, and more than a tenth of them',
      [...times(27, 10), ...times(3, 90)],
      [[10, 27]],
    ],
    [
      'may follow another',
      [...times(5, 0), ...times(5, 100), ...times(5, 300)],
      [
        [0, 5],
        [100, 5],
        [300, 5],
      ],
    ],
    [
      'near the begin is told by five pairs that are half a second off',
      [...times(5, 510), ...times(95, 10)],
      [
        [510, 5],
        [10, 95],
      ],
    ],
    [
      'and near the end',
      [...times(95, 10), ...times(5, 510)],
      [
        [10, 95],
        [510, 5],
      ],
    ],
    ['not by four', [...times(4, 510), ...times(95, 10)], [[10, 95]]],
    ['nor where they are nearer', [...times(5, 509), ...times(95, 10)], [[10, 95]]],
    ['nor by five in the midst', [...times(50, 10), ...times(5, 510), ...times(45, 10)], [[10, 95]]],
    [
      'although a quarter of those near the begin are wrong',
      [510, 510, 3000, 510, 510, 700, 510, 510, ...times(92, 10)],
      [
        [510, 6],
        [10, 92],
      ],
    ],
    ['not where more are wrong', [510, 510, 3000, 510, 700, 510, 900, 510, ...times(92, 10)], [[10, 92]]],
    [
      'near the begin and near the end',
      [...times(5, 900), ...times(90, 10), ...times(5, 2000)],
      [
        [900, 5],
        [10, 90],
        [2000, 5],
      ],
    ],
  ] as const)('%s', (_, ms, expected) => {
    expect(offsets(...ms)).toEqual(expected);
  });

  it('lies between the pairs that agree, whatever wrong ones stand between them', () => {
    expect(fitted(eachSecond(...times(6, 10), 5000, ...times(4, 90)))?.[1]).toMatchObject({
      after: 5 * SECOND,
      before: 7 * SECOND,
      from: 6 * SECOND,
    });
  });

  it('may be one of a dozen, as of a clock that is set every hour', () => {
    const offset = (step: number) => step * step * 100;
    const steps = Array.from({ length: 13 }, (_, step) => step);
    expect(offsets(...steps.flatMap((step) => times(5, offset(step))))).toEqual(steps.map((step) => [offset(step), 5]));
  });
});

describe('a drift', () => {
  const slope = (differences: readonly Difference[]) => fitted(differences)?.map((one) => one.slope * 1e6);
  const close = (ppm: number) => [expect.closeTo(ppm, 3)];

  it.each([
    ['is found', 20, 3600, 100, 100],
    ['backwards too', 20, 3600, -100, -100],
    ['up to 500 ppm', 20, 3600, 499, 499],
    ['of eight pairs over a minute', 8, 60, 400, 400],
    ['not of seven', 7, 60, 400, 0],
    ['nor of less than a minute', 8, 59, 400, 0],
    ['nor where it moves the clock by less than 20 ms', 20, 3600, 5.5, 0],
    ['where it moves it by more', 20, 3600, 5.6, 5.6],
  ])('%s', (_, count, span, ppm, expected) => {
    expect(slope(drifting(count, span, ppm))).toEqual(close(expected));
  });

  it('is told by the line through its pairs, from the first one on', () => {
    const pairs = drifting(20, 3600, 100).map(({ at, lo, hi }) => ({ at: at + SECOND, lo: lo + 5000, hi: hi + 5000 }));
    expect(fitted(pairs)).toMatchObject([
      { origin: SECOND, offset: expect.closeTo(5000, 3), halfWidth: expect.closeTo(15_000, 3) },
    ]);
  });

  it('is none where the pairs are spread wider than it moves the clock', () => {
    const spread = (ms: number) =>
      drifting(20, 3600, 6).map(({ at, lo }, i) => ({
        at,
        lo: lo + (i % 2) * ms * 1000,
        hi: lo + (i % 2) * ms * 1000,
      }));
    expect(slope(spread(0))).toEqual(close(6));
    expect(slope(spread(25))).toEqual([0]);
  });
});

describe('stamps that are cut', () => {
  const cut = (widthMs: number) =>
    [0, 2, 4, 6].map((ms, i) => ({ at: i * SECOND, lo: ms * 1000, hi: (ms + widthMs) * 1000 }));

  it('by more than 10 ms tell what all of them allow', () => {
    // From 6 to 11 ms, and 5 ms of delays on each side.
    expect(fitted(cut(11))).toMatchObject([{ offset: 8500, halfWidth: 27_500, pairs: 4 }]);
  });

  it('by less tell their middle', () => {
    expect(fitted(cut(10))).toMatchObject([{ offset: 8000, pairs: 4 }]);
  });
});

describe('fits', () => {
  it('has 95 of 100 clocks with offset, drift, one step and 30 % wrong pairs right to 100 ms, and covers 95', () => {
    let right = 0;
    let held = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const random = numbers(seed * 7919);
      const offset = (random() - 0.5) * 172_800 * SECOND;
      const slope = (random() - 0.5) * 400e-6;
      const step = seed % 2 === 0 ? (random() - 0.5) * 60 * SECOND : 0;
      const span = 3600 * SECOND;
      const stepAt = (0.3 + 0.4 * random()) * span;
      const ahead = (t: number): number => offset + slope * t + (t >= stepAt ? step : 0);
      const pairs = Array.from({ length: 60 }, (_, i) => {
        const t = (i / 60) * span;
        const value = ahead(t) + random() * 5000 + (random() < 0.3 ? (random() - 0.5) * 7200 * SECOND : 0);
        return { at: t + ahead(t), lo: value, hi: value };
      });
      const segments = fitDifferences(columnsOf(pairs)) ?? [];
      const errors = [0.1, 0.9].map((share) => {
        const at = share * span + ahead(share * span);
        const segment = segments.findLast(({ from }) => at >= from);
        if (segment === undefined) return { miss: Infinity, width: 0 };
        const found = segment.offset + segment.slope * (at - segment.origin);
        return { miss: Math.abs(found - ahead(share * span)), width: segment.halfWidth };
      });
      if (errors.every(({ miss }) => miss < 100_000)) right++;
      if (errors.every(({ miss, width }) => miss <= width)) held++;
    }
    expect(right).toBeGreaterThanOrEqual(95);
    expect(held).toBeGreaterThanOrEqual(95);
  });
});
