import { greatest, least } from '../core/extremes.ts';
import { median } from '../core/median.ts';
import type { Chance } from '../model/report.ts';

/** One incident's first violation and the sandbox it is laid on; microseconds. */
export interface Moment {
  readonly at: number;
  readonly lane: string;
}

/** A tool call of a lane (sandbox). */
export interface Span {
  readonly lane: string;
  readonly start: number;
  readonly end: number;
}

const SHIFTS = 199;
/** Shifts this close to the training step's period would lay periodic calls on top of each other again. */
const PERIOD_GUARD = 0.1;

/**
 * How much of what was seen chance explains. `observed`: incidents that begin inside a call of their own sandbox. `p`: shift test,
 * the share of circular shifts of all incidents that do as well ((1 + hits) / (1 + shifts), Phipson and Smyth 2010). `expected`:
 * sibling test, the incidents that would begin inside a call of another sandbox live at that moment. Undefined without incidents
 * or calls. One moment per incident, because the violations of a burst are not independent.
 */
export function chanceOf(moments: readonly Moment[], spans: readonly Span[]): Chance | undefined {
  const from = least(spans, (span) => span.start);
  const to = greatest(spans, (span) => span.end);
  const lanes = lanesOf(spans);
  const inside = moments.flatMap(({ at, lane: name }) => {
    const lane = lanes.get(name);
    return lane === undefined || at < from || at > to ? [] : [{ at, lane }];
  });
  const length = to - from;
  if (inside.length === 0 || !(length > 0)) return undefined;
  const observed = inside.filter(({ at, lane }) => isInside(lane, at)).length;
  const forbidden = forbiddenShifts(spans, lanes);
  let asMany = 0;
  let shifts = 0;
  for (let k = 1; k <= SHIFTS; k++) {
    const shift = (length * k) / (SHIFTS + 1);
    if (forbidden(shift, length)) continue;
    shifts++;
    if (countInside(inside, shift, from, length) >= observed) asMany++;
  }
  if (shifts === 0) return undefined;
  const all = [...lanes.values()];
  const expected = inside.reduce((sum, moment) => sum + siblingShare(moment, all), 0);
  return { expected: round(expected), observed, p: round((1 + asMany) / (1 + shifts)) };
}

function round(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}

/** The calls of a sandbox. */
interface Lane {
  /** In the order in which they began. */
  readonly spans: readonly Span[];
  /** When it ran one or several: these do not overlap. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

function lanesOf(spans: readonly Span[]): ReadonlyMap<string, Lane> {
  const byLane = new Map<string, Span[]>();
  for (const span of spans) {
    const list = byLane.get(span.lane);
    if (list === undefined) byLane.set(span.lane, [span]);
    else list.push(span);
  }
  return new Map([...byLane].map(([name, list]) => [name, laneOf(list.sort((a, b) => a.start - b.start))]));
}

function laneOf(spans: readonly Span[]): Lane {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { start, end } of spans) {
    const last = ends.at(-1);
    if (last !== undefined && start <= last) ends[ends.length - 1] = Math.max(last, end);
    else if (start <= end) {
      starts.push(start);
      ends.push(end);
    }
  }
  return { spans, starts, ends };
}

/** A moment and the calls of its own sandbox. */
interface Placed {
  readonly at: number;
  readonly lane: Lane;
}

function countInside(moments: readonly Placed[], shift: number, from: number, length: number): number {
  let count = 0;
  for (const { at, lane } of moments) if (isInside(lane, from + ((at - from + shift) % length))) count++;
  return count;
}

function isInside(lane: Lane, at: number): boolean {
  let low = 0;
  let high = lane.starts.length;
  // The last one that had begun by then is the one before `low`.
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lane.starts[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at <= (lane.ends[low - 1] ?? -Infinity);
}

/** Of the other sandboxes whose calls surround the moment, the share that ran one just then. */
function siblingShare({ at, lane }: Placed, lanes: readonly Lane[]): number {
  let [live, running] = [0, 0];
  for (const sibling of lanes) {
    const { spans } = sibling;
    if (sibling === lane || (spans[0]?.start ?? Infinity) > at || (spans.at(-1)?.end ?? -Infinity) < at) continue;
    live++;
    if (isInside(sibling, at)) running++;
  }
  return live === 0 ? 0 : running / live;
}

/** No shift shorter than the median call (much would stay where it is), none near the period at which calls of a lane begin. */
function forbiddenShifts(
  spans: readonly Span[],
  lanes: ReadonlyMap<string, Lane>,
): (shift: number, length: number) => boolean {
  const usual = median(spans.map((span) => span.end - span.start));
  const gaps: number[] = [];
  for (const { spans: list } of lanes.values())
    for (let i = 1; i < list.length; i++) gaps.push((list[i]?.start ?? 0) - (list[i - 1]?.start ?? 0));
  const period = median(gaps);
  return (shift, length) => {
    const back = length - shift;
    if (Math.min(shift, back) < usual) return true;
    return period > 0 && [shift, back].some((distance) => Math.abs(distance - period) < PERIOD_GUARD * period);
  };
}
