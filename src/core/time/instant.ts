import type { Stamp } from './stamp.ts';
import { micros, parseEpoch, parseIso } from './time.ts';

/** A stamp and how it stood in the record. */
export interface Instant {
  readonly stamp: Stamp;
  readonly raw: string;
}

/** Above this a number must be nanoseconds, and a double no longer holds it exactly. */
const NANOSECONDS = 1e17;

/** An ISO text or an epoch number (seconds, ms, us or ns, also as text). */
export function instantOf(value: unknown, zoneOffsetMin = 0): Instant | undefined {
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || value <= 0) return undefined;
    if (value > NANOSECONDS)
      return { stamp: { at: micros(value / 1000), zone: 'epoch', stepUs: 1 }, raw: String(value) };
    const stamp = parseEpoch(value);
    return stamp === undefined ? undefined : { stamp, raw: String(value) };
  }
  if (typeof value !== 'string' || value === '') return undefined;
  const stamp = /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? parseEpoch(value) : parseIso(value, zoneOffsetMin);
  return stamp === undefined ? undefined : { stamp, raw: value };
}

/** The same stamp moved by a number of microseconds (an end minus a duration). */
export function shifted(instant: Instant, byUs: number): Instant {
  return { stamp: { ...instant.stamp, at: micros(instant.stamp.at + byUs) }, raw: instant.raw };
}
