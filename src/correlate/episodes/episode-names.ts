import { compact } from '../../core/json/json.ts';
import type { EpisodeRef } from '../../model/attribution.ts';
import type { Episode } from './episodes.ts';

/** Of many calls of an episode each names it: they share one object while they come together. */
const MOST = 2_000;

/** An episode as the report names it. */
export type EpisodeNames = (id: string, sandboxId: string | undefined) => EpisodeRef;

export function openEpisodeNames(episodes: ReadonlyMap<string, Episode>, most = MOST): EpisodeNames {
  let known = new Map<string, EpisodeRef>();
  return (id, sandboxId) => {
    const before = known.get(id);
    if (before !== undefined && before.sandboxId === sandboxId) return before;
    const { run, group, step, task } = episodes.get(id) ?? {};
    const named = compact({ id, run, group, step, task, sandboxId });
    if (known.size >= most) known = new Map();
    known.set(id, named);
    return named;
  };
}
