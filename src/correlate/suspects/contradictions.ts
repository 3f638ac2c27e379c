import type { Fact } from '../../model/case.ts';
import type { Call } from '../episodes/call.ts';
import type { EpisodeTable } from '../episodes/episodes.ts';
import { covers, type Lease } from '../leases/lease.ts';
import type { LeaseTable } from '../leases/leases.ts';
import { EXEC_SLACK_US } from '../processes/exec-calls.ts';
import { isOwnLease, openLeaseFit } from './lease-fit.ts';

/** What leases say against the episode that a call is laid on: that others held its sandbox then, and it elsewhere or at another time. */
export type Contradiction = (call: Call) => Fact | undefined;

export function openContradictions(
  leases: Pick<LeaseTable, 'around' | 'ofSandbox'>,
  { episodes }: Pick<EpisodeTable, 'episodes'>,
): Contradiction {
  const clockExplains = openLeaseFit(leases, { episodes });
  const explained = new Map<string, boolean>();
  const isClock = (call: Call, own: readonly Lease[]): boolean => {
    const known = explained.get(call.key) ?? clockExplains(call, own);
    explained.set(call.key, known);
    return known;
  };
  return (call) => {
    const { episodeId, sandboxId, start, timing } = call;
    const own = episodes.get(episodeId);
    if (own === undefined || sandboxId === undefined || start === undefined || timing !== 'recorded') return undefined;
    const holders = leases
      .around(sandboxId, start - EXEC_SLACK_US, start + EXEC_SLACK_US)
      .filter((lease) => covers(lease, start, EXEC_SLACK_US));
    const [holder] = holders;
    const isOwn = (lease: Lease): boolean => isOwnLease(own, lease);
    if (holder === undefined || holders.some((lease) => lease.episodeId === undefined || isOwn(lease)))
      return undefined;
    // Of a name that no lease has, nothing says that it is not the holder's own.
    const held = own.sandboxIds.flatMap((id) => leases.ofSandbox(id).filter(isOwn));
    if (held.length === 0) return undefined;
    const here = held.filter((lease) => lease.sandboxId === sandboxId);
    if (here.length > 0 && isClock(call, here)) return undefined;
    return {
      code: 'lease-excludes',
      strength: 'other-episode',
      says: `its trace lays the call on ${episodeId}, and by its lease ${holder.episodeId} held ${sandboxId} then`,
      trust: 'outside',
      refs: [holder.ref, ...held.map(({ ref }) => ref).slice(0, 1)],
    };
  };
}
