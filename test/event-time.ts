import type { EventTime, Micros, TimeBasis } from '../src/model/time.ts';

/** The time of a record that states its moment to the microsecond. */
export function timeOf(at: Micros, basis: TimeBasis = 'event'): EventTime {
  return { at, lo: at, hi: at, raw: '', basis, zone: 'epoch', stepUs: 1 };
}
