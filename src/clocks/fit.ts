import { median } from '../core/median.ts';
import { type Pairs, pairsOf, partOf, someOf } from './pairs.ts';
import { stab } from './stab.ts';

/** offset(at) = offset + slope * (at - origin), valid from `from` on. */
export interface Segment {
  readonly from: number;
  /** Readings of the last pair before a step and the first after it: the step lies between. */
  readonly after?: number;
  readonly before?: number;
  /** Readings of the first and the last pair that agree with it: of what the clock did before and after, pairs say nothing. */
  readonly first?: number;
  readonly last?: number;
  readonly origin: number;
  readonly offset: number;
  readonly slope: number;
  readonly halfWidth: number;
  readonly pairs: number;
}

/** By how much the clock is ahead at this reading of its own, as the segment has it. */
export function offsetAt({ offset, slope, origin }: Pick<Segment, 'offset' | 'slope' | 'origin'>, at: number): number {
  return offset + slope * (at - origin);
}

/** Every segment is at least this wide. */
export const LEAST_HALF_WIDTH_US = 15_000;
const MIN_PAIRS = 3;
/** A clock that is set every hour steps about so often in a night. */
const MOST_STEPS = 12;
/** At the begin or the end of a night so few pairs tell of a step, if nearly all of them agree and it is this far. */
const EDGE_PAIRS = 5;
const EDGE_SHARE = 0.75;
const EDGE_STEP_US = 500_000;
/** More pairs, evenly thinned, tell nothing more about a line. */
const MOST_PAIRS = 4_000;
/** Pairs wider than this are intervals rather than points. */
const COARSE_US = 10_000;
const MAX_SLOPE = 500e-6;
/** Loggers of one moment differ by scheduling and reading delays; 30 ms holds most of what was measured. */
const JITTER_US = 30_000;
const TRIALS = 240;
/** Fewer pairs or a shorter span cannot tell drift from jitter. */
const MIN_DRIFT_PAIRS = 8;
const MIN_DRIFT_SPAN_US = 60_000_000;
/** A drift that moves the clock by less than this over the whole file is not told apart from changing delays. */
const MIN_DRIFT_US = 20_000;

/** Robust lines through differences, from step to step. Undefined with fewer than 3 agreeing pairs. */
export function fitDifferences(
  differences: Pick<Pairs, 'at' | 'lo' | 'hi'>,
  mostSteps = MOST_STEPS,
): readonly Segment[] | undefined {
  return fitSorted(pairsOf(differences, MOST_PAIRS), mostSteps);
}

function fitSorted(pairs: Pairs, stepsLeft: number): readonly Segment[] | undefined {
  if (pairs.count < MIN_PAIRS) return undefined;
  const line = bestLine(pairs);
  if (line === undefined) return undefined;
  const inside = insideOf(pairs, line);
  const agreeing = inside.reduce((sum, is) => sum + is, 0);
  const stepped = stepsLeft > 0 ? steppedOf(pairs, inside, agreeing, stepsLeft - 1) : undefined;
  if (stepped !== undefined) return stepped;
  if (agreeing < MIN_PAIRS || agreeing < pairs.count * 0.4) return undefined;
  return [refine(someOf(pairs, inside), pairs, line)];
}

/** Segments before and after a step; undefined where one line says as much. */
function steppedOf(
  pairs: Pairs,
  inside: Uint8Array,
  agreeing: number,
  stepsLeft: number,
): readonly Segment[] | undefined {
  const split = agreeing < pairs.count * 0.92 ? stepAt(inside, agreeing) : undefined;
  const both = split === undefined ? undefined : splitAt(split, pairs, stepsLeft);
  if (both !== undefined && explains(both, pairs) > agreeing + Math.max(2, pairs.count * 0.1)) return both;
  return atEdge('begin', pairs, inside, stepsLeft) ?? atEdge('end', pairs, inside, stepsLeft);
}

function splitAt(split: number, pairs: Pairs, stepsLeft: number): readonly Segment[] | undefined {
  const left = fitSorted(partOf(pairs, 0, split), stepsLeft);
  const right = fitSorted(partOf(pairs, split, pairs.count), stepsLeft);
  return left === undefined || right === undefined ? undefined : joined(left, right, pairs, split);
}

/** The step lies between the pairs that agree: of those that do not, nobody knows on which side they are. */
function joined(
  left: readonly Segment[],
  [next, ...more]: readonly Segment[],
  { at }: Pairs,
  split: number,
): Segment[] {
  const after = left[left.length - 1]?.last ?? at[split - 1] ?? 0;
  const before = next?.first ?? at[split] ?? 0;
  return [...left, { ...(next as Segment), from: (after + before) / 2, after, before }, ...more];
}

