import { failed } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { episodeEvent } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** `result.json`: the window in which the agent ran, the reward, and the container by its compose project. */
export function readTrial(doc: JsonObject, record: RawRecord): readonly Event[] | Decoded {
  const trial = textOf(doc['trial_name']);
  if (trial === undefined) return failed('no trial name');
  const execution = doc['agent_execution'];
  const id = textOf(doc['id']);
  return [
    episodeEvent({
      format: 'harbor-atif',
      clock: 'result',
      ref: record.ref,
      episodeId: trial,
      aliases: id === undefined ? undefined : [id],
      agent: textOf(at(doc, 'agent_info', 'name')),
      model: textOf(at(doc, 'agent_info', 'model_info', 'name')) ?? textOf(at(doc, 'agent_info', 'model_info')),
      // All trials of one task are attempts at one prompt.
      group: textOf(doc['task_name']),
      task: textOf(doc['task_name']) ?? textOf(doc['task_id']),
      run: textOf(at(doc, 'config', 'job_id')) ?? textOf(doc['job_id']),
      reward: rewardOf(at(doc, 'verifier_result', 'rewards')),
      outcome: textOf(at(doc, 'exception_info', 'exception_type')),
      sandboxId: sandboxOf(trial, at(doc, 'config', 'environment')),
      start: instantOf(at(execution, 'started_at')) ?? instantOf(doc['started_at']),
      end: instantOf(at(execution, 'finished_at')) ?? instantOf(doc['finished_at']),
      observed: record.observed,
    }),
  ];
}

/** Other providers name their sandboxes themselves. */
function sandboxOf(trial: string, environment: unknown): string | undefined {
  const type = textOf(at(environment, 'type'));
  if (type === 'gke') return podOf(trial, textOf(at(environment, 'kwargs', 'namespace')));
  const isOwn = textOf(at(environment, 'import_path')) !== undefined;
  return (type ?? (isOwn ? 'own' : 'docker')) === 'docker' ? `${composeProject(trial)}-main-1` : undefined;
}

/** Longest name of a pod. */
const POD_NAME = 63;

function podOf(trial: string, namespace: string | undefined): string {
  const name = trial.toLowerCase().replaceAll('_', '-').slice(0, POD_NAME);
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Docker compose lowers the trial name and replaces what it does not allow; the container is `<project>-main-1`. */
function composeProject(trial: string): string {
  return trial.toLowerCase().replace(/[^a-z0-9_-]/g, '-');
}

function rewardOf(rewards: unknown): number | undefined {
  if (!isObject(rewards)) return numberOf(rewards);
  return (
    numberOf(rewards['reward']) ??
    Object.values(rewards)
      .map(numberOf)
      .find((value) => value !== undefined)
  );
}
