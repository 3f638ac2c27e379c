import { digestOf } from '../../core/digest.ts';
import { type JsonObject, textOf } from '../../core/json/json.ts';

/** Trainers repeat one prompt for every member of its group, and dump the prompt but seldom the group's name. */
export function promptGroup(prompt: unknown): string | undefined {
  return typeof prompt === 'string' && prompt !== '' ? `prompt:${digestOf(prompt, 12)}` : undefined;
}

/** verl's `uid` names the prompt's group; with `_<rollout>_<output>` behind it, as `verl/trainer/ppo/v1` writes it, a rollout of it. */
export function verlSample(doc: JsonObject): {
  episodeId?: string | undefined;
  group?: string | undefined;
  attempt?: string | undefined;
} {
  const uid = textOf(doc['uid']);
  const [, group, attempt] = /^(.+)_(\d+)_\d+$/.exec(uid ?? '') ?? [];
  return group === undefined ? { group: uid } : { episodeId: uid, group, attempt };
}
