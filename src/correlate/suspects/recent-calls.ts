import type { Fact, Suspect } from '../../model/case.ts';
import type { Category } from '../../model/violation.ts';
import type { Call } from '../episodes/call.ts';
import type { EpisodeCalls } from '../episodes/episode-calls.ts';
import type { Timing } from './time-facts.ts';

/** A call that was met lately, and the suspects that were made of it without anything that names it. */
export interface Met {
  readonly call: Call;
  readonly suspects: PlainSuspect[];
}

/** All that the facts of such a suspect follow from. */
export interface Grounds {
  readonly behaves: Category | undefined;
  readonly leases: readonly Fact[];
  readonly timing: Timing | undefined;
}

interface PlainSuspect extends Grounds {
  readonly suspect: Suspect;
}

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
