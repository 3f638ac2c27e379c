import { at, compact, numberOf, textOf } from '../../core/json/json.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, micros, parseIso, timeFromObserved } from '../../core/time/time.ts';
import { taskPrompt } from '../../core/tools/prompts.ts';
import type { EpisodeEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

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
function namesOf(trajectoryId: string, info: unknown): Names {
  const stated = ['tag', 'group_id', 'episode_id', 'seed', 'env_id'].map((key) => textOf(at(info, key)));
  // First releases had another id, in which the task's name may look like one more number.
  if (stated.every((part) => part !== undefined)) return named(stated);
  const m = (info === undefined ? PROXY : NATIVE).exec(trajectoryId);
  if (m === null) return {};
  return named(info === undefined ? [m[1], m[2], m[3], m[4], m[5]] : [m[1], m[4], m[6], m[7], m[5]]);
}

function named([tag, group, episode, seed, env]: readonly (string | undefined)[]): Names {
  const name = `${tag}_${group}_${episode}_${seed}`;
  return compact({ group: name, id: `${name}_${env}`, attempt: episode });
}

interface Row {
  readonly messages: readonly unknown[];
  readonly run: string | undefined;
  readonly step: number | undefined;
  readonly ref: SourceRef;
  readonly zoneOffsetMin: number;
}

export function episodeOf(row: unknown, given: Row): EpisodeEvent | undefined {
  const episodeId = textOf(at(row, 'trajectory_id'));
  if (episodeId === undefined) return undefined;
  const info = at(row, 'env_info');
  const names = namesOf(episodeId, info);
  const { start, saved } = spanOf(row, given.zoneOffsetMin);
  const sandboxId = toldText(at(info, 'sandbox_id'));
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
    step: numberOf(at(row, 'current_step')) ?? numberOf(at(row, 'currect_step')) ?? given.step,
    start,
    end: saved?.stamp.at,
    reward: numberOf(at(row, 'reward_info', 'episode_reward')) ?? numberOf(at(row, 'reward_info', 'episode_score')),
    task: toldText(at(info, 'task_id')) ?? toldText(at(info, 'task_name')),
    prompts: taskPrompt(given.messages, given.ref),
    sandboxId,
    aliases: aliases.length > 0 ? aliases : undefined,
    outcome: textOf(at(row, 'failure_info', 'stop_reason')) ?? textOf(at(row, 'finish_reason')),
    use: useOf(textOf(at(info, 'mode'))),
    traced: 'yes' as const,
  });
}

/** An environment without a sandbox says `N/A`. */
function toldText(value: unknown): string | undefined {
  return value === 'N/A' ? undefined : textOf(value);
}

function useOf(mode: string | undefined): EpisodeEvent['use'] {
  if (mode === 'train') return 'train';
  return mode === 'val' ? 'eval' : undefined;
}

interface Read {
  readonly stamp: Stamp;
  readonly raw: string;
}

/** When the episode was saved or ended, and when it began, as far as that is told. */
function spanOf(row: unknown, zoneOffsetMin: number): { start: Micros | undefined; saved: Read | undefined } {
  const timing = at(row, 'timing_info');
  const read = (...values: readonly unknown[]): Read | undefined => firstTime(values, zoneOffsetMin);
  const saved = read(
    at(timing, 'traj_save_time'),
    at(timing, 'env_instance_end_time'),
    at(timing, 'trajectory_save_time'),
    at(row, 'timestamp'),
  );
  const begun = read(at(timing, 'env_instance_start_time'));
  const total = numberOf(at(timing, 'traj_time_env_total'));
  if (begun !== undefined || saved === undefined || total === undefined) return { start: begun?.stamp.at, saved };
  return { start: micros(saved.stamp.at - total * 1_000_000), saved };
}

function firstTime(values: readonly unknown[], zoneOffsetMin: number): Read | undefined {
  for (const value of values) {
    const raw = textOf(value);
    const stamp = raw === undefined ? undefined : parseIso(raw.replace(SAVED, '$1-$2-$3T$4:$5:$6.$7'), zoneOffsetMin);
    if (raw !== undefined && stamp !== undefined) return { stamp, raw };
  }
  return undefined;
}
