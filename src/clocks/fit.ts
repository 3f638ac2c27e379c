import { median } from '../core/median.ts';
import { stab } from './stab.ts';

/** One pair: the other clock's reading minus this clock's, with the interval that both stamps' widths leave. */
export interface Difference {
  /** Time in the corrected domain's own clock, microseconds. */
  readonly at: number;
  readonly lo: number;
  readonly hi: number;
}

/** offset(at) = offset + slope * (at - origin), valid from `from` on. */
export interface Segment {
  readonly from: number;
  /** Readings of the last pair before a step and the first after it: the step lies between. */
  readonly after?: number;
  readonly before?: number;
  readonly origin: number;
  readonly offset: number;
  readonly slope: number;
  readonly halfWidth: number;
  readonly pairs: number;
}

const MIN_PAIRS = 3;
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

/** A robust line through differences; up to three steps. Undefined with fewer than 3 agreeing pairs. */
export function fitDifferences(input: readonly Difference[]): readonly Segment[] | undefined {
  const pairs = [...input].sort((a, b) => a.at - b.at || a.lo - b.lo);
  const stride = Math.ceil(pairs.length / MOST_PAIRS);
  return fitSorted(stride > 1 ? pairs.filter((_, i) => i % stride === 0) : pairs, 3);
}

function fitSorted(pairs: readonly Difference[], stepsLeft: number): readonly Segment[] | undefined {
  if (pairs.length < MIN_PAIRS) return undefined;
  const line = bestLine(pairs);
  if (line === undefined) return undefined;
  const inside = pairs.map((pair) => fits(pair, line));
  const agreeing = inside.filter(Boolean).length;
  if (agreeing < pairs.length * 0.92 && stepsLeft > 0) {
    const split = stepAt(pairs, inside);
    if (split !== undefined) {
      const left = fitSorted(pairs.slice(0, split), stepsLeft - 1);
      const right = fitSorted(pairs.slice(split), stepsLeft - 1);
      if (
        left !== undefined &&
        right !== undefined &&
        explains(left, right, pairs) > agreeing + Math.max(2, pairs.length * 0.1)
      ) {
        const [after, before] = [pairs[split - 1]?.at ?? 0, pairs[split]?.at ?? 0];
        return [...left, { ...(right[0] as Segment), from: (after + before) / 2, after, before }, ...right.slice(1)];
      }
    }
  }
  if (agreeing < MIN_PAIRS || agreeing < pairs.length * 0.4) return undefined;
  const own = pairs.filter((_, i) => inside[i]);
  return [refine(own, pairs, line)];
}

interface Line {
  readonly origin: number;
  readonly offset: number;
  readonly slope: number;
}

const valueAt = (line: Line, at: number): number => line.offset + line.slope * (at - line.origin);

function fits(pair: Difference, line: Line): boolean {
  const value = valueAt(line, pair.at);
  return value >= pair.lo - JITTER_US && value <= pair.hi + JITTER_US;
}

const middle = (pair: Difference): number => (pair.lo + pair.hi) / 2;

/** Deterministic RANSAC: the constant or sloped line that most pairs agree with. */
function bestLine(pairs: readonly Difference[]): Line | undefined {
  const origin = pairs[0]?.at ?? 0;
  let best: Line | undefined;
  let bestCount = 0;
  const consider = (line: Line): void => {
    if (Math.abs(line.slope) > MAX_SLOPE) return;
    let count = 0;
    for (const pair of pairs) if (fits(pair, line)) count++;
    if (count > bestCount) {
      best = line;
      bestCount = count;
    }
  };
  const stride = Math.max(1, Math.floor(pairs.length / TRIALS));
  for (let i = 0; i < pairs.length; i += stride) consider({ origin, offset: middle(pairs[i] as Difference), slope: 0 });
  const span = (pairs[pairs.length - 1]?.at ?? 0) - origin;
  if (pairs.length < MIN_DRIFT_PAIRS || span < MIN_DRIFT_SPAN_US) return best;
  let state = 1;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % limit;
  };
  for (let trial = 0; trial < TRIALS; trial++) {
    const a = pairs[next(pairs.length)] as Difference;
    const b = pairs[next(pairs.length)] as Difference;
    if (Math.abs(a.at - b.at) < span / 4) continue;
    const slope = (middle(b) - middle(a)) / (b.at - a.at);
    consider({ origin, offset: middle(a) + slope * (origin - a.at), slope });
  }
  return best;
}

