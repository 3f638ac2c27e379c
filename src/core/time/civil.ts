import type { Micros } from '../../model/time.ts';

export const US_PER_SECOND = 1_000_000;

let lastDate = -1;
let lastDays = 0;

/** Days since the epoch of a civil date. A log has few dates: the last one is remembered. */
function daysFromCivil(year: number, month: number, day: number): number {
  const date = year * 10_000 + month * 100 + day;
  if (date !== lastDate) {
    lastDays = daysOf(year, month, day);
    lastDate = date;
  }
  return lastDays;
}

/** Howard Hinnant's days_from_civil. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy;
  return era * 146097 + doe - 719468;
}

/** Microseconds since the epoch of a moment in UTC. */
export function civilToMicros(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fractionUs = 0,
): Micros {
  return ((daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * US_PER_SECOND +
    fractionUs) as Micros;
}
