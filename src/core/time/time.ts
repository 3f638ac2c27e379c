import type { EventTime, Micros, TimeBasis } from '../../model/time.ts';
import { wordTable } from '../word-table.ts';
import { civilToMicros, US_PER_SECOND } from './civil.ts';
import { plainEpoch, plainIso } from './plain-stamps.ts';
import type { Stamp } from './stamp.ts';

const US_PER_MINUTE = 60 * US_PER_SECOND;
const MONTHS = wordTable<number>({
  jan: 1,
  feb: 2,
  mar: 3,
  apr: 4,
  may: 5,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  oct: 10,
  nov: 11,
  dec: 12,
});

/** Brands a number of microseconds since the epoch. */
export function micros(value: number): Micros {
  return Math.round(value) as Micros;
}

function fraction(digits: string | undefined): { us: number; stepUs: number } {
  if (digits === undefined || digits === '') return { us: 0, stepUs: US_PER_SECOND };
  const six = digits.length >= 6 ? digits.slice(0, 6) : digits.padEnd(6, '0');
  return { us: Number(six), stepUs: Math.max(1, 10 ** (6 - Math.min(6, digits.length))) };
}

function zoneMinutes(text: string): number | undefined {
  if (text === 'Z' || text === 'z' || text === 'UTC' || text === 'GMT') return 0;
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? '0');
  return match[1] === '-' ? -minutes : minutes;
}

const ISO =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T _](\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,12}))?\s*(Z|z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?$/;

/**
 * ISO 8601 and its usual relatives: `/` for `-`, blank or `_` for `T`, comma for dot, zone with or without colon.
 * `zoneOffsetMin` (minutes east of UTC) is used only when no zone stands in the text.
 */
export function parseIso(text: string, zoneOffsetMin = 0): Stamp | undefined {
  return plainIso(text, zoneOffsetMin) ?? anyIso(text, zoneOffsetMin);
}

/** A time as a person writes it: ISO 8601, also without seconds or as a whole day, which begins at midnight UTC. */
export function parseMoment(text: string): Stamp | undefined {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
  return parseIso(day.replace(/^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(?!:)/, '$1:00'));
}

function anyIso(text: string, zoneOffsetMin: number): Stamp | undefined {
  const m = ISO.exec(text.trim());
  if (m === null) return undefined;
  const month = Number(m[2]);
  const day = Number(m[3]);
  const hour = Number(m[4]);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || Number(m[6]) > 60) return undefined;
  const { us, stepUs } = fraction(m[7]);
  const own = m[8] === undefined ? undefined : zoneMinutes(m[8]);
  const local = civilToMicros(Number(m[1]), month, day, hour, Number(m[5]), Number(m[6]), us);
  return {
    at: (local - (own ?? zoneOffsetMin) * US_PER_MINUTE) as Micros,
    zone: own === undefined ? 'assumed' : 'explicit',
    stepUs,
  };
}

/**
 * An epoch number of any unit, told by magnitude: seconds, ms, us or ns (also as decimal text, 19 digits kept to the microsecond).
 * Returns undefined below 10^8 seconds: that is time since boot, not wall time.
 */
export function parseEpoch(value: string | number): Stamp | undefined {
  const text = typeof value === 'number' ? numberText(value) : value.trim();
  return plainEpoch(text) ?? anyEpoch(text);
}

function anyEpoch(text: string): Stamp | undefined {
  const m = /^(\d{1,20})(?:\.(\d+))?$/.exec(text);
  if (m === null || m[1] === undefined) return undefined;
  const whole = m[1];
  if (whole.length <= 8) return undefined;
  if (whole.length <= 11) {
    const { us, stepUs } = fraction(m[2]);
    return { at: (Number(whole) * US_PER_SECOND + us) as Micros, zone: 'epoch', stepUs };
  }
  if (whole.length <= 14) {
    const part = fraction(m[2]);
    return {
      at: micros(Number(whole) * 1000 + part.us / 1000),
      zone: 'epoch',
      stepUs: Math.max(1, part.stepUs / 1000),
    };
  }
  if (whole.length <= 17) return { at: Number(whole) as Micros, zone: 'epoch', stepUs: 1 };
  return { at: Number(whole.slice(0, -3)) as Micros, zone: 'epoch', stepUs: 1 };
}

