import { greatest, least } from '../../core/extremes.ts';
import { push } from '../../core/push.ts';
import type { Micros } from '../../model/time.ts';
import type { Call } from './call.ts';

/** Bounds of the episode: its own, or those of its lease. */
export interface Bounds {
  readonly start: Micros | undefined;
  readonly end: Micros | undefined;
}

/** A writer that stamps every record while it converts a trace needs less than this for an episode; agents need minutes. */
const CONVERSION_US = 1_000_000;
const MIN_CALLS = 3;
/** Calls that are made at once, and a model that then thinks, are no conversion: it takes more of them, or what they slept. */
const MANY_CALLS = 6;
const MIN_EPISODE_US = 60_000_000;
const MIN_SLEPT_US = 10_000_000;

/**
 * Calls without a time of their own (dumps, stamps of a conversion, end-only stamps) ran between their neighbours in the same
 * record: after the end of the last earlier call that has a time, before the start of the next, else inside the episode. They
 * are marked, and their interval is no proof of anything by itself.
 */
export function placeCalls(calls: readonly Call[], bounds: Bounds): readonly Call[] {
  const bySource = new Map<string, Call[]>();
  for (const call of calls) push(bySource, call.ref.source, call);
  return [...bySource.values()].flatMap((own) => {
    const ordered = [...own].sort((a, b) => a.index - b.index);
    return placeInOrder(withoutConversionTimes(ordered, bounds), bounds);
  });
}

function placeInOrder(calls: readonly Call[], bounds: Bounds): readonly Call[] {
  if (calls.every(({ start }) => start !== undefined)) return calls;
  const after: (Micros | undefined)[] = [];
  let last = bounds.start;
  for (const { start, end } of calls) {
    after.push(last);
    last = latest(last, end ?? start);
  }
  let next = bounds.end;
  const placed: Call[] = [];
  for (const [i, call] of [...calls.entries()].reverse()) {
    placed.push(call.start === undefined ? between(call, after[i], call.end ?? next) : call);
    next = call.start ?? next;
  }
  return placed.reverse();
}

/** Neighbours that contradict each other place nothing. */
function between(call: Call, start: Micros | undefined, end: Micros | undefined): Call {
  if (start === undefined || end === undefined || end < start) return call;
  return { ...call, start, end, timing: 'inferred' };
}

function latest(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined ? b : b === undefined || b < a ? a : b;
}

/** Whether so many stamps with so much time between the first and the last may be those of a conversion. */
export function mayBeConverted(count: number, spreadUs: number): boolean {
  return count >= MIN_CALLS && spreadUs <= CONVERSION_US;
}

/** All calls of an episode of minutes stamped within a second: the stamps are those of a conversion, not of the calls. */
function withoutConversionTimes(calls: readonly Call[], bounds: Bounds): readonly Call[] {
  const starts = calls.map(({ start }) => start).filter((start) => start !== undefined);
  const spreadUs = greatest(starts, (start) => start) - least(starts, (start) => start);
  if (!mayBeConverted(starts.length, spreadUs)) return calls;
  const lastedUs = bounds.start === undefined || bounds.end === undefined ? 0 : bounds.end - bounds.start;
  const sleptUs = calls.reduce((sum, { command }) => sum + sleepUs(command), 0);
  const tooFast = (starts.length >= MANY_CALLS && lastedUs >= MIN_EPISODE_US) || sleptUs >= MIN_SLEPT_US;
  if (!tooFast) return calls;
  const rejected = `its stamps are those of a conversion: ${starts.length} calls within ${Math.round(spreadUs / 1000)} ms`;
  return calls.map((call) => ({ ...call, start: undefined, end: undefined, rejected }));
}

/** How long a command sleeps at least, by its own words. */
function sleepUs(command: string | undefined): number {
  const seconds = /(?:^|[;&|]\s*)sleep\s+(\d+(?:\.\d+)?)\s*(?:$|[;&|])/.exec(command ?? '')?.[1];
  return seconds === undefined || /&\s*$/.test(command ?? '') ? 0 : Number(seconds) * 1e6;
}
