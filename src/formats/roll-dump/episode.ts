import { at, compact, numberOf, textOf } from '../../core/json.ts';
import { taskPrompt } from '../../core/prompts.ts';
import type { Stamp } from '../../core/stamp.ts';
import { eventTime, micros, parseIso, timeFromObserved } from '../../core/time.ts';
import type { EpisodeEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';

/** `{tag}_{start}_{end}_{group}_{env}_{episode}_{seed}_{date}_{time}_{us}`: the tag may hold underscores. */
const NATIVE = /^(.+)_(\d+)_(\d+)_(\d+)_(\d+)_(\d+)_(\d+)_(\d{8})_(\d{6})_(\d+)$/;
/** `{tag}_{group}_{episode}_{seed}_{env}_{date}_{time}_{us}[_b{n}]` of the proxy manager. */
const PROXY = /^(.+)_(\d+)_(\d+)_(\d+)_(\d+)_(\d{8})_(\d{6})_(\d+)(?:_b\d+)?$/;
const SAVED = /^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)_(\d{1,6})$/;

interface Names {
  readonly group?: string;
  readonly id?: string;
  readonly attempt?: string;
}

/** Group and trajectory names as the training log and the spans write them. */
function namesOf(trajectoryId: string, native: boolean): Names {
  const m = (native ? NATIVE : PROXY).exec(trajectoryId);
  if (m === null) return {};
  const [tag, group, episode, seed, env] = native ? [m[1], m[4], m[6], m[7], m[5]] : [m[1], m[2], m[3], m[4], m[5]];
  const name = `${tag}_${group}_${episode}_${seed}`;
  return compact({ group: name, id: `${name}_${env}`, attempt: episode });
}

interface Row {
  readonly messages: readonly unknown[];
  readonly run: string | undefined;
  readonly ref: SourceRef;
  readonly zoneOffsetMin: number;
}

export function episodeOf(row: unknown, given: Row): EpisodeEvent | undefined {
  const episodeId = textOf(at(row, 'trajectory_id'));
  if (episodeId === undefined) return undefined;
  const info = at(row, 'env_info');
  const names = namesOf(episodeId, info !== undefined);
  const saved = savedAt(row, given.zoneOffsetMin);
  const total = numberOf(at(row, 'timing_info', 'traj_time_env_total'));
  const start = saved === undefined || total === undefined ? undefined : micros(saved.stamp.at - total * 1_000_000);
  const sandboxId = textOf(at(info, 'sandbox_id'));
  const aliases = [names.id, sandboxId === undefined ? undefined : `sandbox:${sandboxId}`].filter(
    (id) => id !== undefined,
  );
  return compact({
    kind: 'episode' as const,
    format: 'roll-dump',
    clock: 'traj_save_time',
    time:
      saved === undefined
        ? timeFromObserved(undefined)
        : eventTime(saved.stamp, { raw: saved.raw, basis: 'completion', lo: start, hi: saved.stamp.at }),
    ref: given.ref,
    episodeId,
    run: given.run,
    group: names.group,
    attempt: names.attempt,
    step: numberOf(at(row, 'current_step')),
    start,
    end: saved?.stamp.at,
    reward: numberOf(at(row, 'reward_info', 'episode_reward')),
    task: textOf(at(info, 'task_id')) ?? textOf(at(info, 'task_name')),
    prompts: taskPrompt(given.messages, given.ref),
    sandboxId,
    aliases: aliases.length > 0 ? aliases : undefined,
    outcome: textOf(at(row, 'failure_info', 'stop_reason')) ?? textOf(at(row, 'finish_reason')),
    use: useOf(textOf(at(info, 'mode'))),
    traced: 'yes' as const,
  });
}

function useOf(mode: string | undefined): EpisodeEvent['use'] {
  if (mode === 'train') return 'train';
  return mode === 'val' ? 'eval' : undefined;
}

function savedAt(row: unknown, zoneOffsetMin: number): { stamp: Stamp; raw: string } | undefined {
  for (const raw of [textOf(at(row, 'timing_info', 'traj_save_time')), textOf(at(row, 'timestamp'))]) {
    if (raw === undefined) continue;
    const stamp = parseIso(raw.replace(SAVED, '$1-$2-$3T$4:$5:$6.$7'), zoneOffsetMin);
    if (stamp !== undefined) return { stamp, raw };
  }
  return undefined;
}
