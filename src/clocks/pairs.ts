/** One pair: the other clock's reading minus this clock's, with the interval that both stamps' widths leave. */
export interface Difference {
  /** Time in the corrected domain's own clock, microseconds. */
  readonly at: number;
  readonly lo: number;
  readonly hi: number;
}

/** Differences in columns: some hundred lines are held against all of them. */
export interface Pairs {
  readonly at: Float64Array;
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  readonly middle: Float64Array;
  readonly count: number;
}

export function pairsOf(differences: readonly Difference[]): Pairs {
  const count = differences.length;
  const at = new Float64Array(count);
  const lo = new Float64Array(count);
  const hi = new Float64Array(count);
  for (const [i, pair] of differences.entries()) {
    at[i] = pair.at;
    lo[i] = pair.lo;
    hi[i] = pair.hi;
  }
  return columns(at, lo, hi);
}

export function partOf({ at, lo, hi }: Pairs, from: number, to: number): Pairs {
  return columns(at.subarray(from, to), lo.subarray(from, to), hi.subarray(from, to));
}

/** Those pairs that are marked with 1. */
export function someOf({ at, lo, hi }: Pairs, marks: Uint8Array): Pairs {
  const marked = (_: number, i: number): boolean => marks[i] === 1;
  return columns(at.filter(marked), lo.filter(marked), hi.filter(marked));
}

function columns(at: Float64Array, lo: Float64Array, hi: Float64Array): Pairs {
  return { at, lo, hi, middle: lo.map((value, i) => (value + (hi[i] ?? 0)) / 2), count: at.length };
}
