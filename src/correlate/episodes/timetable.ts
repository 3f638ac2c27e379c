import type { Call } from './call.ts';

/** When the calls of an episode ran, in their order of time: a million of them fit where as many calls would not. */
export interface Timetable {
  readonly count: number;
  /**
   * Three of each: its start, and the first and the last moment at which it can have started a process. None of them is a number
   * where it did not run, or nobody knows when.
   */
  readonly moments: readonly number[];
  /** Rows of the log, where each call is one record and its times are those of the record. */
  readonly rows: ArrayLike<number> | undefined;
}

export const MOMENTS = 3;

export function timetableOf(
  calls: readonly Pick<Call, 'start' | 'end' | 'earlyUs' | 'lateUs' | 'executed'>[],
  rows: Timetable['rows'],
): Timetable {
  const moments: number[] = [];
  for (const { start, end, earlyUs, lateUs, executed } of calls) {
    if (start === undefined || !executed) moments.push(Number.NaN, Number.NaN, Number.NaN);
    else moments.push(start, start - earlyUs, (end ?? Infinity) + lateUs);
  }
  return { count: calls.length, moments: moments.slice(), rows };
}
