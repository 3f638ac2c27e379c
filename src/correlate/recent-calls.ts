import type { EpisodeCalls } from './episode-calls.ts';
import type { Met } from './plain-suspects.ts';

/** Calls that are kept to be met again. Violations come in the order of time, so those of a burst ask for the same ones. */
const MOST = 4_000;

/** One call of an episode by its place in the order of time, see `EpisodeCalls.at`. */
export type RecentCalls = (calls: EpisodeCalls, place: number) => Met | undefined;

export function openRecentCalls(most = MOST): RecentCalls {
  let known = new Map<EpisodeCalls, Map<number, Met>>();
  let count = 0;
  return (calls, place) => {
    const before = known.get(calls)?.get(place);
    if (before !== undefined) return before;
    const call = calls.at(place);
    if (call === undefined) return undefined;
    if (count >= most) {
      known = new Map();
      count = 0;
    }
    const own = known.get(calls) ?? new Map<number, Met>();
    const met = { call, suspects: [] };
    known.set(calls, own.set(place, met));
    count++;
    return met;
  };
}
