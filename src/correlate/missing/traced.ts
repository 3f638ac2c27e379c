import type { Episode, EpisodeTable } from '../episodes/episodes.ts';
import type { Senders } from '../trail/senders.ts';

/**
 * How probable it is that who caused a flow left a trace, where no process tells. `naming`: the recorded episodes that name its
 * destination. The more of them do, the more of those of which no call is recorded will; what one alone names may be its own.
 */
export type Traced = (senders: Senders | undefined, naming: number) => number;

interface Count {
  all: number;
  traced: number;
}

export function openTraced(episodes: Pick<EpisodeTable, 'episodes' | 'ofSandbox'>): Traced {
  const bySandbox = new Map<string, Count>();
  const known = new WeakMap<Senders, number>();
  let ofAll: number | undefined;
  const countOf = (sandboxId: string): Count => {
    const count = bySandbox.get(sandboxId) ?? counted(episodes.ofSandbox(sandboxId));
    bySandbox.set(sandboxId, count);
    return count;
  };
  const silentOf = (senders: Senders | undefined): number => {
    if (senders === undefined) {
      ofAll ??= silentPerTraced([counted(episodes.episodes.values())]);
      return ofAll;
    }
    const silent = known.get(senders) ?? silentPerTraced(senders.sorted.map(countOf));
    known.set(senders, silent);
    return silent;
  };
  return (senders, naming) => 1 / (1 + silentOf(senders) * (naming === 0 ? 1 : (naming - 0.5) / naming));
}

function counted(episodes: Iterable<Episode>): Count {
  const count = { all: 0, traced: 0 };
  for (const { calls } of episodes) {
    count.all++;
    if (calls.count > 0) count.traced++;
  }
  return count;
}

/** Episodes of which no call is recorded, for each of which one is. */
function silentPerTraced(counts: readonly Count[]): number {
  let [all, traced] = [0, 0];
  for (const count of counts) {
    all += count.all;
    traced += count.traced;
  }
  return traced === 0 ? 0 : (all - traced) / traced;
}