/** The place where agreement changes: the split with the purest sides. */
function stepAt(pairs: readonly Difference[], inside: readonly boolean[]): number | undefined {
  const total = inside.filter(Boolean).length;
  let before = 0;
  let best: number | undefined;
  let bestGain = 0;
  for (let i = 1; i < pairs.length; i++) {
    if (inside[i - 1]) before++;
    if (i < MIN_PAIRS || pairs.length - i < MIN_PAIRS) continue;
    const leftShare = before / i;
    const rightShare = (total - before) / (pairs.length - i);
    const gain = Math.abs(leftShare - rightShare) * Math.sqrt((i * (pairs.length - i)) / pairs.length ** 2);
    if (gain > bestGain) {
      best = i;
      bestGain = gain;
    }
  }
  return bestGain > 0.15 ? best : undefined;
}

function explains(left: readonly Segment[], right: readonly Segment[], pairs: readonly Difference[]): number {
  const segments = [...left, ...right];
  let count = 0;
  for (const pair of pairs) if (segments.some((segment) => fits(pair, segment))) count++;
  return count;
}

/** Offset and slope from the agreeing pairs: medians for fine stamps; for coarse ones the offset that most of all pairs allow. */
function refine(agreeing: readonly Difference[], all: readonly Difference[], line: Line): Segment {
  const slope = slopeOf(agreeing, line);
  const level = (pair: Difference): { lo: number; hi: number } => ({
    lo: pair.lo - slope * (pair.at - line.origin),
    hi: pair.hi - slope * (pair.at - line.origin),
  });
  const coarse = median(agreeing.map((pair) => pair.hi - pair.lo)) > COARSE_US;
  const { offset, halfWidth } = coarse ? stab(all.map(level)) : medianOf(agreeing.map(level));
  return { from: -Infinity, origin: line.origin, offset, slope, halfWidth, pairs: agreeing.length };
}

/** Theil-Sen slope when the drift is larger than its own uncertainty, else 0: no drift is claimed without evidence. */
function slopeOf(pairs: readonly Difference[], line: Line): number {
  const span = (pairs[pairs.length - 1]?.at ?? 0) - (pairs[0]?.at ?? 0);
  if (pairs.length < MIN_DRIFT_PAIRS || span < MIN_DRIFT_SPAN_US) return 0;
  const slopes: number[] = [];
  const stride = Math.max(1, Math.floor(pairs.length / 60));
  for (let i = 0; i < pairs.length; i += stride) {
    for (let j = i + stride; j < pairs.length; j += stride) {
      const a = pairs[i] as Difference;
      const b = pairs[j] as Difference;
      if (b.at - a.at > span / 4) slopes.push((middle(b) - middle(a)) / (b.at - a.at));
    }
  }
  if (slopes.length === 0) return line.slope;
  const slope = median(slopes);
  if (Math.abs(slope) > MAX_SLOPE) return line.slope;
  const flat = median(pairs.map(middle));
  const noise = median(
    pairs.map((pair) => Math.abs(middle(pair) - flat - slope * (pair.at - (pairs[pairs.length >> 1]?.at ?? 0)))),
  );
  const uncertainty = (6 * noise) / Math.sqrt(pairs.length / 12);
  return Math.abs(slope) * span > Math.max(uncertainty, MIN_DRIFT_US) ? slope : 0;
}

function medianOf(rest: readonly { lo: number; hi: number }[]): { offset: number; halfWidth: number } {
  const values = rest.map((pair) => (pair.lo + pair.hi) / 2).sort((a, b) => a - b);
  const offset = median(values);
  const spread =
    (values[Math.floor(values.length * 0.75)] ?? offset) - (values[Math.floor(values.length * 0.25)] ?? offset);
  return { offset, halfWidth: 15_000 + (1.6 * spread) / Math.sqrt(values.length) + spread / 2 };
}
