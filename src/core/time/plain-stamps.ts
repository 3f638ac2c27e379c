import type { Micros } from '../../model/time.ts';
import { civilToMicros, US_PER_SECOND } from './civil.ts';
import type { Stamp } from './stamp.ts';

const US_PER_MINUTE = 60 * US_PER_SECOND;
const POWERS = [1, 10, 100, 1000, 10_000, 100_000, US_PER_SECOND];

/**
 * `YYYY-MM-DDThh:mm:ss[.f]` and nothing, `Z`, `+hhmm` or `+hh:mm` behind it, as most programs write it, digit by digit: every tool call of
 * a night has two.
 */
export function plainIso(text: string, zoneOffsetMin: number): Stamp | undefined {
  const { length } = text;
  if (length < 19 || length > 36 || !isOneOf(text.charCodeAt(10), 84, 32)) return undefined;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return undefined;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
  const end = endOfFraction(text);
  const zone = plainZone(text, end);
  if (zone === undefined) return undefined;
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const second = twoDigits(text, 17);
  const places = Math.min(6, Math.max(0, end - 20));
  const stepUs = POWERS[6 - places] ?? 1;
  const us = digits(text, 20, 20 + places) * stepUs;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const local = civilToMicros(year, month, day, hour, twoDigits(text, 14), second, us);
  if (Number.isNaN(local)) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || second > 60) return undefined;
  const minutes = zone === NO_ZONE ? zoneOffsetMin : zone;
  const at = (local - minutes * US_PER_MINUTE) as Micros;
  return { at, zone: zone === NO_ZONE ? 'assumed' : 'explicit', stepUs };
}

function isOneOf(sign: number, one: number, other: number): boolean {
  return sign === one || sign === other;
}

/** Behind the digits of a second's fraction; behind the second where there is none, or one of more than 12 digits. */
function endOfFraction(text: string): number {
  if (!isOneOf(text.charCodeAt(19), 46, 44)) return 19;
  let end = 20;
  for (let sign = text.charCodeAt(end); sign >= 48 && sign <= 57; sign = text.charCodeAt(end)) end++;
  return end === 20 || end > 32 ? 19 : end;
}

const NO_ZONE = Number.POSITIVE_INFINITY;

/** Minutes of the zone that stands from a place to the end; undefined where something else does. */
function plainZone(text: string, from: number): number | undefined {
  const sign = text.charCodeAt(from);
  if (from === text.length) return NO_ZONE;
  if (sign === 90) return from === text.length - 1 ? 0 : undefined;
  const colon = text.charCodeAt(from + 3) === 58 ? 1 : 0;
  if (from !== text.length - 5 - colon || !isOneOf(sign, 43, 45)) return undefined;
  const minutes = twoDigits(text, from + 1) * 60 + twoDigits(text, from + 3 + colon);
  if (Number.isNaN(minutes)) return undefined;
  return sign === 45 ? -minutes : minutes;
}

/** NaN where they are no digits. */
function twoDigits(text: string, at: number): number {
  const high = text.charCodeAt(at) - 48;
  const low = text.charCodeAt(at + 1) - 48;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
}

/** The number in a part of a text; NaN where a character is no digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Bytes of `YYYY-MM-DDThh:mm:ss+hh:mm`. */
export const ISO_SECOND_BYTES = 25;

/** The same of such a stamp among other bytes; undefined for any other, and for one that is out of the usual. */
export function isoSecondAt(bytes: Uint8Array, at: number): Micros | undefined {
  if (bytes[at + 4] !== 45 || bytes[at + 7] !== 45 || bytes[at + 10] !== 84) return undefined;
  if (bytes[at + 13] !== 58 || bytes[at + 16] !== 58 || bytes[at + 22] !== 58) return undefined;
  const sign = bytes[at + 19] ?? 0;
  if (!isOneOf(sign, 43, 45)) return undefined;
  const month = twoBytes(bytes, at + 5);
  const day = twoBytes(bytes, at + 8);
  const hour = twoBytes(bytes, at + 11);
  const minute = twoBytes(bytes, at + 14);
  const second = twoBytes(bytes, at + 17);
  const isUsual = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 59;
  if (!isUsual) return undefined;
  const year = twoBytes(bytes, at) * 100 + twoBytes(bytes, at + 2);
  const minutes = twoBytes(bytes, at + 20) * 60 + twoBytes(bytes, at + 23);
  const us =
    civilToMicros(year, month, day, hour, minute, second, 0) - (sign === 45 ? -minutes : minutes) * US_PER_MINUTE;
  return Number.isNaN(us) ? undefined : (us as Micros);
}

/** NaN where they are no digits. */
function twoBytes(bytes: Uint8Array, at: number): number {
  const high = (bytes[at] ?? 0) - 48;
  const low = (bytes[at + 1] ?? 0) - 48;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
}

/** Ten digits, a dot and up to six more, as kernels write it. */
export function plainEpoch(text: string): Stamp | undefined {
  const { length } = text;
  if (length < 12 || length > 17 || text.charCodeAt(10) !== 46) return undefined;
  const stepUs = POWERS[17 - length] ?? 1;
  const at = digits(text, 0, 10) * US_PER_SECOND + digits(text, 11, length) * stepUs;
  return Number.isNaN(at) ? undefined : { at: at as Micros, zone: 'epoch', stepUs };
}
