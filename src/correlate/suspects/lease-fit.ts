import type { Micros } from '../../model/time.ts';
import type { Call } from '../episodes/call.ts';
import type { CallTimes } from '../episodes/episode-calls.ts';
import type { Episode, EpisodeTable } from '../episodes/episodes.ts';
import { covers, type Lease } from '../leases/lease.ts';
import type { LeaseTable } from '../leases/leases.ts';
import { EXEC_SLACK_US } from '../processes/exec-calls.ts';
import { type Spans, spansOf } from '../spans.ts';

/**
 * Whether a clock that is off explains that a call lies outside its episode's own leases of its sandbox: then more of the calls that
 * ran about then lie in theirs, once all are moved by as much as this one needs. A call under a wrong name is alone with its need.
 */
export type ClockExplains = (call: Pick<Call, 'start' | 'host'>, own: readonly Lease[]) => boolean;

type Tables = Pick<EpisodeTable, 'episodes'>;

export function openLeaseFit(leases: Pick<LeaseTable, 'ofSandbox'>, { episodes }: Tables): ClockExplains {
  let running: Spans<Episode> | undefined;
  return ({ start, host = '' }, own) => {
    if (start === undefined) return true;
    running ??= spansOf(
      [...episodes.values()],
      ({ calls }) => calls.extent.from,
      ({ calls }) => calls.extent.to,
    );
    const shift = shiftInto(own, start);
    const around = running
      .around(start - EXEC_SLACK_US, start + EXEC_SLACK_US)
      .filter(({ calls }) => calls.extent.hosts.includes(host));
    let [as, moved] = [0, 0];
    for (const episode of around) {
      const ofSandbox = ownLeases(episode, leases);
      for (const call of episode.calls.times()) {
        as += fits(call, 0, ofSandbox);
        moved += fits(call, shift, ofSandbox);
      }
    }
    return moved > as;
  };
}

/** Whether a lease names the episode, by whichever of its names. */
export function isOwnLease({ id, aliases }: Pick<Episode, 'id' | 'aliases'>, { episodeId }: Lease): boolean {
  return episodeId !== undefined && (episodeId === id || aliases.includes(episodeId));
}

function ownLeases(episode: Episode, leases: Pick<LeaseTable, 'ofSandbox'>): (sandboxId: string) => readonly Lease[] {
  const known = new Map<string, readonly Lease[]>();
  return (sandboxId) => {
    const before = known.get(sandboxId);
    if (before !== undefined) return before;
    const own = leases.ofSandbox(sandboxId).filter((lease) => isOwnLease(episode, lease));
    known.set(sandboxId, own);
    return own;
  };
}

/** The least by which a moment has to be moved to lie in one of the leases, microseconds. */
function shiftInto(own: readonly Lease[], at: Micros): number {
  let least = Infinity;
  for (const { start, end } of own) {
    const by = at < start ? start - at : at >= end ? end - 1 - at : 0;
    if (Math.abs(by) < Math.abs(least)) least = by;
  }
  return least;
}

function fits(
  { start, sandboxId, timing }: CallTimes,
  shift: number,
  ofSandbox: (sandboxId: string) => readonly Lease[],
): 0 | 1 {
  if (start === undefined || sandboxId === undefined || timing !== 'recorded') return 0;
  return ofSandbox(sandboxId).some((lease) => covers(lease, (start + shift) as Micros, EXEC_SLACK_US)) ? 1 : 0;
}
