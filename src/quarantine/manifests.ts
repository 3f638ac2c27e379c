import { jsonText } from '../core/text.ts';
import { formatIso } from '../core/time.ts';
import type { AffectedEpisode, FlaggedEpisode, Quarantine } from '../model/quarantine.ts';
import type { Rollout } from '../model/report.ts';

export const MANIFEST_FORMATS = ['jsonl', 'roll', 'verifiers', 'nemo-gym', 'inspect'] as const;
export type ManifestFormat = (typeof MANIFEST_FORMATS)[number];

interface ManifestOptions {
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string;
  readonly version: string;
}

/** The manifest in lines. Framework formats name episodes as that framework does and list the names it has none for. */
export function manifestLines(
  quarantine: Quarantine,
  format: ManifestFormat,
  options: ManifestOptions,
): Iterable<string> {
  switch (format) {
    case 'jsonl':
      return lines(manifestRecords(quarantine, options), options);
    case 'roll':
      return lines([rollManifest(quarantine)], options);
    case 'verifiers':
      return lines([verifiersManifest(quarantine)], options);
    case 'nemo-gym':
      return lines(nemoGymRows(quarantine), options);
    case 'inspect':
      return lines([inspectManifest(quarantine, options)], options);
  }
}

/** The format whose records bear a framework's own ids. */
const SOURCE = { roll: 'roll-dump', verifiers: 'verifiers', 'nemo-gym': 'nemo-gym', inspect: 'inspect' } as const;

/** Flagged episodes that a manifest of this format can name. */
export function namedBy({ flagged }: Quarantine, format: ManifestFormat): number {
  return format === 'jsonl'
    ? flagged.length
    : flagged.filter(({ rollout }) => rollout.formats.includes(SOURCE[format])).length;
}

function* lines(records: Iterable<object>, { clean }: ManifestOptions): Generator<string> {
  for (const record of records) yield `${jsonText(cleaned(record, clean))}\n`;
}

function cleaned(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((item: unknown) => cleaned(item, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cleaned(member, clean)]));
}

/** `quarantine`, then `flagged`..., `affected`..., `gap`...; see docs/quarantine.md. */
function* manifestRecords(
  quarantine: Quarantine,
  { version }: Pick<ManifestOptions, 'version'>,
): Generator<object> {
  yield {
    record: 'quarantine',
    schema: 1,
    version,
    minVerdict: quarantine.minVerdict,
    flagged: quarantine.flagged.length,
    affected: quarantine.affected.length,
    rewarded: quarantine.flagged.filter(({ rewarded }) => rewarded === 'yes').length,
    episodes: quarantine.episodes,
    complete: quarantine.gaps.length === 0,
    runs: quarantine.runs.map((run) => ({ ...run, run: run.run ?? null, checkpointsAfterStep: run.firstStep })),
  };
  for (const entry of quarantine.flagged) yield flaggedRecord(entry);
  for (const entry of quarantine.affected) yield affectedRecord(entry);
  for (const gap of quarantine.gaps) yield { record: 'gap', ...gap };
}

function flaggedRecord(entry: FlaggedEpisode): object {
  const { consumed } = entry;
  return {
    record: 'flagged',
    ...identity(entry.rollout),
    verdict: entry.grade,
    probability: Math.round(entry.probability * 1e6) / 1e6,
    categories: entry.categories,
    incidents: entry.incidents,
    violations: entry.violations,
    destinations: entry.destinations,
    first: formatIso(entry.first),
    toolCalls: entry.toolCalls.map(({ call, categories, incident }) => ({
      id: call.id,
      name: call.name,
      command: call.command ?? null,
      start: call.start === undefined ? null : formatIso(call.start),
      source: { path: call.ref.source, line: call.ref.line },
      categories,
      incident,
    })),
    rewarded: entry.rewarded,
    consumed: consumed.is,
    ...(consumed.is === 'no' ? { because: consumed.because } : {}),
    firstStep: consumed.is === 'yes' ? consumed.step : null,
    members: entry.members ?? null,
    unknown: unknownsOf(entry),
  };
}

function affectedRecord({ rollout, through, by }: AffectedEpisode): object {
  return { record: 'affected', ...identity(rollout), through, by };
}

