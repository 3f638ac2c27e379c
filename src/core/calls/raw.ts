import type { EventTime, Micros } from '../../model/time.ts';
import { formatIso } from '../time/time.ts';

/** Of a raw stamp that does not follow from the time. */
export const OTHER_RAW = 0xffff;

/** Of the time in ISO 8601. Less is the last three digits of the time in nanoseconds. */
const ISO_MICROS = 1000;
const ISO_MILLIS = 1001;

/** Digits of an epoch in microseconds, between 2001 and 2286. */
const MICROS_DIGITS = 16;
const NANOS_DIGITS = MICROS_DIGITS + 3;

/** By which number the raw stamp follows from the time: a text of its own for each of a million calls is most of what they take. */
export function rawNumberOf({ raw, at }: EventTime): number {
  if (raw.length === NANOS_DIGITS) return nanosOf(raw, at);
  const last = raw.charCodeAt(raw.length - 1);
  if (last !== ZULU) return OTHER_RAW;
  if (raw.length === isoMicrosLength && raw === formatIso(at)) return ISO_MICROS;
  return raw.length === isoMillisLength && raw === isoMillis(at) ? ISO_MILLIS : OTHER_RAW;
}

/** The raw stamp of a number; undefined where it does not follow from the time. */
export function rawOfNumber(number: number, at: Micros): string | undefined {
  if (number === OTHER_RAW) return undefined;
  if (number === ISO_MICROS) return formatIso(at);
  return number === ISO_MILLIS ? isoMillis(at) : `${at}${String(number).padStart(3, '0')}`;
}

const ZULU = 90;
const isoMicrosLength = 27;
const isoMillisLength = 24;

/** What is less than a millisecond is left out: of a stamp that has more, the text is another one. */
function isoMillis(at: Micros): string {
  return `${formatIso(at).slice(0, isoMillisLength - 1)}Z`;
}

function nanosOf(raw: string, at: Micros): number {
  let micros = 0;
  let nanos = 0;
  for (let i = 0; i < NANOS_DIGITS; i++) {
    const digit = raw.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return OTHER_RAW;
    if (i < MICROS_DIGITS) micros = micros * 10 + digit;
    else nanos = nanos * 10 + digit;
  }
  return micros === at && at >= 1e15 && at <= Number.MAX_SAFE_INTEGER ? nanos : OTHER_RAW;
}
