/** Differences in columns: some hundred lines are held against all of them. */
export interface Pairs {
  /** Time in the corrected domain's own clock, microseconds. */
  readonly at: Float64Array;
  /** The other clock's reading minus this clock's: the interval that both stamps' widths leave. */
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  readonly middle: Float64Array;
  readonly count: number;
}

type Columns = Pick<Pairs, 'at' | 'lo' | 'hi'>;

/** At most `most` pairs, evenly thinned, in the order of their times. */
export function pairsOf(columns: Columns, most: number): Pairs {
  const order = orderOf(columns);
  const stride = Math.max(1, Math.ceil(order.length / most));
  return chosen(columns, stride > 1 ? order.filter((_, i) => i % stride === 0) : order);
}

export function partOf({ at, lo, hi }: Pairs, from: number, to: number): Pairs {
  return withMiddle(at.subarray(from, to), lo.subarray(from, to), hi.subarray(from, to));
}

/** Those pairs that are marked with 1. */
export function someOf(pairs: Pairs, marks: Uint8Array): Pairs {
  const places = new Uint32Array(pairs.count);
  let count = 0;
  for (let i = 0; i < pairs.count; i++) if (marks[i] === 1) places[count++] = i;
  return count === pairs.count ? pairs : chosen(pairs, places.subarray(0, count));
}

function chosen({ at, lo, hi }: Columns, places: Uint32Array): Pairs {
  return withMiddle(pick(at, places), pick(lo, places), pick(hi, places));
}

function pick(column: Float64Array, places: Uint32Array): Float64Array {
  const out = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) out[i] = column[places[i] ?? 0] ?? 0;
  return out;
}

/** Places by time, then by the lower end of the interval; equals stay as they are. */
function orderOf({ at, lo }: Columns): Uint32Array {
  const before = (a: number, b: number): number => (at[a] ?? 0) - (at[b] ?? 0) || (lo[a] ?? 0) - (lo[b] ?? 0);
  const places = new Uint32Array(at.length);
  let isSorted = true;
  for (let i = 0; i < places.length; i++) {
    places[i] = i;
    if (i > 0 && before(i - 1, i) > 0) isSorted = false;
  }
  return isSorted ? places : places.sort(before);
}

function withMiddle(at: Float64Array, lo: Float64Array, hi: Float64Array): Pairs {
  const middle = new Float64Array(at.length);
  for (let i = 0; i < middle.length; i++) middle[i] = ((lo[i] ?? 0) + (hi[i] ?? 0)) / 2;
  return { at, lo, hi, middle, count: at.length };
}