/** A step so near the begin or the end that most of the night knows nothing of it: pairs there agree, but not with the others. */
function atEdge(
  edge: 'begin' | 'end',
  pairs: Pairs,
  inside: Uint8Array,
  stepsLeft: number,
): readonly Segment[] | undefined {
  const length = edgeLength(edge === 'begin' ? inside : inside.slice().reverse());
  if (length < EDGE_PAIRS || length > pairs.count - MIN_PAIRS) return undefined;
  const split = edge === 'begin' ? length : pairs.count - length;
  const few = edge === 'begin' ? partOf(pairs, 0, split) : partOf(pairs, split, pairs.count);
  const segments = fitSorted(few, 0);
  const agreeing = segments?.[0]?.pairs ?? 0;
  if (segments === undefined || agreeing < Math.max(EDGE_PAIRS, few.count * EDGE_SHARE)) return undefined;
  const rest = fitSorted(edge === 'begin' ? partOf(pairs, split, pairs.count) : partOf(pairs, 0, split), stepsLeft);
  if (rest === undefined) return undefined;
  const [left, right] = edge === 'begin' ? [segments, rest] : [rest, segments];
  const at = pairs.at[split] ?? 0;
  const stepUs = Math.abs(offsetAt(right[0] as Segment, at) - offsetAt(left[left.length - 1] as Segment, at));
  return stepUs < EDGE_STEP_US ? undefined : joined(left, right, pairs, split);
}

/** How many pairs from the begin on are mostly outside: as many as make the most of those outside less those inside. */
function edgeLength(inside: Uint8Array): number {
  let sum = 0;
  let most = 0;
  let length = 0;
  for (const [i, is] of inside.entries()) {
    sum += is === 1 ? -1 : 1;
    if (sum > most) [most, length] = [sum, i + 1];
  }
  return length;
}

interface Line {
  readonly origin: number;
  readonly offset: number;
  readonly slope: number;
}

/** 1 for each pair that a line runs through, up to what loggers differ by. */
function insideOf({ at, lo, hi, count }: Pairs, line: Line): Uint8Array {
  const inside = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const value = offsetAt(line, at[i] ?? 0);
    if (value >= (lo[i] ?? 0) - JITTER_US && value <= (hi[i] ?? 0) + JITTER_US) inside[i] = 1;
  }
  return inside;
}

/** How many pairs agree with a line, or any smaller number when they are no more than `atMost`: then the line is not the best. */
function agreeingWith({ at, lo, hi, count }: Pairs, { origin, offset, slope }: Line, atMost: number): number {
  let missesLeft = count - atMost;
  let agreeing = 0;
  for (let i = 0; i < count && missesLeft > 0; i++) {
    const value = offset + slope * ((at[i] ?? 0) - origin);
    if (value >= (lo[i] ?? 0) - JITTER_US && value <= (hi[i] ?? 0) + JITTER_US) agreeing++;
    else missesLeft--;
  }
  return agreeing;
}

/** Deterministic RANSAC: the constant or sloped line that most pairs agree with, the first of equals. */
function bestLine(pairs: Pairs): Line | undefined {
  const { at, middle, count } = pairs;
  const origin = at[0] ?? 0;
  let best: Line | undefined;
  let bestCount = 0;
  const consider = (line: Line): void => {
    if (Math.abs(line.slope) > MAX_SLOPE) return;
    const agreeing = agreeingWith(pairs, line, bestCount);
    if (agreeing > bestCount) {
      best = line;
      bestCount = agreeing;
    }
  };
  const stride = Math.max(1, Math.floor(count / TRIALS));
  for (let i = 0; i < count && bestCount < count; i += stride) consider({ origin, offset: middle[i] ?? 0, slope: 0 });
  const span = (at[count - 1] ?? 0) - origin;
  if (count < MIN_DRIFT_PAIRS || span < MIN_DRIFT_SPAN_US) return best;
  let state = 1;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % limit;
  };
  for (let trial = 0; trial < TRIALS && bestCount < count; trial++) {
    const a = next(count);
    const b = next(count);
    const apart = (at[b] ?? 0) - (at[a] ?? 0);
    if (Math.abs(apart) < span / 4) continue;
    const from = middle[a] ?? 0;
    const slope = ((middle[b] ?? 0) - from) / apart;
    consider({ origin, offset: from + slope * (origin - (at[a] ?? 0)), slope });
  }
  return best;
}

