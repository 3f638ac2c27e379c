import { no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { digestOf } from '../../core/digest.ts';
import { instantOf } from '../../core/instant.ts';
import { arrayOf, isObject, type JsonObject, numberOf, textOf } from '../../core/json.ts';
import { taskPrompt } from '../../core/prompts.ts';
import { fileStem, jsonDecoder } from '../../core/session.ts';
import { episodeEvent } from '../../core/tool-call.ts';
import type { EpisodeEvent, ToolCallEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { callsInText } from './text-calls.ts';

type Kind = 'roll' | 'verl' | 'skyrl' | 'areal' | 'areal-session' | 'nemo-rl' | 'rllm' | 'art';

/** Rollout dumps of training frameworks that keep no time of a call: ROLL's without agents, verl, SkyRL, AReaL, NeMo-RL, rLLM, ART. */
export const trainingDump: Format = {
  id: 'training-dump',
  title: 'training rollout dumps without call times',
  roles: ['episode', 'tool-call'],
  framing: 'auto',
  status: 'documented',
  clock: 'none for calls; AReaL sessions and rLLM steps may date the episode',
  traps: [
    "commands are only text inside the model's answer, and whether they ran is unknown",
    'blame can reach the episode, never the call',
  ],
  claims,
  sniff,
  open: (context) => jsonDecoder((doc, record) => read(doc, record, context)),
};

function kindOf(doc: JsonObject): Kind | undefined {
  const has = (...keys: readonly string[]): boolean => keys.every((key) => key in doc);
  if (has('responses', 'scores', 'global_step') && Array.isArray(doc['responses'])) return 'roll';
  if (has('input', 'output', 'score', 'step')) return 'verl';
  if (has('input_prompt', 'output_response')) return 'skyrl';
  if (has('task_id', 'submit_ts', 'finalized_ts')) return 'areal-session';
  if (has('task_id', 'sample_idx', 'prompt', 'completion')) return 'areal';
  const trajectories = doc['trajectories'];
  if (Array.isArray(trajectories)) {
    const first: unknown = trajectories[0];
    if (isObject(first) && 'messages_and_choices' in first) return 'art';
    if (isObject(first) && Array.isArray(first['steps'])) return 'rllm';
  }
  if (has('messages_and_choices', 'reward')) return 'art';
  return has('content', 'rewards') && Array.isArray(doc['rewards']) ? 'nemo-rl' : undefined;
}

function claims({ json }: SniffRecord): Sniff {
  const kind = isObject(json) ? kindOf(json) : undefined;
  return kind === undefined ? no('no rollout dump') : yes(0.9, `columns of ${kind}`);
}

/** ROLL writes a step in one line, which may be longer than the head that detection sees. */
function sniff(sample: Sample): Sniff {
  const [first] = sample.records;
  const isCut = first?.json === undefined && /^\{\s*"\w+"\s*:\s*\[/.test(first?.text ?? '');
  return isCut && /rollout_dump_data\.step_\d+\.jsonl$/.test(sample.path)
    ? yes(0.8, 'name of a ROLL dump, cut')
    : sniffMean(sample, claims);
}

function read(
  doc: JsonObject,
  record: RawRecord,
  context: DecodeContext,
): readonly (EpisodeEvent | ToolCallEvent)[] | Decoded {
  const kind = kindOf(doc);
  if (kind === undefined) return skipped('no rollout');
  const place: Place = { record, stem: fileStem(context.path), kind };
  if (kind === 'nemo-rl') return batched(doc, place);
  if (kind === 'roll') return columns(doc, place);
  if (kind === 'art' && Array.isArray(doc['trajectories'])) return grouped(doc, place);
  const episode = described(doc, place);
  const calls = callsInText(textIn(doc, kind), episode.episodeId, record);
  return [...calls, episode];
}

interface Place {
  readonly record: RawRecord;
  readonly stem: string;
  readonly kind: Kind;
}

function described(doc: JsonObject, { record, stem, kind }: Place): EpisodeEvent {
  const line = `${stem}/line:${record.ref.line}`;
  const base = { format: 'training-dump', clock: 'none', ref: record.ref, observed: record.observed };
  switch (kind) {
    case 'areal-session':
      return episodeEvent({
        ...base,
        clock: 'submit_ts',
        episodeId: textOf(doc['session_id']) ?? `${textOf(doc['task_id']) ?? ''}`,
        task: textOf(doc['task_id']),
        group: textOf(doc['task_id']),
        start: instantOf(doc['submit_ts']),
        end: instantOf(doc['finalized_ts']),
      });
    case 'areal':
      return episodeEvent({
        ...base,
        episodeId: `${textOf(doc['task_id']) ?? ''}/${textOf(doc['sample_idx']) ?? ''}`,
        group: textOf(doc['task_id']),
        attempt: textOf(doc['sample_idx']),
        step: numberOf(doc['tail_version']),
        reward: numberOf(doc['reward']),
        prompts: taskPrompt(doc['prompt'], record.ref),
      });
    case 'rllm':
      return rllmEpisode(doc, base, line);
    default:
      return episodeEvent({
        ...base,
        episodeId: textOf(doc['request_id']) ?? line,
        group: textOf(doc['uid']) ?? promptGroup(doc['input'] ?? doc['input_prompt']),
        step: numberOf(doc['step']),
        prompts:
          kind === 'verl' || kind === 'skyrl' ? taskPrompt(doc['input'] ?? doc['input_prompt'], record.ref) : undefined,
        reward: numberOf(doc['score']) ?? numberOf(doc['reward']),
        task: textOf(doc['env_class']) ?? textOf(doc['data_source']),
        outcome: textOf(doc['stop_reason']),
      });
  }
}

function rllmEpisode(
  doc: JsonObject,
  base: { format: string; clock: string; ref: RawRecord['ref']; observed: RawRecord['observed'] },
  line: string,
): EpisodeEvent {
  const id = textOf(doc['episode_id']) ?? textOf(doc['id']);
  const [first] = arrayOf(doc['trajectories']);
  const step = /_step_(\d+)/.exec(base.ref.source)?.[1];
  return episodeEvent({
    ...base,
    episodeId: id ?? line,
    group: id?.split(':')[0],
    attempt: id?.split(':')[1],
    step: numberOf(doc['step']) ?? numberOf(step),
    reward: numberOf(doc['reward']) ?? numberOf(isObject(first) ? first['reward'] : undefined),
    outcome: textOf(doc['termination_reason']),
  });
}

/** verl and SkyRL repeat one prompt for every member of its group, and dump the prompt but seldom the group's name. */
function promptGroup(prompt: unknown): string | undefined {
  return typeof prompt === 'string' ? `prompt:${digestOf(prompt, 12)}` : undefined;
}

/** ART writes a group as one document. */
function grouped(doc: JsonObject, { record, stem }: Place): readonly (EpisodeEvent | ToolCallEvent)[] {
  const group = `${stem}/line:${record.ref.line}`;
  return arrayOf(doc['trajectories'])
    .filter(isObject)
    .flatMap((trajectory, i) => {
      const episodeId = `${group}/${i}`;
      return [
        ...callsInText(trajectory['messages_and_choices'], episodeId, record),
        episodeEvent({
          format: 'training-dump',
          clock: 'none',
          ref: record.ref,
          episodeId,
          group,
          reward: numberOf(trajectory['reward']),
          observed: record.observed,
        }),
      ];
    });
}

/** NeMo-RL writes a batch as columns. */
function batched(doc: JsonObject, { record, stem }: Place): readonly EpisodeEvent[] {
  const step = /step_?(\d+)/.exec(stem)?.[1];
  return arrayOf(doc['rewards']).map((reward, i) =>
    episodeEvent({
      format: 'training-dump',
      clock: 'none',
      ref: record.ref,
      episodeId: `${stem}/${i}`,
      step: numberOf(step),
      reward: numberOf(reward),
      observed: record.observed,
    }),
  );
}

/** ROLL's pipeline of verifiable rewards writes a step as columns; samples of one prompt bear the id of its task. */
function columns(doc: JsonObject, { record, stem }: Place): readonly (EpisodeEvent | ToolCallEvent)[] {
  const cell = (name: string, i: number): unknown => arrayOf(doc[name])[i];
  return arrayOf(doc['responses']).flatMap((response, i) => {
    const episodeId = `${stem}/${i}`;
    const step = numberOf(cell('global_step', i));
    const task = textOf(cell('id', i));
    const prompt = cell('prompt', i);
    return [
      ...callsInText(response, episodeId, record),
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

/** The text that the model wrote, or its messages. */
function textIn(doc: JsonObject, kind: Kind): unknown {
  switch (kind) {
    case 'verl':
      return doc['output'];
    case 'skyrl':
      return doc['output_response'];
    case 'areal':
      return doc['completion'];
    default:
      return doc['trajectories'] ?? doc['messages_and_choices'];
  }
}
