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

/** Every segment is at least this wide. */
export const LEAST_HALF_WIDTH_US = 15_000;
const MIN_PAIRS = 3;
/** A clock that is set every hour steps about so often in a night. */
const MOST_STEPS = 12;
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
export function fitDifferences(differences: Pick<Pairs, 'at' | 'lo' | 'hi'>): readonly Segment[] | undefined {
  return fitSorted(pairsOf(differences, MOST_PAIRS), MOST_STEPS);
}

function fitSorted(pairs: Pairs, stepsLeft: number): readonly Segment[] | undefined {
  if (pairs.count < MIN_PAIRS) return undefined;
  const line = bestLine(pairs);
  if (line === undefined) return undefined;
  const inside = insideOf(pairs, line);
  const agreeing = inside.reduce((sum, is) => sum + is, 0);
  if (agreeing < pairs.count * 0.92 && stepsLeft > 0) {
    const split = stepAt(inside, agreeing);
    if (split !== undefined) {
      const left = fitSorted(partOf(pairs, 0, split), stepsLeft - 1);
      const right = fitSorted(partOf(pairs, split, pairs.count), stepsLeft - 1);
      if (
        left !== undefined &&
        right !== undefined &&
        explains([...left, ...right], pairs) > agreeing + Math.max(2, pairs.count * 0.1)
      ) {
        const [after, before] = [pairs.at[split - 1] ?? 0, pairs.at[split] ?? 0];
        return [...left, { ...(right[0] as Segment), from: (after + before) / 2, after, before }, ...right.slice(1)];
      }
    }
  }
  if (agreeing < MIN_PAIRS || agreeing < pairs.count * 0.4) return undefined;
  return [refine(someOf(pairs, inside), pairs, line)];
}

interface Line {
  readonly origin: number;
  readonly offset: number;
  readonly slope: number;
}

/** 1 for each pair that a line runs through, up to what loggers differ by. */
function insideOf({ at, lo, hi, count }: Pairs, { origin, offset, slope }: Line): Uint8Array {
  const inside = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const value = offset + slope * ((at[i] ?? 0) - origin);
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
