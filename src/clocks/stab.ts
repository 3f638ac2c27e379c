/** The offset that most intervals hold, and how far it may move without losing them; microseconds. */
export interface Stab {
  readonly offset: number;
  readonly halfWidth: number;
}

/** Windows of aggregated records are wider than any cut of a stamp: they can tell a wrong zone, and no skew. */
const WINDOW_US = 4_000_000;
/** What is then left open: hosts kept by NTP are within it. */
const WINDOW_ERROR_US = 2_000_000;
const QUARTER_US = 900_000_000;

/** Delays between two loggers of one moment move an interval's ends by some milliseconds. */
const SLACK_US = 5000;
/** Share of the deepest point's intervals that a neighbouring point must hold to count as good. */
const NEARLY = 0.97;

/**
 * Maximum stabbing: a stamp cut to whole seconds says `floor(t + offset) = s`, so its pair allows one second of offsets; the
 * offset lies where most pairs agree, whatever the wrong ones say. The region found is the interval, its middle the estimate.
 * `lo` and `hi` are the ends of the intervals, in microseconds.
 */
export function stab(lo: Float64Array, hi: Float64Array): Stab {
  const region = deepest(lo, hi);
  if (region.to - region.from > WINDOW_US) return { offset: plainest(region), halfWidth: WINDOW_ERROR_US };
  const twice = cutTwice(lo, hi, region);
  if (twice !== undefined) return { offset: twice, halfWidth: twice - region.from + 20_000 };
  return { offset: (region.from + region.to) / 2, halfWidth: (region.to - region.from) / 2 + 20_000 };
}

/** No offset if the region allows none, else whole quarter-hours, else the middle. */
function plainest({ from, to }: { from: number; to: number }): number {
  if (from <= 0 && to >= 0) return 0;
  const middle = (from + to) / 2;
  const zone = Math.round(middle / QUARTER_US) * QUARTER_US;
  return zone >= from && zone <= to ? zone : middle;
}

function deepest(lo: Float64Array, hi: Float64Array): { from: number; to: number } {
  const begins = lo.map((at) => at - SLACK_US).sort();
  const ends = hi.map((at) => at + SLACK_US).sort();
  let best = 0;
  sweep(begins, ends, (_, depth) => {
    best = Math.max(best, depth);
  });
  const wanted = Math.max(1, Math.ceil(best * NEARLY));
  let from: number | undefined;
  let to = 0;
  sweep(begins, ends, (at, depth, before) => {
    if (depth >= wanted && before < wanted) from ??= at;
    if (before >= wanted && depth < wanted) to = at;
  });
  return { from: from ?? 0, to };
}

/** Tells at each end of an interval how many of them hold the point behind it and the one before; at one place begins go first. */
function sweep(
  begins: Float64Array,
  ends: Float64Array,
  visit: (at: number, depth: number, before: number) => void,
): void {
  let begun = 0;
  let ended = 0;
  while (begun < begins.length || ended < ends.length) {
    const before = begun - ended;
    const [begin = Infinity, end = Infinity] = [begins[begun], ends[ended]];
    if (begin <= end) begun++;
    else ended++;
    visit(Math.min(begin, end), begun - ended, before);
  }
}

const MIN_CUT_TWICE = 8;

/**
 * A collector that moves stamps after they were cut, and cuts them again, hides an offset of less than a second: most stamps
 * stay where they were. Those that moved lie evenly between the region and the offset and nowhere above it, while stamps that
 * are merely late pile up near the region and wrong pairs lie on both sides. Undefined unless that is what is seen.
 */
function cutTwice(lo: Float64Array, hi: Float64Array, region: { from: number; to: number }): number | undefined {
  const step = Math.max(0, ...hi.subarray(0, 50).map((end, i) => end - (lo[i] ?? 0)));
  const above = lo.filter((begin) => begin > region.to && begin <= region.to + step).map((begin) => begin - region.to);
  const below = hi.filter((end) => end < region.from && end >= region.from - step).length;
  if (above.length < Math.max(MIN_CUT_TWICE, lo.length * 0.02) || below > above.length / 4) return undefined;
  above.sort();
  const top = above[above.length - 1] ?? 0;
  const middle = above[above.length >> 1] ?? 0;
  const high = above.filter((value) => value > top * 0.75).length;
  if (top < 50_000 || top > step * 0.9 || middle < top * 0.35 || high < above.length * 0.15) return undefined;
  return region.to + top;
}
