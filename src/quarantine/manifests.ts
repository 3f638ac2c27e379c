import { jsonText } from '../core/text/text.ts';
import { formatIso } from '../core/time/time.ts';
import type { AffectedEpisode, FlaggedEpisode, Quarantine } from '../model/quarantine.ts';
import type { Rollout } from '../model/report.ts';
import { inspectManifest, nemoGymRows, rollManifest, verifiersManifest } from './framework-manifests.ts';

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
      return lines([inspectManifest(quarantine, options.version)], options);
  }
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
function* manifestRecords(quarantine: Quarantine, { version }: Pick<ManifestOptions, 'version'>): Generator<object> {
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
