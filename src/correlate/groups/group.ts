import { least } from '../../core/extremes.ts';
import { compareInLogs } from '../../core/lines/rotated.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import type { Finding, Repeats, ViolatingEvent } from '../../model/violation.ts';

/** Coarser stamps than this only place a packet roughly. */
export const PRECISE_US = 10_000;

/** A record that broke a rule. */
export interface Flagged {
  readonly timed: Timed<ViolatingEvent>;
  readonly finding: Finding;
  /** Set where the record stands for many of its kind. */
  readonly repeats?: Repeats;
}

/** All records of one packet, attempt, query or request. */
export interface Group {
  readonly members: readonly Flagged[];
  /** Records without a finding of their own that show the same packet (a DNS server's line, a proxy's line). */
  readonly context: readonly Timed<ViolatingEvent>[];
  /** When another connection of the same 5-tuple was still asked for before this one: the port was taken again. */
  readonly notBefore?: Micros;
}

/** Most violations are one record and no more. */
export const NO_OTHERS: readonly never[] = [];

/** What the first of a group's records gives that gives anything. */
export function firstOf<T>(
  { members, context }: Group,
  give: (timed: Timed<ViolatingEvent>) => T | undefined,
): T | undefined {
  for (const { timed } of members) {
    const given = give(timed);
    if (given !== undefined) return given;
  }
  for (const timed of context) {
    const given = give(timed);
    if (given !== undefined) return given;
  }
  return undefined;
}

interface Anchor {
  readonly at: Micros;
  readonly errorUs: number;
  readonly windowUs: number;
  /** The part of `errorUs` that is the stamp's own: half of what it is rounded to. */
  readonly coarseUs: number;
}

/**
 * When the packet was seen, as well as its loggers tell: the median of the precise stamps of its first sighting. Where only
 * aggregates saw it, it may have been up to `windowUs` later.
 */
export function anchorOf(group: Group): Anchor {
  const { members } = group;
  const [only] = members;
  if (only !== undefined && members.length === 1) return anchorIn(only.timed, only.timed.event.time.basis === 'window');
  const isPrecise = members.some(({ timed }) => timed.event.time.stepUs <= PRECISE_US);
  const pool: Timed<ViolatingEvent>[] = [];
  for (const { timed } of members) if (!isPrecise || timed.event.time.stepUs <= PRECISE_US) pool.push(timed);
  const earliest = least(pool, (timed) => timed.at);
  const first = pool.filter((timed) => timed.at - earliest < 900_000);
  if (first.length > 1) first.sort((a, b) => a.at - b.at || compareInLogs(a, b));
  const middle = first[first.length >> 1] as Timed<ViolatingEvent>;
  return anchorIn(
    middle,
    members.every(({ timed }) => timed.event.time.basis === 'window'),
  );
}

/** A coarse stamp stands for its middle. */
function anchorIn({ event, at, hi, errorUs }: Timed<ViolatingEvent>, isWindow: boolean): Anchor {
  const { stepUs } = event.time;
  const half = stepUs <= PRECISE_US ? 0 : Math.floor(stepUs / 2);
  const windowUs = isWindow ? Math.max(0, hi - at) : 0;
  return { at: (at + half) as Micros, errorUs: errorUs + half, windowUs, coarseUs: half };
}
