import { describe, expect, it } from 'vitest';
import { reportClock } from '../../src/clocks/clock-report.ts';
import type { Segment } from '../../src/clocks/fit.ts';
import type { Placed } from '../../src/clocks/tree.ts';
import type { ClockReport } from '../../src/model/report.ts';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const QUARTER = 15 * MINUTE;

const segment = (offset: number, rest: Partial<Segment> = {}): Segment => ({
  from: -Infinity,
  origin: 0,
  offset,
  slope: 0,
  halfWidth: 0,
  pairs: 0,
  ...rest,
});
const placed = (segments: readonly Segment[], rest: Partial<Placed> = {}): Placed => ({
  via: 'reference',
  segments,
  halfWidth: 0,
  pairs: 5,
  method: 'tuple',
  ...rest,
});
const REFERENCE = placed([], { via: undefined, method: 'reference' });

function report(place: Placed, { span = [0, MINUTE], others = {} as Record<string, Placed> } = {}): ClockReport {
  const tree = new Map([['reference', REFERENCE], ...Object.entries(others), ['own', place]]);
  return reportClock('own', tree, span as [number, number]);
}

describe('what is told of a clock', () => {
  it('is its offset with the interval around it, and by what it was found', () => {
    expect(report(placed([segment(1500.4)], { halfWidth: 250 }))).toEqual({
      domain: 'own',
      offsetUs: 1500,
      intervalUs: [1250, 1750],
      driftPpm: 0,
      steps: [],
      zone: 'UTC',
      pairs: 5,
      method: 'tuple',
    });
  });

  it.each([
    [0, 'UTC'],
    // Two days are no zone: a wrong date, or the log of another day.
    [-172_800_000_000, 'UTC'],
    [50_400_000_000, 'UTC+14:00 written as UTC'],
    [2 * MINUTE, 'UTC'],
    [QUARTER, 'UTC+00:15 written as UTC'],
    [-QUARTER, 'UTC-00:15 written as UTC'],
    [QUARTER + 2 * MINUTE, 'UTC+00:15 written as UTC'],
    [QUARTER + 2 * MINUTE + 1, 'UTC'],
    [QUARTER - 2 * MINUTE - 1, 'UTC'],
    [22 * QUARTER, 'UTC+05:30 written as UTC'],
    [-32 * QUARTER, 'UTC-08:00 written as UTC'],
  ])('is the zone, where it is off by whole quarter-hours: %i', (offset, zone) => {
    expect(report(placed([segment(offset)])).zone).toBe(zone);
  });

  it('is a drift in tenths of a millionth, from files longer than half a minute', () => {
    const drifting = placed([segment(0, { slope: 12.34e-6 })]);
    expect(report(drifting, { span: [0, 30 * SECOND + 1] }).driftPpm).toBe(12.3);
    expect(report(drifting, { span: [0, 30 * SECOND] }).driftPpm).toBe(0);
  });

  it('are its steps, by what it was ahead just before', () => {
    const steps = [
      segment(100),
      segment(5000, { from: 10 * SECOND, origin: 10 * SECOND, slope: 1e-3 }),
      segment(7000, { from: 20 * SECOND, origin: 20 * SECOND }),
    ];
    expect(report(placed(steps)).steps).toEqual([
      { at: 10 * SECOND, byUs: 4900 },
      { at: 20 * SECOND, byUs: 2000 - 10_000 },
    ]);
  });

  it('are the steps of the neighbour where it has nothing of its own', () => {
    const others = { neighbour: placed([segment(0), segment(900, { from: SECOND })]) };
    expect(report(placed([], { via: 'neighbour' }), { others }).steps).toEqual([{ at: SECOND, byUs: 900 }]);
    expect(report(placed([segment(1)], { via: 'neighbour' }), { others }).steps).toEqual([]);
  });

  it.each([
    ['unconnected', /only right among themselves/],
    ['same host', /the clock of its neighbours/],
    ['most machines', /the time of most machines/],
  ])('is a note where it was found by no pairs: %s', (method, note) => {
    expect(report(placed([segment(0)], { method })).note).toMatch(note);
  });

  it('is that it is unknown, within a second, where it has no place', () => {
    expect(reportClock('own', new Map([['reference', REFERENCE]]), [0, 1])).toEqual({
      domain: 'own',
      offsetUs: 0,
      intervalUs: [-SECOND, SECOND],
      driftPpm: 0,
      steps: [],
      zone: 'UTC',
      pairs: 0,
      method: 'none',
      note: 'fewer than 3 pairs with any other clock: not corrected, windows are wider instead',
    });
  });
});