/** `parseEpoch` rounded to the nearest microsecond: for stamps that nobody compares with the same clock's cut ones. */
export function nearestEpoch(text: string): Stamp | undefined {
  const stamp = parseEpoch(text);
  const digit = /^(?:\d{9,11}\.\d{6}|\d{16}(?=\d{3}$))(\d)/.exec(text.trim())?.[1] ?? '0';
  return stamp === undefined || digit < '5' ? stamp : { ...stamp, at: (stamp.at + 1) as Micros };
}

function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  return Number.isInteger(value) ? String(BigInt(value)) : withoutFinalZeros(value.toFixed(6));
}

/** Of a number with a point. */
function withoutFinalZeros(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end--;
  return text.slice(0, text.charCodeAt(end - 1) === 46 ? end - 1 : end);
}

/** Stamp of whole seconds as text plus a nanosecond part (protobuf Timestamp, hrTime). */
export function fromSecondsNanos(seconds: string | number, nanos: number): Stamp {
  return { at: (Number(seconds) * US_PER_SECOND + Math.floor(nanos / 1000)) as Micros, zone: 'epoch', stepUs: 1 };
}

const MONTH_DAY = /^([A-Za-z]{3})\s+(\d{1,2})\s+(?:(\d{4})\s+)?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:\s+(\d{4}))?$/;

/** `Mmm dd hh:mm:ss`, the year before or after the time, or missing: then the latest year not after `reference` + 1 day. */
export function parseMonthDay(text: string, reference: Micros, zoneOffsetMin = 0): Stamp | undefined {
  const m = MONTH_DAY.exec(text);
  const month = m === null ? undefined : MONTHS[(m[1] ?? '').toLowerCase()];
  if (m === null || month === undefined) return undefined;
  const { us, stepUs } = fraction(m[7]);
  const stated = m[3] ?? m[8];
  const build = (year: number): Micros =>
    (civilToMicros(year, month, Number(m[2]), Number(m[4]), Number(m[5]), Number(m[6]), us) -
      zoneOffsetMin * US_PER_MINUTE) as Micros;
  if (stated !== undefined) return { at: build(Number(stated)), zone: 'assumed', stepUs };
  const isLeapDay = month === 2 && Number(m[2]) === 29;
  return { at: yearBefore(build, reference, isLeapDay), zone: 'assumed', stepUs, yearAssumed: true };
}

