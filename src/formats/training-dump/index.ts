import { no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { taskPrompt } from '../../core/tools/prompts.ts';
import { jsonDecoder, pathStem } from '../../core/tools/session.ts';
import { episodeEvent } from '../../core/tools/tool-call.ts';
import type { EpisodeEvent, ToolCallEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { artEvents, isArt } from './art.ts';
import { chatRows, readChatRow } from './chat.ts';
import { batched, columns } from './columns.ts';
import { Conversations } from './conversation.ts';
import { promptGroup, verlSample } from './group.ts';
import type { Kind, Out, Place } from './place.ts';
import { isTrl, trlReward } from './trl.ts';
import { useOf } from './use.ts';

/**
 * Rollout dumps of training frameworks that keep no time of a call: ROLL's without agents, verl, SkyRL, AReaL, TRL, NeMo-RL, rLLM, ART, and
 * rows with the conversation of a rollout (see `chat.ts`), whose messages may be dated.
 */
export const trainingDump: Format = {
  id: 'training-dump',
  title: 'training rollout dumps without call times',
  roles: ['episode', 'tool-call'],
  framing: 'auto',
  status: 'documented',
  clock: 'none for calls, unless messages are dated; AReaL sessions and stamps of rows may date the episode',
  traps: [
    "commands may be only text inside the model's answer, and whether they ran is unknown",
    'rows do not say whether they are of training or validation: the name of their folder does',
    'without dated messages blame can reach the episode, never the call',
  ],
  claims,
  sniff,
  open: (context) => {
    const conversations = new Conversations();
    const use = useOf(context.path);
    const stated = (out: Out): Out => (out.kind === 'episode' && use !== undefined ? { ...out, use } : out);
    return jsonDecoder((doc, record) => {
      const events = read(doc, { record, context, conversations });
      return 'status' in events ? events : events.map(stated);
    });
  },
};

function kindOf(doc: JsonObject): Kind | undefined {
  const has = (...keys: readonly string[]): boolean => keys.every((key) => key in doc);
  if (has('responses', 'scores', 'global_step') && Array.isArray(doc['responses'])) return 'roll';
  if (has('input', 'output', 'score', 'step')) return 'verl';
  if (has('input_prompt', 'output_response')) return 'skyrl';
  if (has('group_index', 'index', 'prompt', 'response', 'reward')) return 'slime';
  if (isArt(doc)) return 'art';
  if (has('task_id', 'submit_ts', 'finalized_ts')) return 'areal-session';
  if (has('task_id', 'sample_idx', 'prompt', 'completion')) return 'areal';
  const trajectories = doc['trajectories'];
  if (Array.isArray(trajectories)) {
    const first: unknown = trajectories[0];
    if (isObject(first) && Array.isArray(first['steps'])) return 'rllm';
  }
  if (isTrl(doc)) return 'trl';
  if (has('content', 'rewards') && Array.isArray(doc['rewards'])) return 'nemo-rl';
  return chatRows(doc, 0).length > 0 ? 'chat' : undefined;
}

function claims({ json }: SniffRecord): Sniff {
  const kind = isObject(json) ? kindOf(json) : undefined;
  if (kind === undefined) return no('no rollout dump');
  return kind === 'chat' ? yes(0.8, 'conversation of a rollout') : yes(0.9, `columns of ${kind}`);
}

/** ROLL writes a step in one line, which may be longer than the head that detection sees. */
function sniff(sample: Sample): Sniff {
  const [first] = sample.records;
  const isCut = first?.json === undefined && /^\{\s*"\w+"\s*:\s*\[/.test(first?.text ?? '');
  return isCut && /rollout_dump_data\.step_\d+\.jsonl$/.test(sample.path)
    ? yes(0.8, 'name of a ROLL dump, cut')
    : sniffMean(sample, claims);
}

interface Reading {
  readonly record: RawRecord;
  readonly context: DecodeContext;
  readonly conversations: Conversations;
}

function read(doc: JsonObject, { record, context, conversations }: Reading): readonly Out[] | Decoded {
  const kind = kindOf(doc);
  if (kind === undefined) return skipped('no rollout');
  const { zoneOffsetMin } = context;
  const place: Place = { record, stem: pathStem(context.path), kind, conversations, zoneOffsetMin };
  if (kind === 'nemo-rl') return batched(doc, place);
  if (kind === 'roll') return columns(doc, place);
  if (kind === 'chat') return chats(doc, place);
  if (kind === 'art') return artOrSkipped(doc, place);
  const episode = described(doc, place);
  return [...callsOf(doc, episode.episodeId, place), episode];
}

function chats(doc: JsonObject, { record, stem, conversations, zoneOffsetMin }: Place): readonly Out[] {
  const rows = chatRows(doc, zoneOffsetMin);
  const line = `${stem}/line:${record.ref.line}`;
  return rows.flatMap((row, i) =>
    readChatRow(row, { record, line: rows.length === 1 ? line : `${line}/${i}`, zoneOffsetMin, conversations }),
  );
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
    case 'slime':
      return episodeEvent({
        ...base,
        episodeId: `${stem}/${textOf(doc['index']) ?? ''}`,
        group: `${stem}/${textOf(doc['group_index']) ?? ''}`,
        attempt: textOf(doc['index']),
        reward: scoreOf(doc['reward']),
        task: textOf(at(doc, 'metadata', 'instance_id')),
        outcome: textOf(doc['status']),
        prompts: taskPrompt(doc['prompt'], record.ref),
      });
    case 'trl':
      return episodeEvent({
        ...base,
        episodeId: line,
        group: promptGroup(doc['prompt']),
        step: numberOf(doc['step']),
        reward: trlReward(doc),
        prompts: taskPrompt(doc['prompt'], record.ref),
      });
    default: {
      const sample = verlSample(doc);
      return episodeEvent({
        ...base,
        episodeId: textOf(doc['request_id']) ?? sample.episodeId ?? line,
        group: sample.group ?? promptGroup(doc['input'] ?? doc['input_prompt']),
        attempt: sample.attempt,
        step: numberOf(doc['step']),
        prompts:
          kind === 'verl' || kind === 'skyrl' ? taskPrompt(doc['input'] ?? doc['input_prompt'], record.ref) : undefined,
        reward: scoreOf(doc['score']) ?? numberOf(doc['reward']),
        task: textOf(doc['env_class']) ?? textOf(doc['data_source']),
        outcome: textOf(doc['stop_reason']),
      });
    }
  }
}

/** SkyRL may keep a score of every token: the rollout's is their sum. */
function scoreOf(score: unknown): number | undefined {
  if (!Array.isArray(score) || score.length === 0) return numberOf(score);
  return score.every((part) => typeof part === 'number') ? score.reduce((sum, part) => sum + part, 0) : undefined;
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
    step: numberOf(doc['training_step']) ?? numberOf(doc['step']) ?? numberOf(step),
    reward: numberOf(doc['reward']) ?? numberOf(isObject(first) ? first['reward'] : undefined),
    outcome: textOf(doc['termination_reason']),
  });
}

function artOrSkipped(doc: JsonObject, place: Place): readonly Out[] | Decoded {
  const events = artEvents(doc, place);
  return events.length === 0 ? skipped('group without a rollout') : events;
}

function callsOf(doc: JsonObject, episodeId: string, place: Place): readonly ToolCallEvent[] {
  const { conversations } = place;
  const own = { ...place, episodeId };
  switch (place.kind) {
    case 'verl':
      return conversations.inText(doc['output'], own);
    case 'skyrl':
      return conversations.inText(doc['output_response'], own);
    case 'slime':
      return conversations.inText(doc['response'], own);
    case 'areal':
    case 'trl':
      return conversations.inText(doc['completion'], own);
    default:
      return arrayOf(doc['trajectories'])
        .flatMap((trajectory) => arrayOf(at(trajectory, 'steps')))
        .flatMap((step) => stepCalls(step, conversations, own));
  }
}

/** rLLM keeps the conversation so far in every step, or only what the model answered. */
function stepCalls(
  step: unknown,
  conversations: Conversations,
  place: Place & { readonly episodeId: string },
): readonly ToolCallEvent[] {
  const messages = at(step, 'chat_completions');
  return arrayOf(messages).length > 0
    ? conversations.inMessages(messages, place)
    : conversations.inText(at(step, 'model_response'), place);
}
