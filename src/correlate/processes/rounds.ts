import type { Micros } from '../../model/time.ts';
import type { Process } from './process.ts';
import { firstFrom } from './sockets.ts';

/** How far apart the pids of what began together may be: pids are handed out in order, shared by the whole kernel. */
export const FORK_GAP = 512;
/** No host hands out all its pids faster than that. */
export const REUSE_US = 10_000_000;

/** A process that began, and when: pids are handed out in order, from the lowest anew when the highest was. */
interface Began {
  readonly at: Micros;
  readonly pid: number;
}

/** Whether a pid was handed out again, as far as the pids of processes that began tell, between two of them that began. */
export type IsHandedOut = (pid: number, from: Began, to: Began) => boolean;

/** `processes` of one host, in the order of time. */
export function openRounds(processes: readonly Process[]): IsHandedOut {
  const starts = roundsOf(processes.filter(({ seenTo }) => seenTo === 'begin'));
  const roundAt = (at: Micros): number => firstFrom(starts, at + 1);
  return (pid, from, to) => {
    if (starts.length === 0 || to.at - from.at < REUSE_US) return false;
    const next = roundAt(from.at) + (from.pid >= pid ? 1 : 0);
    const last = roundAt(to.at) - (to.pid > pid ? 0 : 1);
    return last >= next;
  };
}

/** Where pids begin anew. One that runs its program late has a smaller pid than those before it as well, but not those behind it. */
function roundsOf(began: readonly Process[]): readonly { readonly at: Micros }[] {
  const starts: { readonly at: Micros }[] = [];
  for (let i = 1; i + 2 < began.length; i++) {
    const before = (began[i - 1]?.pid ?? 0) - FORK_GAP;
    if ([i, i + 1, i + 2].every((k) => (began[k]?.pid ?? Infinity) < before))
      starts.push({ at: began[i]?.first as Micros });
  }
  return starts;
}
