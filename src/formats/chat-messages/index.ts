import { no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { markupCalls } from '../../core/tools/markup-calls.ts';
import { contentText, type ModelCall, messageCalls, toolResults } from '../../core/tools/model-calls.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { EpisodeWindows, pathStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** The messages of one conversation, as an agent hands them to its model: one a line, or a list. */
export const chatMessages: Format = {
  id: 'chat-messages',
  title: "messages of a conversation (OpenAI's, Anthropic's), one a line or a list",
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    'the stamp of a message, where it has one: of a call when the model had answered, of its result when it was there',
  traps: [
    'messages mostly have no time: then blame can reach the episode, never the call',
    'a file is one conversation, unless its messages name theirs',
    'a conversation that was made shorter on its way lacks what was left out',
  ],
  claims,
  sniff: (sample) => sniffMean(sample, claims, ({ json }) => (messageIn(json) === undefined ? 1 : 0.1)),
  open: openConversation,
};

const ROLES = /^(?:system|developer|user|assistant|tool|function)$/;

function isMessage(json: unknown): json is JsonObject {
  return isObject(json) && ROLES.test(textOf(json['role']) ?? '') && ('content' in json || 'tool_calls' in json);
}

/** A message, or one that stands in a record beside its time (Strands' sessions), or without its role (Cursor's transcripts). */
function messageIn(json: unknown): JsonObject | undefined {
  if (isMessage(json)) return json;
  // A choice of a completion: logs of model calls are of many agents.
  const held = isObject(json) && !('finish_reason' in json) ? json['message'] : undefined;
  const whole = isObject(json) && isObject(held) ? { role: json['role'], ...held } : undefined;
  return isMessage(whole) ? whole : undefined;
}

/** Less sure than any format of its own. */
function claims({ json }: SniffRecord): Sniff {
  const message = messageIn(json);
  if (message === undefined) return no('no message with a role');
  const tells = callsOf(message).length > 0 || toolResults([message]).size > 0;
  return tells ? yes(0.7, 'message with tool calls or results') : no('message without tools');
}

function callsOf(message: JsonObject): readonly ModelCall[] {
  if (message['role'] !== 'assistant') return [];
  const listed = messageCalls(message);
  return listed.length > 0 ? listed : markupCalls(contentText(message['content']));
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly context: DecodeContext;
  /** The model has not spoken yet: what the user says is the task, and no result of a tool. */
  isOpening: boolean;
}

function openConversation(context: DecodeContext): Decoder {
  const state: State = { calls: new SessionCalls(), episodes: new EpisodeWindows(), context, isOpening: true };
  return sessionDecoder(state, read);
}

const NAMES = ['session_id', 'sessionId', 'conversation_id', 'thread_id', 'episode_id', 'rollout_id'];
/** A session of Strands Agents has a file for each message: what a call answers stands in another one. */
const STRANDS = /session_([^/\\]+)[/\\]agents[/\\]agent_[^/\\]+[/\\]messages[/\\]message_\d+\.json$/;
const STAMPS = ['timestamp', 'created_at', 'createdAt', 'time', 'ts'];

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const message = messageIn(doc);
  if (message === undefined) return skipped('no message');
  const named = NAMES.map((name) => textOf(doc[name])).find((name) => name !== undefined);
  const { path } = state.context;
  const episodeId = named ?? STRANDS.exec(path)?.[1] ?? pathStem(path);
  const time = STAMPS.map((key) => instantOf(doc[key], state.context.zoneOffsetMin)).find(
    (stamp) => stamp !== undefined,
  );
  if (message['role'] === 'assistant') state.isOpening = false;
  const isTask = state.isOpening && message['role'] === 'user' && toolResults([message]).size === 0;
  const prompts = isTask ? promptsOf(contentText(message['content']), record.ref) : undefined;
  state.episodes.see({ format: 'chat-messages', clock: 'timestamp', episodeId, prompts }, record.ref, time);
  const calls = callsOf(message);
  const results = toolResults([message]);
  if (calls.length + results.size === 0) return skipped('message without tools');
  const opened = calls.flatMap((call) => begin(call, { episodeId, record, time }, state));
  const ended = [...results].flatMap(([id, output]) => end(id, output, { episodeId, record, time }, message, state));
  return [...opened, ...ended];
}

interface Place {
  readonly episodeId: string;
  readonly record: RawRecord;
  readonly time: Instant | undefined;
}

function begin(call: ModelCall, { episodeId, record, time }: Place, { calls }: State): readonly Event[] {
  return calls.open(call.id === undefined ? undefined : `${episodeId} ${call.id}`, {
    format: 'chat-messages',
    clock: 'timestamp',
    ref: record.ref,
    episodeId,
    callId: call.id,
    name: call.name,
    arguments: readArguments(call.argumentsText),
    start: time,
    startBasis: 'model-call-end',
    slack: SESSION_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    host: record.host,
    containerId: record.containerId,
    trust: 'agent-writable',
    observed: record.observed,
  });
}

function end(id: string, output: string, { episodeId, time }: Place, message: JsonObject, { calls }: State) {
  const block = arrayOf(message['content']).find(
    (part) => at(part, 'tool_use_id') === id || at(part, 'toolResult', 'toolUseId') === id,
  );
  const isFailed = at(block, 'is_error') === true || at(block, 'toolResult', 'status') === 'error';
  return calls.close(`${episodeId} ${id}`, {
    end: time,
    executed: 'yes',
    status: isFailed ? 'failed' : 'completed',
    output,
  });
}
