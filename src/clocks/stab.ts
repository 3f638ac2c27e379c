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

interface Interval {
  readonly lo: number;
  readonly hi: number;
}

/** Delays between two loggers of one moment move an interval's ends by some milliseconds. */
const SLACK_US = 5000;
/** Share of the deepest point's intervals that a neighbouring point must hold to count as good. */
const NEARLY = 0.97;

/**
 * Maximum stabbing: a stamp cut to whole seconds says `floor(t + offset) = s`, so its pair allows one second of offsets; the
 * offset lies where most pairs agree, whatever the wrong ones say. The region found is the interval, its middle the estimate.
 */
export function stab(intervals: readonly Interval[]): Stab {
  const region = deepest(intervals);
  if (region.to - region.from > WINDOW_US) return { offset: plainest(region), halfWidth: WINDOW_ERROR_US };
  const twice = cutTwice(intervals, region);
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

function deepest(intervals: readonly Interval[]): { from: number; to: number } {
  const edges = intervals.flatMap(({ lo, hi }) => [
    { at: lo - SLACK_US, by: 1 },
    { at: hi + SLACK_US, by: -1 },
  ]);
  edges.sort((a, b) => a.at - b.at || b.by - a.by);
  let depth = 0;
  let best = 0;
  for (const edge of edges) {
    depth += edge.by;
    best = Math.max(best, depth);
  }
  const wanted = Math.max(1, Math.ceil(best * NEARLY));
  let from: number | undefined;
  let to = 0;
  depth = 0;
  for (const edge of edges) {
    const before = depth;
    depth += edge.by;
    if (depth >= wanted && before < wanted) from ??= edge.at;
    if (before >= wanted && depth < wanted) to = edge.at;
  }
  return { from: from ?? 0, to };
}

const MIN_CUT_TWICE = 8;

/**
 * A collector that moves stamps after they were cut, and cuts them again, hides an offset of less than a second: most stamps
 * stay where they were. Those that moved lie evenly between the region and the offset and nowhere above it, while stamps that
 * are merely late pile up near the region and wrong pairs lie on both sides. Undefined unless that is what is seen.
 */
function cutTwice(intervals: readonly Interval[], region: { from: number; to: number }): number | undefined {
  const step = Math.max(0, ...intervals.slice(0, 50).map(({ lo, hi }) => hi - lo));
  const above = intervals.filter(({ lo }) => lo > region.to && lo <= region.to + step).map(({ lo }) => lo - region.to);
  const below = intervals.filter(({ hi }) => hi < region.from && hi >= region.from - step).length;
  if (above.length < Math.max(MIN_CUT_TWICE, intervals.length * 0.02) || below > above.length / 4) return undefined;
  above.sort((a, b) => a - b);
  const top = above[above.length - 1] ?? 0;
  const middle = above[above.length >> 1] ?? 0;
  const high = above.filter((value) => value > top * 0.75).length;
  if (top < 50_000 || top > step * 0.9 || middle < top * 0.35 || high < above.length * 0.15) return undefined;
  return region.to + top;
}
