import { greatest, least } from '../core/extremes.ts';
import { push } from '../core/push.ts';
import { fitDifferences, type Segment } from './fit.ts';

/** Something that happened in [lo, hi] of a clock: a host reached a far end, or a call that names it ran. */
export interface Reaching {
  readonly key: string;
  readonly lo: number;
  readonly hi: number;
}

/** By how much the one clock is ahead of the other, and by how many of its sightings. */
export interface Echo {
  readonly segments: readonly Segment[];
  readonly halfWidth: number;
  readonly pairs: number;
}

/** A clock that drifts moves the differences apart, but by less than this. */
const SLACK_US = 500_000;
/** A far end that is reached so often tells no moment. */
const MOST_OF_A_KEY = 400;
const MOST_DIFFERENCES = 400_000;
/** Fewer agree by chance. */
const LEAST_AGREEING = 6;
/** Offsets of a clock that steps; what is left agrees by chance. */
const MOST_OFFSETS = 3;
/** Each offset must be held by so many times as many as agree by chance. */
const CLEAR = 2;
/** Of what may agree at all, so many must with some offset. */
const LEAST_SHARE = 0.5;
/** Offsets so near are the same one, as late as some packets are. */
const NEAR_US = 2_000_000;
/** Sums of the same weights in another order differ by less. */
const EQUAL = 1e-6;
/** Beside the differences themselves: a firewall sees the packet, the host the call that sends it. */
const LATE_US = 20_000;

/**
 * The offset of a clock whose records have nothing in common with those of others but where packets went: the one at which most of what
 * the others saw has its echo there. Undefined unless others are clearly held by fewer, as they are not where it is all chance.
 */
export function findEcho(own: readonly Reaching[], others: readonly Reaching[]): Echo | undefined {
  const differences = differencesOf(firstSent(own), others);
  if (differences === undefined) return undefined;
  const offsets = offsetsOf(differences);
  if (offsets === undefined) return undefined;
  const pairs = nearestOf(differences, offsets);
  const columns = {
    at: Float64Array.from(pairs, ({ at }) => at),
    lo: Float64Array.from(pairs, ({ lo }) => lo),
    hi: Float64Array.from(pairs, ({ hi }) => hi),
  };
  // Echoes of one offset are late each in its own way, which is no step.
  const segments = fitDifferences(columns, offsets.length - 1);
  if (segments === undefined) return undefined;
  const agreeing = segments.reduce((sum, segment) => sum + segment.pairs, 0);
  if (agreeing < LEAST_AGREEING || agreeing < pairs.length * LEAST_SHARE) return undefined;
  return {
    segments,
    pairs: agreeing,
    halfWidth: Math.max(...segments.map(({ halfWidth }) => halfWidth)) + LATE_US,
  };
}

