import type { Fact } from '../model/case.ts';
import type { Call } from './call.ts';
import type { EpisodeTable } from './episodes.ts';
import { EXEC_SLACK_US } from './exec-calls.ts';
import { covers, type Lease } from './lease.ts';
import type { LeaseTable } from './leases.ts';

/** What leases say against the episode that a call is laid on: that others held its sandbox then, and it never did. */
export type Contradiction = (call: Call) => Fact | undefined;

export function openContradictions(
  leases: Pick<LeaseTable, 'around' | 'ofSandbox'>,
  { episodes }: Pick<EpisodeTable, 'episodes'>,
): Contradiction {
  return ({ episodeId, sandboxId, start, timing }) => {
    const own = episodes.get(episodeId);
    if (own === undefined || sandboxId === undefined || start === undefined || timing !== 'recorded') return undefined;
    const holders = leases
      .around(sandboxId, start - EXEC_SLACK_US, start + EXEC_SLACK_US)
      .filter((lease) => covers(lease, start, EXEC_SLACK_US));
    const [holder] = holders;
    const isOwn = (lease: Lease): boolean =>
      lease.episodeId === own.id || (lease.episodeId !== undefined && own.aliases.includes(lease.episodeId));
    if (holder === undefined || holders.some((lease) => lease.episodeId === undefined || isOwn(lease)))
      return undefined;
    // Of a name that no lease has, nothing says that it is not the holder's own.
    const held = own.sandboxIds.flatMap((id) => leases.ofSandbox(id).filter(isOwn));
    // Nor where it held the sandbox at another time: clocks of leases and traces may differ.
    if (held.length === 0 || held.some((lease) => lease.sandboxId === sandboxId)) return undefined;
    return {
      code: 'lease-excludes',
      strength: 'other-episode',
      says: `its trace lays the call on ${episodeId}, and by its lease ${holder.episodeId} held ${sandboxId} then`,
      trust: 'outside',
      refs: [holder.ref, ...held.map(({ ref }) => ref).slice(0, 1)],
    };
  };
}
