import type { Case } from '../../model/case.ts';
import type { EpisodeTable } from '../episodes/episodes.ts';
import type { Origin } from '../processes/lineage.ts';
import type { Owner } from '../processes/owner.ts';
import type { BeginningOf } from '../suspects/beginnings.ts';
import type { Senders } from '../trail/senders.ts';
import type { Trail } from '../trail/walk.ts';

interface Tables {
  readonly episodes: EpisodeTable;
  readonly beginningOf: BeginningOf;
}

/** The sandbox that a flow came from where no trace tells what ran in it, and its episode where a record names that. */
export function untracedOf(
  trail: Trail,
  senders: Senders | undefined,
  owners: readonly Owner[],
  { episodes, beginningOf }: Tables,
): Case['untraced'] {
  const origin = originOf(owners);
  const sandboxId = origin?.sandboxId ?? (senders?.sorted.length === 1 ? senders.sorted[0] : undefined);
  if (sandboxId === undefined) return undefined;
  // A process outlives the episode that began it.
  const top = origin?.chain[origin.chain.length - 1];
  const { holder, mayBeEarlier } = beginningOf(sandboxId, top, trail.begun);
  const episodeId = holder?.episodeId;
  const silent =
    episodeId === undefined
      ? !episodes.hasCalls(sandboxId)
      : (episodes.episodes.get(episodeId)?.calls.count ?? 0) === 0;
  if (origin?.untraced !== true && !silent) return undefined;
  if (mayBeEarlier) return { sandboxId, mayBeEarlier };
  return { sandboxId, ...(episodeId === undefined ? {} : { episodeId }) };
}

/** Where the process of the flow comes from, if a sandbox is known. */
function originOf(owners: readonly Owner[]): Origin | undefined {
  const known = owners.filter(({ isFirm, origin }) => isFirm && origin.sandboxId !== undefined);
  return (known.find(({ origin }) => origin.untraced) ?? known[0])?.origin;
}
