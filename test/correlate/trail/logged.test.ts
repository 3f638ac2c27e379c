import { describe, expect, it } from 'vitest';
import { Logged } from '../../../src/correlate/trail/logged.ts';
import type { Micros } from '../../../src/model/time.ts';

/** A record each second, but where there are none. */
function logOf(...gaps: readonly (readonly [from: number, to: number])[]): Logged {
  const logged = new Logged(0 as Micros);
  for (let at = 0; at <= 100; at++)
    if (!gaps.some(([from, to]) => at > from && at < to)) logged.add(at as Micros, at as Micros);
  return logged;
}

describe('a log of translations', () => {
  it.each<[string, Logged, number, boolean]>([
    ['holds what was while it went on', logOf(), 50, true],
    ['does not hold what was in a gap', logOf([40, 60]), 50, false],
    ['holds what was beside it', logOf([40, 60]), 61, true],
    ['does not hold what was in the first of two like gaps', logOf([20, 35], [60, 75]), 30, false],
    ['nor in the second', logOf([20, 35], [60, 75]), 70, false],
    ['holds what was between them', logOf([20, 35], [60, 75]), 50, true],
    ['does not hold what was in the shortest of four gaps', logOf([10, 16], [20, 35], [50, 60], [70, 90]), 13, false],
    ['holds what was in a pause that is not far longer than the next', logOf([40, 43], [60, 62]), 41, true],
    ['pauses often', logOf([10, 20], [30, 40], [50, 60], [70, 80], [85, 95]), 15, true],
    ['does not hold what was before', logOf(), -1, false],
  ])('%s', (_, logged, at, covers) => {
    expect(logged.covers(at as Micros, 0)).toBe(covers);
  });

  it.each<[string, Logged, number, number | undefined]>([
    ['at the next gap', logOf([20, 35], [60, 75]), 10, 20],
    ['at once in a gap', logOf([20, 35], [60, 75]), 25, 25],
    ['at the second behind the first', logOf([20, 35], [60, 75]), 40, 60],
    ['not again behind the last', logOf([20, 35], [60, 75]), 80, undefined],
    ['never without a gap', logOf(), 10, undefined],
  ])('falls silent %s', (_, logged, at, expected) => {
    expect(logged.silentAfter(at as Micros)).toBe(expected);
  });
});
