import type { Episode } from '../episodes/episodes.ts';
import { type Spans, spansOf } from '../spans.ts';
import type { Senders } from '../trail/senders.ts';

/** Of a stretch of time: episodes of which no call is recorded. */
interface Silent {
  /** They held a sandbox then. */
  readonly holding: readonly Episode[];
  /** They had ended, the last to end first. What they left running, nobody recorded. */
  readonly before: readonly Episode[];
  /** How many had ended: `before` names the last few. */
  readonly ended: number;
}

/** Silent episodes of the sandboxes that can have sent a flow, of all where none are known. */
export type SilentOf = (senders: Pick<Senders, 'sandboxes'> | undefined, from: number, to: number) => Silent;

/** So many of those that had ended are told. */
export const LAST = 8;
const NONE: Silent = { holding: [], before: [], ended: 0 };

export function openSilent(episodes: ReadonlyMap<string, Episode>): SilentOf {
  let all: readonly Episode[] | undefined;
  let ofAll: SilentAt | undefined;
  const known = new WeakMap<object, SilentAt>();
  return (senders, from, to) => {
    all ??= silentIn(episodes.values());
    if (all.length === 0) return NONE;
    if (senders === undefined) {
      ofAll ??= openSilentAt(all);
      return ofAll(from, to);
    }
    const before = known.get(senders);
    if (before !== undefined) return before(from, to);
    const { sandboxes } = senders;
    const own = openSilentAt(all.filter(({ sandboxIds }) => sandboxIds.some((id) => sandboxes.has(id))));
    known.set(senders, own);
    return own(from, to);
  };
}

/** Those that are known by the sandbox they held: of others nothing says that they were there. */
export function silentIn(episodes: Iterable<Episode>): readonly Episode[] {
  const silent: Episode[] = [];
  for (const episode of episodes) if (episode.calls.count === 0 && episode.sandboxIds.length > 0) silent.push(episode);
  return silent;
}

type SilentAt = (from: number, to: number) => Silent;

function openSilentAt(list: readonly Episode[]): SilentAt {
  const spans: Spans<Episode> = spansOf(list, startOf, endOf);
  const byEnd = [...list].sort((a, b) => endOf(a) - endOf(b) || (a.id < b.id ? -1 : 1));
  const ends = Float64Array.from(byEnd, endOf);
  return (from, to) => {
    const holding = spans.around(from, to).filter((one) => startOf(one) <= to && endOf(one) >= from);
    const ended = countBelow(ends, from);
    return { holding, before: byEnd.slice(Math.max(0, ended - LAST), ended).reverse(), ended };
  };
}

const startOf = ({ start }: Episode): number => start ?? -Infinity;
const endOf = ({ end }: Episode): number => end ?? Infinity;

/** How many of these, which are in order, are less. */
function countBelow(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