/** One sighting of another clock, and by how much each that may be its echo is ahead of it. */
interface Differences {
  readonly at: Float64Array;
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

function differencesOf(own: readonly Reaching[], others: readonly Reaching[]): Differences[] | undefined {
  const byKey = new Map<string, Reaching[]>();
  for (const one of own) push(byKey, one.key, one);
  const out: Differences[] = [];
  let count = 0;
  for (const other of others) {
    const echoes = byKey.get(other.key) ?? [];
    if (echoes.length === 0 || echoes.length > MOST_OF_A_KEY) continue;
    count += echoes.length;
    if (count > MOST_DIFFERENCES) break;
    out.push({
      at: Float64Array.from(echoes, ({ lo }) => lo),
      lo: Float64Array.from(echoes, ({ lo }) => lo - other.hi),
      hi: Float64Array.from(echoes, ({ hi }) => hi - other.lo),
    });
  }
  return out.length < LEAST_AGREEING ? undefined : out;
}

/** TCP sends an opening packet again after 1 s, then after twice as long each time (RFC 6298, 2.1 and 5.5); hosts are late by some milliseconds. */
const AGAIN_US = [1, 3, 7, 15, 31, 63].map((s) => s * 1_000_000);
const AGAIN_LATE_US = 300_000;

/** Without what may only have been sent again. */
function firstSent(own: readonly Reaching[]): readonly Reaching[] {
  const byKey = new Map<string, Reaching[]>();
  for (const one of own) push(byKey, one.key, one);
  return [...byKey.values()].flatMap((list) => {
    const first: Reaching[] = [];
    for (const one of list.sort((a, b) => a.lo - b.lo))
      if (!first.some((before) => isAgain(before, one))) first.push(one);
    return first;
  });
}

function isAgain(before: Reaching, { lo, hi }: Reaching): boolean {
  return AGAIN_US.some((us) => hi - before.lo >= us - AGAIN_LATE_US && lo - before.hi <= us + AGAIN_LATE_US);
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The offsets at which one sighting has an echo, apart from each other, and how much it tells that it has one. */
interface Vote {
  readonly stretches: readonly Stretch[];
  readonly weight: number;
}

interface Held extends Stretch {
  readonly weight: number;
  readonly count: number;
}

/** The offsets at which most sightings have an echo, those before a step and behind it; undefined where chance does nearly as well. */
function offsetsOf(differences: readonly Differences[]): readonly Stretch[] | undefined {
  let left = votesOf(differences);
  const found: Held[] = [];
  let clear = 0;
  for (;;) {
    const next = mostHeld(left);
    const last = found[found.length - 1];
    if (last !== undefined && last.weight >= CLEAR * next.weight) clear = found.length;
    if (found.length === MOST_OFFSETS || !isAlone(next, left)) return clear === 0 ? undefined : found.slice(0, clear);
    found.push(next);
    left = left.filter(({ stretches }) => !stretches.some((one) => meets(one, next)));
  }
}

/** What comes at one pace has an echo at every round of it: then no round is the one. */
function isAlone(offset: Held, votes: readonly Vote[]): boolean {
  if (offset.count < LEAST_AGREEING) return false;
  const held = votes.filter(({ stretches }) => stretches.some((one) => meets(one, offset)));
  return mostHeld(held.map((vote) => awayFrom(vote, offset))).weight * CLEAR <= offset.weight;
}

function awayFrom({ stretches, weight }: Vote, { from, to }: Stretch): Vote {
  return { stretches: stretches.filter((one) => !meets(one, { from: from - NEAR_US, to: to + NEAR_US })), weight };
}

function meets(a: Stretch, b: Stretch): boolean {
  return a.from <= b.to && a.to >= b.from;
}

/** A sighting that has an echo at one offset in a hundred by chance tells more than one that has at every second. */
function votesOf(differences: readonly Differences[]): readonly Vote[] {
  const all = differences.map(stretchesOf);
  const first = least(all, ([stretch]) => stretch?.from ?? Infinity);
  const last = greatest(all, (stretches) => stretches[stretches.length - 1]?.to ?? -Infinity);
  return all.map((stretches) => {
    const covered = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
    return { stretches, weight: Math.log((last - first) / covered) };
  });
}

function stretchesOf({ lo, hi }: Differences): readonly Stretch[] {
  const sorted = Array.from(lo, (from, i) => ({ from: from - SLACK_US, to: (hi[i] ?? from) + SLACK_US })).sort(
    (a, b) => a.from - b.from,
  );
  const out: Stretch[] = [];
  for (const one of sorted) {
    const last = out[out.length - 1];
    if (last !== undefined && one.from <= last.to)
      out[out.length - 1] = { from: last.from, to: Math.max(last.to, one.to) };
    else out.push(one);
  }
  return out;
}

/** The first of the offsets that hold most, and how many sightings have an echo there. */
function mostHeld(votes: readonly Vote[]): Held {
  const ends = votes
    .flatMap(({ stretches, weight }) =>
      stretches.flatMap(({ from, to }) => [
        { at: from, weight, isBegin: true },
        { at: to, weight, isBegin: false },
      ]),
    )
    .sort((a, b) => a.at - b.at || Number(b.isBegin) - Number(a.isBegin));
  let best = { from: 0, to: 0, weight: 0, count: 0 };
  let isOpen = false;
  for (let i = 0, weight = 0, count = 0; i < ends.length; i++) {
    const end = ends[i] as (typeof ends)[number];
    if (isOpen && !end.isBegin) {
      best.to = end.at;
      isOpen = false;
    }
    weight += end.isBegin ? end.weight : -end.weight;
    count += end.isBegin ? 1 : -1;
    if (!end.isBegin || weight <= best.weight + EQUAL) continue;
    best = { from: end.at, to: end.at, weight, count };
    isOpen = true;
  }
  return best;
}

/** For each sighting the echo that is nearest to one of the offsets. */
function nearestOf(
  differences: readonly Differences[],
  offsets: readonly Stretch[],
): readonly { readonly at: number; readonly lo: number; readonly hi: number }[] {
  return differences.flatMap(({ at, lo, hi }) => {
    let best: { at: number; lo: number; hi: number; off: number } | undefined;
    for (let i = 0; i < at.length; i++) {
      const one = { at: at[i] ?? 0, lo: lo[i] ?? 0, hi: hi[i] ?? 0 };
      for (const offset of offsets) {
        if (!meets({ from: one.lo - SLACK_US, to: one.hi + SLACK_US }, offset)) continue;
        const off = Math.abs((one.lo + one.hi - offset.from - offset.to) / 2);
        if (best === undefined || off < best.off) best = { ...one, off };
      }
    }
    return best === undefined ? [] : [best];
  });
}
