import { formatIso, yearsEarlier } from '../core/time/time.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Micros } from '../model/time.ts';
import { UNKNOWN_ERROR_US } from './clock-report.ts';
import { type Placed, type Tree, toReference } from './tree.ts';

interface Years {
  /** Domains no stamp of which states its year. */
  readonly yearless: ReadonlySet<string>;
  /** First and last stamp of each domain, its own time. */
  readonly spans: ReadonlyMap<string, readonly [number, number]>;
}

const DAY_US = 86_400_000_000;
/** A log is seldom looked into so many years later. */
const MOST_YEARS = 20;
const METHOD = 'year of the other files';

/**
 * Stamps without a year are read as of the year in which their file was last changed, which is too late where the file was copied since.
 * Where they then lie behind all that states a year, and the same day of an earlier year is one of those, they are of that year.
 */
export function placeYears(tree: Tree, { yearless, spans }: Years): void {
  const stated = [...spans].filter(([domain]) => !yearless.has(domain)).map(([, span]) => span);
  if (stated.length === 0) return;
  const late = new Map<string, readonly Late[]>();
  for (const domain of yearless) {
    const span = spans.get(domain);
    const via = tree.get(domain)?.via;
    if (span === undefined || (via !== undefined && yearless.has(via))) continue;
    const read = [toReference(tree, domain, span[0]), toReference(tree, domain, span[1])] as const;
    const years = yearsLate(read, stated);
    if (years > 0) late.set(domain, latenessOf(read, years, span[0] - read[0]));
  }
  const before = [...tree.keys()].filter((domain) => !yearless.has(domain)).map((domain) => read(domain));
  for (const [domain, parts] of late) tree.set(domain, setBack(tree.get(domain), parts));
  // Those that state their year keep it, also where they follow one that does not.
  for (const { domain, at, reference } of before) {
    const place = tree.get(domain);
    const back = reference - read(domain).reference;
    if (place !== undefined && back > DAY_US && Math.abs(at - reference) <= DAY_US)
      tree.set(domain, { ...place, segments: moved(place, [{ from: -Infinity, us: -back }]) });
  }

  function read(domain: string): { readonly domain: string; readonly at: number; readonly reference: number } {
    const [at = 0] = spans.get(domain) ?? [];
    return { domain, at, reference: toReference(tree, domain, at) };
  }
}

/** Longer than from any day to the one before it of the next year. */
const YEAR_US = 366 * DAY_US;

/** Clocks whose stamps, none of which names its year, lie more than a year apart: one of the years that were assumed is wrong, or files are missing. */
export function yearsApart({ yearless, spans }: Years): readonly Diagnostic[] {
  return [...yearless].sort().flatMap((domain) => {
    const [from, to] = spans.get(domain) ?? [0, 0];
    if (to - from <= YEAR_US) return [];
    const day = (at: number): string => formatIso(at as Micros).slice(0, 10);
    const message = `${domain}: stamps that name no year were read as of ${day(from)} to ${day(to)}, by the dates of their files; if it was one night, --year YEAR states its year`;
    return [{ severity: 'warning', code: 'years-apart', message }];
  });
}

/** By how much stamps are late from one of them on, own time, microseconds. */
interface Late {
  readonly from: number;
  readonly us: number;
}

/** Years by which a span is late; 0 where it is none. */
function yearsLate([from, to]: readonly [number, number], stated: readonly (readonly [number, number])[]): number {
  if (stated.some(([, end]) => from <= end + DAY_US)) return 0;
  for (let years = 1; years <= MOST_YEARS; years++) {
    const back = (at: number): number => yearsEarlier(at as Micros, years);
    if (stated.some(([start, end]) => back(from) <= end && back(to) >= start)) return years;
  }
  return 0;
}

/** Years with a 29 February are a day longer: a log that goes on past it is later by another number of days behind it. */
function latenessOf([from, to]: readonly [number, number], years: number, ahead: number): readonly Late[] {
  const late = (at: number): number => at - yearsEarlier(at as Micros, years);
  const before = { from: -Infinity, us: late(from) };
  if (late(to) === before.us) return [before];
  const march = marchOf(to) <= to ? marchOf(to) : marchOf(from);
  return [before, { from: march + ahead, us: late(to) }];
}

/** The first moment of March in the year of a moment. */
function marchOf(at: number): number {
  return Date.UTC(new Date(at / 1000).getUTCFullYear(), 2, 1) * 1000;
}

function moved({ segments }: Pick<Placed, 'segments'>, parts: readonly Late[]): Placed['segments'] {
  const still = { from: -Infinity, origin: 0, offset: 0, slope: 0, halfWidth: 0, pairs: 0 };
  const all = segments.length > 0 ? segments : [still];
  return parts.flatMap(({ from, us }, i) => {
    const until = parts[i + 1]?.from ?? Infinity;
    return all.flatMap((segment, k) => {
      const start = Math.max(k === 0 ? -Infinity : segment.from, from);
      const end = Math.min(all[k + 1]?.from ?? Infinity, until);
      return start < end ? [{ ...segment, from: start, offset: segment.offset + us }] : [];
    });
  });
}

function setBack(place: Placed | undefined, parts: readonly Late[]): Placed {
  const segments = moved(place ?? { segments: [] }, parts);
  if (place === undefined) return { via: undefined, segments, halfWidth: UNKNOWN_ERROR_US, pairs: 0, method: METHOD };
  return { ...place, segments, method: `${place.method}, ${METHOD}` };
}