const SLASHED = /^(\d\d)\/(\d\d)(?:\/(\d\d|\d{4}))?-(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/;

/** Snort and Suricata `MM/DD[/YY|/YYYY]-HH:MM:SS.us`, sensor local time. */
export function parseSlashed(text: string, reference: Micros, zoneOffsetMin = 0): Stamp | undefined {
  const m = SLASHED.exec(text);
  if (m === null) return undefined;
  const { us, stepUs } = fraction(m[7]);
  const build = (year: number): Micros =>
    (civilToMicros(year, Number(m[1]), Number(m[2]), Number(m[4]), Number(m[5]), Number(m[6]), us) -
      zoneOffsetMin * US_PER_MINUTE) as Micros;
  if (m[3] === undefined) {
    const isLeapDay = m[1] === '02' && m[2] === '29';
    return { at: yearBefore(build, reference, isLeapDay), zone: 'assumed', stepUs, yearAssumed: true };
  }
  return { at: build(m[3].length === 2 ? 2000 + Number(m[3]) : Number(m[3])), zone: 'assumed', stepUs };
}

function yearBefore(build: (year: number) => Micros, reference: Micros, isLeapDay: boolean): Micros {
  const limit = reference + 86400 * US_PER_SECOND;
  let year = civilYear(reference) + 1;
  while (build(year) > limit || (isLeapDay && !isLeapYear(year))) year--;
  return build(year);
}

/** Half a year: a log that holds a 29 February is of the months around it. */
const AROUND_US = 183 * 86400 * US_PER_SECOND;

/**
 * What `reference` is for a log that holds a 29 February: where the latest one was years before, its other days are of that year too.
 * A file that was copied since has a later date, by which its 1 March would be years after its 29 February.
 */
export function leapReference(reference: Micros): Micros {
  const leapDay = yearBefore((year) => civilToMicros(year, 2, 29, 0, 0, 0), reference, true);
  return Math.min(reference, leapDay + AROUND_US) as Micros;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** The same day and time of an earlier year. */
export function yearsEarlier(at: Micros, years: number): Micros {
  const { year, month, day, secondOfDay } = civilFromMicros(at);
  const us = at - Math.floor(at / US_PER_SECOND) * US_PER_SECOND;
  return civilToMicros(year - years, month, day, 0, 0, secondOfDay, us);
}

/** Civil date of an instant, UTC (Howard Hinnant's civil_from_days). */
function civilFromMicros(at: Micros): { year: number; month: number; day: number; secondOfDay: number } {
  const seconds = Math.floor(at / US_PER_SECOND);
  const days = Math.floor(seconds / 86400);
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const doe = z - era * 146097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: doy - Math.floor((153 * mp + 2) / 5) + 1,
    secondOfDay: seconds - days * 86400,
  };
}

function civilYear(at: Micros): number {
  return civilFromMicros(at).year;
}

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** ISO 8601, UTC, always six decimals: the only form in which times leave the program. */
export function formatIso(at: Micros): string {
  const { year, month, day, secondOfDay } = civilFromMicros(at);
  const us = at - Math.floor(at / US_PER_SECOND) * US_PER_SECOND;
  const hour = Math.floor(secondOfDay / 3600);
  const minute = Math.floor((secondOfDay % 3600) / 60);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(secondOfDay % 60)}.${String(us).padStart(6, '0')}Z`;
}

export interface TimeOptions {
  readonly raw: string;
  readonly basis: TimeBasis;
  /** How long before the stamp the cause may lie, microseconds. Default 0. */
  readonly beforeUs?: number;
  /** How long after the stamp. Default: the stamp's step, because a stamp cut to seconds may be up to a second late. */
  readonly afterUs?: number;
  readonly lo?: Micros | undefined;
  readonly hi?: Micros | undefined;
  readonly observed?: Micros | undefined;
}

/** Builds the time of an event from a stamp and the interval of the format's card. */
export function eventTime(stamp: Stamp, options: TimeOptions): EventTime {
  const after = options.afterUs ?? (stamp.stepUs > 1 ? stamp.stepUs : 0);
  const time: { -readonly [K in keyof EventTime]: EventTime[K] } = {
    at: stamp.at,
    lo: options.lo ?? ((stamp.at - (options.beforeUs ?? 0)) as Micros),
    hi: options.hi ?? ((stamp.at + after) as Micros),
    raw: options.raw,
    basis: options.basis,
    zone: stamp.zone,
    stepUs: stamp.stepUs,
  };
  if (stamp.yearAssumed) time.yearAssumed = true;
  if (options.observed !== undefined) time.observed = options.observed;
  return time;
}

/** Time of a record that carries none: the wrapper's time when there is one, else the epoch with basis `none`. */
export function timeFromObserved(observed: Micros | undefined): EventTime {
  const at = observed ?? (0 as Micros);
  return {
    at,
    lo: at,
    hi: at,
    raw: '',
    basis: observed === undefined ? 'none' : 'receipt',
    zone: observed === undefined ? 'assumed' : 'epoch',
    stepUs: 1,
    ...(observed === undefined ? {} : { observed }),
  };
}

/** The same where a record may carry one. */
export function timeOrObserved(stamp: Stamp | undefined, options: TimeOptions): EventTime {
  return stamp === undefined ? timeFromObserved(options.observed) : eventTime(stamp, options);
}

const DAY_MONTH = /^(\d{1,2})[-/ ]([A-Za-z]{3})[-/ ](\d{4})[ :](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?$/;

/** `dd-Mmm-yyyy hh:mm:ss.mmm` (BIND) and `dd/Mmm/yyyy:hh:mm:ss.mmm` (HAProxy, common log format), local time. */
export function parseDayMonth(text: string, zoneOffsetMin = 0): Stamp | undefined {
  const m = DAY_MONTH.exec(text);
  const month = m === null ? undefined : MONTHS[(m[2] ?? '').toLowerCase()];
  if (m === null || month === undefined) return undefined;
  const { us, stepUs } = fraction(m[7]);
  const local = civilToMicros(Number(m[3]), month, Number(m[1]), Number(m[4]), Number(m[5]), Number(m[6]), us);
  return { at: (local - zoneOffsetMin * US_PER_MINUTE) as Micros, zone: 'assumed', stepUs };
}
