import { compact } from '../../core/json/json.ts';
import type { Rollout } from '../../model/report.ts';
import type { Episode } from './episodes.ts';

/** Episodes as a trainer sees them, in the order of their names. The prompt stays only with those that `named` holds. */
export function rolloutsOf(episodes: Iterable<Episode>, named: ReadonlySet<string>): readonly Rollout[] {
  return [...episodes].map((episode) =>
    compact({
      episode: episode.id,
      aliases: episode.aliases,
      formats: episode.formats,
      sandboxIds: episode.sandboxIds,
      run: episode.run,
      group: episode.group,
      step: episode.step,
      attempt: episode.attempt,
      reward: episode.reward,
      use: episode.use,
      task: episode.task,
      prompt: named.has(episode.id) ? episode.prompts[0]?.text : undefined,
      toolCalls: episode.calls.count,
      dropped: episode.dropped,
      disputed: episode.disputed,
    }),
  );
}