/** The place where agreement changes: the split with the purest sides. */
function stepAt(inside: Uint8Array, agreeing: number): number | undefined {
  const count = inside.length;
  let before = 0;
  let best: number | undefined;
  let bestGain = 0;
  for (let i = 1; i < count; i++) {
    before += inside[i - 1] ?? 0;
    if (i < MIN_PAIRS || count - i < MIN_PAIRS) continue;
    const leftShare = before / i;
    const rightShare = (agreeing - before) / (count - i);
    const gain = Math.abs(leftShare - rightShare) * Math.sqrt((i * (count - i)) / count ** 2);
    if (gain > bestGain) {
      best = i;
      bestGain = gain;
    }
  }
  return bestGain > 0.15 ? best : undefined;
}

/** Pairs that any of the segments runs through. */
function explains(segments: readonly Segment[], pairs: Pairs): number {
  const insides = segments.map((segment) => insideOf(pairs, segment));
  let count = 0;
  for (let i = 0; i < pairs.count; i++) if (insides.some((inside) => inside[i] === 1)) count++;
  return count;
}

/** Offset and slope from the agreeing pairs: medians for fine stamps; for coarse ones the offset that most of all pairs allow. */
function refine(agreeing: Pairs, all: Pairs, line: Line): Segment {
  const slope = slopeOf(agreeing, line);
  const coarse = median(agreeing.hi.map((hi, i) => hi - (agreeing.lo[i] ?? 0))) > COARSE_US;
  const { lo, hi } = leveled(coarse ? all : agreeing, slope, line.origin);
  const { offset, halfWidth } = coarse ? stab(lo, hi) : medianOf(lo, hi);
  const [first = 0, last = first] = [agreeing.at[0], agreeing.at[agreeing.count - 1]];
  return { from: -Infinity, first, last, origin: line.origin, offset, slope, halfWidth, pairs: agreeing.count };
}

/** The pairs' intervals without the drift. */
function leveled({ at, lo, hi }: Pairs, slope: number, origin: number): Pick<Pairs, 'lo' | 'hi'> {
  const level = (value: number, i: number): number => value - slope * ((at[i] ?? 0) - origin);
  return { lo: lo.map(level), hi: hi.map(level) };
}

/** Theil-Sen slope when the drift is larger than its own uncertainty, else 0: no drift is claimed without evidence. */
function slopeOf(pairs: Pairs, line: Line): number {
  const { at, middle, count } = pairs;
  const span = (at[count - 1] ?? 0) - (at[0] ?? 0);
  if (count < MIN_DRIFT_PAIRS || span < MIN_DRIFT_SPAN_US) return 0;
  const slopes = slopesOf(pairs, span / 4);
  if (slopes.length === 0) return line.slope;
  const slope = median(slopes);
  if (Math.abs(slope) > MAX_SLOPE) return line.slope;
  const flat = median(middle);
  const centre = at[count >> 1] ?? 0;
  const noise = median(middle.map((value, i) => Math.abs(value - flat - slope * ((at[i] ?? 0) - centre))));
  const uncertainty = (6 * noise) / Math.sqrt(count / 12);
  return Math.abs(slope) * span > Math.max(uncertainty, MIN_DRIFT_US) ? slope : 0;
}

/** Slopes between some sixty to a hundred and twenty of the pairs, each with each that is far enough behind it. */
function slopesOf({ at, middle, count }: Pairs, apartUs: number): Float64Array {
  const stride = Math.max(1, Math.floor(count / 60));
  const chosen = Math.ceil(count / stride);
  const slopes = new Float64Array((chosen * (chosen - 1)) / 2);
  let found = 0;
  for (let i = 0; i < count; i += stride) {
    for (let j = i + stride; j < count; j += stride) {
      const apart = (at[j] ?? 0) - (at[i] ?? 0);
      if (apart > apartUs) slopes[found++] = ((middle[j] ?? 0) - (middle[i] ?? 0)) / apart;
    }
  }
  return slopes.subarray(0, found);
}

function medianOf(lo: Float64Array, hi: Float64Array): { offset: number; halfWidth: number } {
  const values = lo.map((value, i) => (value + (hi[i] ?? 0)) / 2).sort();
  const offset = median(values);
  const spread =
    (values[Math.floor(values.length * 0.75)] ?? offset) - (values[Math.floor(values.length * 0.25)] ?? offset);
  return { offset, halfWidth: LEAST_HALF_WIDTH_US + (1.6 * spread) / Math.sqrt(values.length) + spread / 2 };
}
