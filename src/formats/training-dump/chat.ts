import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { FieldMap, type Fields } from '../../core/tables/fields.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { taskPrompt } from '../../core/tools/prompts.ts';
import { episodeEvent } from '../../core/tools/tool-call.ts';
import type { EpisodeEvent, ToolCallEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import { type Conversations, conversationOf, hasCalls, isDated, openingOf } from './conversation.ts';
import { promptGroup } from './group.ts';

const FIELDS = new FieldMap([
  'episode',
  'sandbox',
  'container',
  'host',
  'start',
  'end',
  'step',
  'trainStep',
  'run',
  'group',
  'attempt',
  'reward',
  'task',
  'agent',
  'model',
]);
/** Members in which trainers keep what they know of a rollout beside its conversation. */
const INNER = ['metadata', 'attributes', 'extra_info', 'info', 'reward_info', 'reward'];
/** A row is written when its rollout is over: a stamp that does not say what it means is no start. */
const WRITTEN = ['timestamp', '@timestamp', 'created_at', 'time', 'ts'];
/** Lists of rollouts in one document: tau2-bench's, and home-grown ones. */
const WRAPPERS = ['simulations', 'rollouts', 'episodes', 'samples', 'results', 'rows', 'records', 'data'];

export interface ChatRow {
  readonly messages: readonly JsonObject[];
  readonly row: JsonObject;
  readonly fields: Fields;
  readonly ended: Instant | undefined;
}

/**
 * A trainer's row with the conversation of a rollout: what was rewarded, or which rollout of a run it is. Layouts: slime's rollout buffer
 * (`slime_plugins/rollout_buffer`), TRL's completions, tau-bench and tau2-bench results, SWE-smith's and other data sets of trajectories,
 * and rows that teams write themselves. Without any of this it is a data set's question, or a log of calls to a model.
 */
function chatRow(row: JsonObject, zoneOffsetMin: number): ChatRow | undefined {
  const messages = conversationOf(row);
  if (messages === undefined) return undefined;
  const { fields, ended } = factsOf(row, zoneOffsetMin);
  const isJudged = numberOf(fields.reward) !== undefined || isVerdict(row['resolved']) || isVerdict(row['success']);
  const isPlaced =
    numberOf(fields.trainStep) !== undefined ||
    [fields.group, fields.sandbox].some((name) => textOf(name) !== undefined);
  const isNamed = textOf(fields.episode) !== undefined || textOf(row['id']) !== undefined;
  const isRollout =
    isJudged || 'advantage' in row || (isNamed && hasCalls(messages) && (isPlaced || isDated(messages)));
  return isRollout ? { messages, row, fields, ended } : undefined;
}

function isVerdict(value: unknown): boolean {
  return typeof value === 'boolean';
}

export function factsOf(row: JsonObject, zoneOffsetMin: number): Pick<ChatRow, 'fields' | 'ended'> {
  const inner = INNER.map((key) => row[key]).filter(isObject);
  const all: Record<string, unknown> = {};
  for (const facts of [...inner, row])
    for (const [key, value] of Object.entries(facts)) if (typeof value !== 'object') all[key] = value;
  const written = WRITTEN.map((key) => instantOf(all[key], zoneOffsetMin)).find((stamp) => stamp !== undefined);
  for (const key of WRITTEN) delete all[key];
  const fields = FIELDS.read(all);
  return { fields, ended: instantOf(fields.end, zoneOffsetMin) ?? written };
}

/** Rows of one document. */
export function chatRows(doc: JsonObject, zoneOffsetMin: number): readonly ChatRow[] {
  const single = chatRow(doc, zoneOffsetMin);
  if (single !== undefined) return [single];
  for (const key of WRAPPERS) {
    const list = arrayOf(doc[key]).filter(isObject);
    if (list[0] === undefined || chatRow(list[0], zoneOffsetMin) === undefined) continue;
    return list.flatMap((row) => chatRow(row, zoneOffsetMin) ?? []);
  }
  return [];
}

export interface ChatPlace {
  readonly record: RawRecord;
  readonly line: string;
  readonly zoneOffsetMin: number;
  readonly conversations: Conversations;
}

export function readChatRow(
  { messages, row, fields, ended }: ChatRow,
  { record, line, zoneOffsetMin, conversations }: ChatPlace,
): readonly (EpisodeEvent | ToolCallEvent)[] {
  const names = namesOf(row, fields);
  const episodeId = names.episode ?? line;
  const sandboxId = textOf(fields.sandbox);
  const containerId = textOf(fields.container);
  const calls = conversations.inMessages(messages, {
    record,
    episodeId,
    zoneOffsetMin,
    host: textOf(fields.host),
    sandboxId,
    containerId,
  });
  const task = textOf(fields.task);
  return [
    ...calls,
    episodeEvent({
      format: 'training-dump',
      clock: ended === undefined ? 'none' : 'timestamp',
      ref: record.ref,
      episodeId,
      run: textOf(fields.run),
      group: names.group ?? task ?? promptGroup(openingOf(messages)),
      attempt: textOf(at(row, 'attributes', 'rollout_n')) ?? textOf(fields.attempt) ?? textOf(row['trial']),
      step: numberOf(fields.trainStep) ?? numberOf(fields.step),
      reward: numberOf(fields.reward),
      task,
      agent: textOf(fields.agent),
      model: textOf(fields.model),
      sandboxId,
      containerId,
      prompts: taskPrompt(messages, record.ref),
      outcome: textOf(row['termination_reason']) ?? textOf(row['exit_status']) ?? textOf(row['finish_reason']),
      start: instantOf(fields.start, zoneOffsetMin),
      end: ended,
      observed: record.observed,
    }),
  ];
}

/**
 * slime names the rollout `uid` and its group `instance_id`; a rollout that is named by `id` alone is a whole document's. Other rows
 * without a name of their own are told apart by their line, and belong together where their prompts are one. SkyRL-Agent counts the
 * rollouts of each task: a bare number names one only beside its task.
 */
function namesOf(row: JsonObject, fields: Fields): { readonly episode?: string; readonly group?: string } {
  const slime = 'extra_info' in row && 'instance_id' in row ? textOf(row['uid']) : undefined;
  const named = slime ?? textOf(fields.episode) ?? textOf(row['id']);
  const task = textOf(fields.group) ?? textOf(fields.task);
  const isCount = named !== undefined && task !== undefined && /^\d{1,4}$/.test(named);
  const episode = isCount ? `${task}/${named}` : named;
  const group = slime === undefined ? textOf(fields.group) : textOf(row['instance_id']);
  return { ...(episode === undefined ? {} : { episode }), ...(group === undefined ? {} : { group }) };
}
