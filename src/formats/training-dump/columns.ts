import { arrayOf, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { taskPrompt } from '../../core/tools/prompts.ts';
import { episodeEvent } from '../../core/tools/tool-call.ts';
import { promptGroup } from './group.ts';
import type { Out, Place } from './place.ts';

/** NeMo-RL writes a batch as columns, and since a row holds one sample each column has one value and `idx` counts the rows. */
export function batched(doc: JsonObject, place: Place): readonly Out[] {
  const { record, stem, conversations } = place;
  const step = /step_?(\d+)[^/]*$/.exec(stem)?.[1];
  const rewards = arrayOf(doc['rewards']);
  const only = rewards.length === 1 ? numberOf(doc['idx']) : undefined;
  return rewards.flatMap((reward, i) => {
    const episodeId = `${stem}/${only ?? i}`;
    const said = arrayOf(doc['content'])[i];
    // The texts of a conversation: what stands first nobody sampled.
    const [prompt, ...turns] = Array.isArray(said) ? said : [undefined, said];
    return [
      ...turns.flatMap((text) => conversations.inText(text, { ...place, episodeId })),
      episodeEvent({
        format: 'training-dump',
        clock: 'none',
        ref: record.ref,
        episodeId,
        group: promptGroup(prompt),
        step: numberOf(step),
        reward: numberOf(reward),
        prompts: taskPrompt(prompt, record.ref),
        observed: record.observed,
      }),
    ];
  });
}

/** ROLL's pipeline of verifiable rewards writes a step as columns; samples of one prompt bear the id of its task. */
export function columns(doc: JsonObject, place: Place): readonly Out[] {
  const { record, stem, conversations } = place;
  const cell = (name: string, i: number): unknown => arrayOf(doc[name])[i];
  return arrayOf(doc['responses']).flatMap((response, i) => {
    const episodeId = `${stem}/${i}`;
    const step = numberOf(cell('global_step', i));
    const task = textOf(cell('id', i));
    const prompt = cell('prompt', i);
    return [
      ...conversations.inText(response, { ...place, episodeId }),
      episodeEvent({
        format: 'training-dump',
        clock: 'none',
        ref: record.ref,
        episodeId,
        group: task === undefined ? promptGroup(prompt) : `${step ?? stem}/${task}`,
        step,
        reward: numberOf(cell('scores', i)),
        task: task ?? textOf(cell('tag', i)),
        prompts: taskPrompt(prompt, record.ref),
        observed: record.observed,
      }),
    ];
  });
}
