import { wordTable } from '../core/word-table.ts';
import type { ClockReport } from '../model/report.ts';
import type { Micros } from '../model/time.ts';
import { offsetAt } from './fit.ts';
import { driftOf, type Placed, toReference } from './tree.ts';

/** Without any pair a clock may be off by this much before windows miss: NTP-kept hosts are within it, others are told apart by the note. */
export const UNKNOWN_ERROR_US = 1_000_000;
const QUARTER_US = 900_000_000;
/** No place on earth is farther from UTC: more is a wrong date, not a zone. */
const FARTHEST_QUARTERS = 14 * 4;
/** A shorter file says nothing of drift. */
const MIN_DRIFT_SPAN_US = 30_000_000;
const NOTES = wordTable<string>({
  unconnected: 'no pairs with the reference clock: times of this group are only right among themselves',
  'same host': 'no pairs of its own: the clock of its neighbours',
  'year of the other files': 'no pairs of its own; its stamps name no year: taken for that of the other files',
  'most machines': 'no pairs of its own: taken to keep the time of most machines',
});

/** What is known of one domain's clock, for people. `span`: its first and last stamp, its own time. */
export function reportClock(
  domain: string,
  tree: ReadonlyMap<string, Placed>,
  [first, last]: readonly [number, number],
): ClockReport {
  const place = tree.get(domain);
  if (place === undefined) {
    return {
      domain,
      offsetUs: 0,
      intervalUs: [-UNKNOWN_ERROR_US, UNKNOWN_ERROR_US],
      driftPpm: 0,
      steps: [],
      zone: 'UTC',
      pairs: 0,
      method: 'none',
      note: 'fewer than 3 pairs with any other clock: not corrected, windows are wider instead',
    };
  }
  const offset = first - toReference(tree, domain, first);
  const drift = last - first > MIN_DRIFT_SPAN_US ? driftOf(tree, domain, first) * 1e6 : 0;
  const note = NOTES[place.method];
  return {
    domain,
    offsetUs: Math.round(offset),
    intervalUs: [Math.round(offset - place.halfWidth), Math.round(offset + place.halfWidth)],
    driftPpm: Math.round(drift * 10) / 10,
    steps: stepsOf(place, tree),
    zone: zoneOf(offset),
    pairs: place.pairs,
    method: place.method,
    ...(note === undefined ? {} : { note }),
  };
}

/** Steps on the whole way to the reference, at readings of the domain's own clock, up to its neighbours' corrections. */
function stepsOf(place: Placed, tree: ReadonlyMap<string, Placed>): ClockReport['steps'] {
  const own = place.segments.slice(1).map((segment, i) => {
    const before = place.segments[i] ?? segment;
    const at = segment.from;
    return { at: Math.round(at) as Micros, byUs: Math.round(offsetAt(segment, at) - offsetAt(before, at)) };
  });
  const next = place.via === undefined ? undefined : tree.get(place.via);
  return own.length > 0 || next === undefined || place.segments.length > 0 ? own : stepsOf(next, tree);
}

/** Whole quarter-hours are a zone error, the rest is skew. */
function zoneOf(offset: number): string {
  const quarters = Math.round(offset / QUARTER_US);
  if (
    quarters === 0 ||
    Math.abs(quarters) > FARTHEST_QUARTERS ||
    Math.abs(offset - quarters * QUARTER_US) > 120_000_000
  )
    return 'UTC';
  const minutes = Math.abs(quarters) * 15;
  return `UTC${quarters > 0 ? '+' : '-'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')} written as UTC`;
}
