import type { Micros } from '../../model/time.ts';
import type { Trail } from '../trail/walk.ts';

/**
 * Of flows from one source to one far end, in the order of time: when the last of them had begun before they ceased, where they go on
 * again since. What repeats itself does so at its own pace: after a pause of another order somebody else may have begun.
 */
export type PauseBefore = (
  trail: Pick<Trail, 'tuples' | 'host' | 'begun' | 'windowUs' | 'dstPort' | 'domains'>,
) => Micros | undefined;

/** A shorter pause tells nothing, microseconds. */
const LEAST_US = 60_000_000;
/** Nor one that is less than so many times the longest between flows before it. */
export const TIMES = 4;
/** So many flows tell the pace. */
const FEWEST = 3;
/** What repeats itself evenly, as this many flows show, keeps its pace: its pause may be shorter, microseconds. */
const FEWEST_EVEN = 4;
export const LEAST_EVEN_US = 10_000_000;
/** The longest of even gaps is no more than so many times the shortest. */
const EVEN = 1.5;

interface Series {
  last: Micros;
  shortest: number;
  longest: number;
  count: number;
  pausedAt: Micros | undefined;
}

export function openPauses(): PauseBefore {
  const known = new Map<string, Series>();
  return ({ tuples, host, begun, windowUs, dstPort, domains }) => {
    const [first] = tuples;
    if (first === undefined || tuples.length !== 1 || first.srcIp === '') return undefined;
    const key = `${host ?? ''}|${first.srcIp}|${first.dstIp || [...domains].join(' ')}|${dstPort ?? ''}`;
    const series = known.get(key);
    if (series === undefined) {
      known.set(key, { last: begun, shortest: Infinity, longest: 0, count: 1, pausedAt: undefined });
      return undefined;
    }
    const gap = begun - series.last;
    if (series.count >= FEWEST && gap > Math.max(leastPause(series), TIMES * series.longest)) {
      series.pausedAt = series.last;
      series.shortest = Infinity;
      series.longest = 0;
      series.count = 0;
    } else {
      series.shortest = Math.min(series.shortest, gap);
      series.longest = Math.max(series.longest, gap);
    }
    series.count++;
    series.last = Math.max(series.last, begun + windowUs) as Micros;
    return series.pausedAt;
  };
}

function leastPause({ shortest, longest, count }: Series): number {
  return count >= FEWEST_EVEN && longest <= EVEN * shortest ? LEAST_EVEN_US : LEAST_US;
}
