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
  const late = new Map<string, number>();
  for (const domain of yearless) {
    const span = spans.get(domain);
    const via = tree.get(domain)?.via;
    if (span === undefined || (via !== undefined && yearless.has(via))) continue;
    const us = yearsLate([toReference(tree, domain, span[0]), toReference(tree, domain, span[1])], stated);
    if (us > 0) late.set(domain, us);
  }
  const before = [...tree.keys()].filter((domain) => !yearless.has(domain)).map((domain) => read(domain));
  for (const [domain, us] of late) tree.set(domain, setBack(tree.get(domain), us));
  // Those that state their year keep it, also where they follow one that does not.
  for (const { domain, at, reference } of before) {
    const place = tree.get(domain);
    const back = reference - read(domain).reference;
    if (place !== undefined && back > DAY_US && Math.abs(at - reference) <= DAY_US)
      tree.set(domain, { ...place, segments: moved(place, -back) });
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

/** Microseconds by which a span is some years late; 0 where it is none. */
function yearsLate([from, to]: readonly [number, number], stated: readonly (readonly [number, number])[]): number {
  if (stated.some(([, end]) => from <= end + DAY_US)) return 0;
  for (let years = 1; years <= MOST_YEARS; years++) {
    const us = from - yearsEarlier(from as Micros, years);
    if (stated.some(([start, end]) => from - us <= end && to - us >= start)) return us;
  }
  return 0;
}

function moved({ segments }: Pick<Placed, 'segments'>, us: number): Placed['segments'] {
  if (segments.length > 0) return segments.map((segment) => ({ ...segment, offset: segment.offset + us }));
  return [{ from: -Infinity, origin: 0, offset: us, slope: 0, halfWidth: 0, pairs: 0 }];
}

function setBack(place: Placed | undefined, us: number): Placed {
  const segments = moved(place ?? { segments: [] }, us);
  if (place === undefined) return { via: undefined, segments, halfWidth: UNKNOWN_ERROR_US, pairs: 0, method: METHOD };
  return { ...place, segments, method: `${place.method}, ${METHOD}` };
}