function identity(rollout: Rollout): object {
  return {
    episode: rollout.episode,
    aliases: rollout.aliases,
    sandboxes: rollout.sandboxIds,
    run: rollout.run ?? null,
    group: rollout.group ?? null,
    step: rollout.step ?? null,
    attempt: rollout.attempt ?? null,
    task: rollout.task ?? null,
    reward: rollout.reward ?? null,
  };
}

/** What no record states about a flagged episode. */
function unknownsOf({ rollout, consumed, rewarded, members }: FlaggedEpisode): readonly string[] {
  return [
    ...(rollout.run === undefined ? ['run'] : []),
    ...(members === undefined ? ['group', 'members'] : []),
    ...(consumed.is === 'unknown' ? ['step'] : []),
    ...(rewarded === 'unknown' ? ['reward'] : []),
  ];
}

interface Named {
  readonly rollout: Rollout;
  readonly quarantine: 'flagged' | 'affected';
  readonly flagged?: FlaggedEpisode;
}

/** Entries that a format described, and the names of the others. */
function split(
  quarantine: Quarantine,
  format: keyof typeof SOURCE,
): { readonly own: readonly Named[]; readonly others: readonly string[] } {
  const all: readonly Named[] = [
    ...quarantine.flagged.map((flagged) => ({ rollout: flagged.rollout, quarantine: 'flagged' as const, flagged })),
    ...quarantine.affected.map(({ rollout }) => ({ rollout, quarantine: 'affected' as const })),
  ];
  const isOwn = ({ rollout }: Named): boolean => rollout.formats.includes(SOURCE[format]);
  return { own: all.filter(isOwn), others: all.filter((entry) => !isOwn(entry)).map(({ rollout }) => rollout.episode) };
}

/** ROLL: `trajectory_id` keys the dump, `traj_id` and `traj_group_id` key the batch (roll/pipeline/agentic). */
function rollManifest(quarantine: Quarantine): object {
  const { own, others } = split(quarantine, 'roll');
  return {
    framework: 'roll',
    trajectories: own.map(({ rollout, quarantine: why }) => ({
      trajectory_id: rollout.episode,
      traj_id:
        rollout.aliases.find((alias) => rollout.group !== undefined && alias.startsWith(`${rollout.group}_`)) ?? null,
      traj_group_id: rollout.group ?? null,
      global_step: rollout.step ?? null,
      sandbox_id: rollout.sandboxIds[0] ?? null,
      quarantine: why,
    })),
    without_trajectory_id: others,
  };
}

/** verifiers and prime-rl: an episode's `id`, its `traces[].id`, and `group.id` (verifiers/v1/episode.py). */
function verifiersManifest(quarantine: Quarantine): object {
  const { own, others } = split(quarantine, 'verifiers');
  return {
    framework: 'verifiers',
    episodes: own.map(({ rollout, quarantine: why }) => ({
      id: rollout.episode.split('/')[0],
      trace_ids: rollout.aliases,
      group_id: rollout.group ?? null,
      run_id: rollout.run ?? null,
      step: rollout.step ?? null,
      quarantine: why,
    })),
    without_episode_id: others,
  };
}

/** NeMo Gym keys a rollout by task and rollout index (nemo_gym/rollout_collection.py); a row each, to join on these two. */
function* nemoGymRows(quarantine: Quarantine): Generator<object> {
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
function inspectManifest(quarantine: Quarantine, { version }: ManifestOptions): object {
  const { own, others } = split(quarantine, 'inspect');
  const flagged = own.filter((entry) => entry.quarantine === 'flagged').map(({ rollout }) => rollout);
  return {
    framework: 'inspect',
    sample_uuids: flagged.filter(hasUuid).map(({ episode }) => episode),
    samples: flagged.map((rollout) => ({
      id: rollout.group ?? null,
      epoch: indexOf(rollout.attempt),
      uuid: hasUuid(rollout) ? rollout.episode : null,
      run_id: rollout.run ?? null,
    })),
    provenance: { author: `egressblame ${version}`, reason: 'network violations laid on these samples' },
    without_sample: others,
  };
}

/** Without a uuid the episode is named `task/id/epoch`. */
function hasUuid({ episode }: Rollout): boolean {
  return !episode.includes('/');
}
