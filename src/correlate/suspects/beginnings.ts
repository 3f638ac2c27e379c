import type { Micros } from '../../model/time.ts';
import type { EpisodeTable } from '../episodes/episodes.ts';
import type { Lease } from '../leases/lease.ts';
import type { LeaseTable } from '../leases/leases.ts';
import type { Process } from '../processes/process.ts';
import { START_SLACK_US } from './lease-facts.ts';

/** Under which lease something began that was seen in a sandbox. */
interface Beginning {
  /** Who held the sandbox at the moment that is known. */
  readonly holder: Lease | undefined;
  /** The moment is none of the beginning, and an earlier episode of the sandbox left no trace: it may have left this behind. */
  readonly mayBeEarlier: boolean;
}

/** `top`: the process that began it, as far as processes are known; else `at` is the moment of the flow. */
export type BeginningOf = (
  sandboxId: string,
  top: Pick<Process, 'first' | 'seenTo'> | undefined,
  at: Micros,
) => Beginning;

export function openBeginnings(
  leases: Pick<LeaseTable, 'firstAt'>,
  episodes: Pick<EpisodeTable, 'ofSandbox'>,
): BeginningOf {
  const known = new WeakMap<Lease, boolean>();
  const hasSilentBefore = (lease: Lease): boolean => {
    const before = known.get(lease);
    if (before !== undefined) return before;
    const { sandboxId, episodeId, start: limit } = lease;
    const has = episodes
      .ofSandbox(sandboxId)
      .some(
        ({ id, aliases, calls, start = -Infinity }) =>
          calls.count === 0 && start < limit && id !== episodeId && !aliases.includes(episodeId ?? ''),
      );
    known.set(lease, has);
    return has;
  };
  return (sandboxId, top, at) => {
    const holder = leases.firstAt(sandboxId, top?.first ?? at, top === undefined ? 0 : START_SLACK_US);
    const isBeginning = top?.seenTo === 'begin';
    return { holder, mayBeEarlier: !isBeginning && holder !== undefined && hasSilentBefore(holder) };
  };
}
