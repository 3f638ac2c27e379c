/** Some spans of time, to be asked which of them touch another one. */
export interface Spans<T> {
  /**
   * All that begin by `to` and do not end before `from`, in the order in which they were given. Others may be among them, by a
   * microsecond or where they are few.
   */
  around(from: number, to: number): readonly T[];
}

/** So few are looked at one by one. */
const FEW = 4;
/** More than sums of stamps and slacks are rounded by. */
const ROUNDING_US = 1;

export function spansOf<T>(all: readonly T[], startOf: (one: T) => number, endOf: (one: T) => number): Spans<T> {
  if (all.length <= FEW) return { around: () => all };
  const places = Array.from(all, (_, place) => place).sort((a, b) => startAt(a) - startAt(b) || a - b);
  const starts = Float64Array.from(places, startAt);
  const ends = Float64Array.from(places, endAt);
  const latest = runningMaximum(ends);
  function startAt(place: number): number {
    return startOf(all[place] as T);
  }
  function endAt(place: number): number {
    return endOf(all[place] as T);
  }
  return {
    around(from, to) {
      const found: number[] = [];
      const earliest = from - ROUNDING_US;
      for (let i = countUpTo(starts, to + ROUNDING_US) - 1; i >= 0 && (latest[i] ?? 0) >= earliest; i--)
        if ((ends[i] ?? 0) >= earliest) found.push(places[i] ?? 0);
      return found.sort((a, b) => a - b).map((place) => all[place] as T);
    },
  };
}

function runningMaximum(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) {
    most = Math.max(most, values[i] ?? -Infinity);
    out[i] = most;
  }
  return out;
}

/** How many of these, which are in order, are no greater. */
function countUpTo(sorted: Float64Array, most: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
