import type { FlaggedEpisode, Grade, Quarantine } from '../model/quarantine.ts';
import type { Rollout } from '../model/report.ts';

/** The format whose records bear a framework's own ids. */
const SOURCE = { roll: 'roll-dump', verifiers: 'verifiers', 'nemo-gym': 'nemo-gym', inspect: 'inspect' } as const;

export type Framework = keyof typeof SOURCE;

/** Flagged episodes that a manifest of this format can name. */
export function namedBy({ flagged }: Quarantine, format: Framework | 'jsonl'): number {
  return format === 'jsonl'
    ? flagged.length
    : flagged.filter(({ rollout }) => rollout.formats.includes(SOURCE[format])).length;
}

interface Named {
  readonly rollout: Rollout;
  readonly quarantine: 'flagged' | 'affected';
  readonly flagged?: FlaggedEpisode;
}

/** Entries that a format described, and the names of the others. */
function split(
  quarantine: Quarantine,
  format: Framework,
): { readonly own: readonly Named[]; readonly others: readonly string[] } {
  const all: readonly Named[] = [
    ...quarantine.flagged.map((flagged) => ({ rollout: flagged.rollout, quarantine: 'flagged' as const, flagged })),
    ...quarantine.affected.map(({ rollout }) => ({ rollout, quarantine: 'affected' as const })),
  ];
  const isOwn = ({ rollout }: Named): boolean => rollout.formats.includes(SOURCE[format]);
  return { own: all.filter(isOwn), others: all.filter((entry) => !isOwn(entry)).map(({ rollout }) => rollout.episode) };
}

/** ROLL: `trajectory_id` keys the dump, `traj_id` and `traj_group_id` key the batch (roll/pipeline/agentic). */
export function rollManifest(quarantine: Quarantine): object {
  const { own, others } = split(quarantine, 'roll');
  return {
    framework: 'roll',
    trajectories: own.map(({ rollout, quarantine: why, flagged }) => ({
      trajectory_id: rollout.episode,
      traj_id:
        rollout.aliases.find((alias) => rollout.group !== undefined && alias.startsWith(`${rollout.group}_`)) ?? null,
      traj_group_id: rollout.group ?? null,
      global_step: rollout.step ?? null,
      sandbox_id: rollout.sandboxIds[0] ?? null,
      quarantine: why,
      verdict: flagged?.grade ?? null,
    })),
    without_trajectory_id: others,
  };
}

/** verifiers and prime-rl: an episode's `id`, its `traces[].id`, and `group.id` (verifiers/v1/episode.py). */
export function verifiersManifest(quarantine: Quarantine): object {
  const { own, others } = split(quarantine, 'verifiers');
  return {
    framework: 'verifiers',
    episodes: own.map(({ rollout, quarantine: why, flagged }) => ({
      id: rollout.episode.split('/')[0],
      trace_ids: rollout.aliases,
      group_id: rollout.group ?? null,
      run_id: rollout.run ?? null,
      step: rollout.step ?? null,
      quarantine: why,
      verdict: flagged?.grade ?? null,
    })),
    without_episode_id: others,
  };
}

/** NeMo Gym keys a rollout by task and rollout index (nemo_gym/rollout_collection.py); a row each, to join on these two. */
export function* nemoGymRows(quarantine: Quarantine): Generator<object> {
  const { own, others } = split(quarantine, 'nemo-gym');
  for (const { rollout, quarantine: why, flagged } of own)
    yield {
      _ng_task_index: indexOf(rollout.group),
      _ng_rollout_index: indexOf(rollout.attempt),
      rollout_id: rollout.aliases[0] ?? null,
      quarantine: why,
      verdict: flagged?.grade ?? null,
      categories: flagged?.categories ?? [],
    };
  for (const episode of others) yield { without_task_index: episode };
}

/** Indices are numbers in the rollouts and must be here, or a join finds nothing. */
function indexOf(text: string | undefined): number | string | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : (text ?? null);
}

/** Inspect: `invalidate_samples(log, sample_uuids, provenance)`; logs of early 2025 have no uuid, there id and epoch are the key. */
export function inspectManifest(quarantine: Quarantine, version: string): object {
  const { own, others } = split(quarantine, 'inspect');
  const samples = new Map<string, InspectSample>();
  for (const { rollout, quarantine: why, flagged } of own) {
    const name = sampleNameOf(rollout);
    // What describes the sample itself says more than a retry of it.
    if (why === 'flagged' && (!samples.has(name) || name === rollout.episode))
      samples.set(name, { ...sampleOf(name, rollout), verdict: flagged?.grade ?? null });
  }
  return {
    framework: 'inspect',
    sample_uuids: [...samples.values()].flatMap(({ uuid }) => uuid ?? []),
    samples: [...samples.values()],
    provenance: { author: `egressblame ${version}`, reason: 'network violations laid on these samples' },
    without_sample: others,
  };
}

interface InspectSample {
  readonly id: string | null;
  readonly epoch: number | string | null;
  readonly uuid: string | null;
  readonly run_id: string | null;
  readonly verdict: Grade | null;
}

/** A try that failed and was made again is an episode of its own, `<sample>/retry-<n>`; Inspect knows the sample. */
function sampleNameOf({ episode }: Rollout): string {
  return episode.replace(/\/retry-\d+$/, '');
}

/** Without a uuid the sample is named `task/id/epoch`. */
function sampleOf(name: string, rollout: Rollout): Omit<InspectSample, 'verdict'> {
  const [, id, epoch] = /^[^/]*\/(.+)\/(\d+)$/s.exec(name) ?? [];
  return {
    id: rollout.group ?? id ?? null,
    epoch: indexOf(rollout.attempt ?? epoch),
    uuid: name.includes('/') ? null : name,
    run_id: rollout.run ?? null,
  };
}
