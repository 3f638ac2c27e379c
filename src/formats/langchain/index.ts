import { no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { timeIn } from '../../core/tools/json-rpc.ts';
import { messageCalls } from '../../core/tools/model-calls.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, jsonDecoder, pathStem } from '../../core/tools/session.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { StatedCalls } from './calls.ts';
import { isMarked, type Message, messageOf, messagesIn } from './messages.ts';
import { isToolEvent, ToolEvents } from './tool-events.ts';

/** LangChain's messages, and LangGraph's states and streams that hold them, as JSON. */
export const langchain: Format = {
  id: 'langchain',
  title: 'LangChain messages, LangGraph states and streams',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: '`created_at` of a state and `timestamp` of a debug event, ISO, UTC; messages alone have no time',
  traps: [
    'each state repeats the messages so far, and a history begins with the newest',
    'a last state alone does not say when its calls ran, nor does the time at which a thread or a row was made',
    'messages written as `str` makes them cannot be read',
  ],
  claims,
  sniff: (sample) =>
    sniffMean(sample, claims, ({ json }) => (messageOf(json) === undefined && !isStream(json) ? 1 : 0.1)),
  open,
};

/** Events of `astream_events`. */
function isStream(json: unknown): json is JsonObject {
  return isObject(json) && /^on_[a-z]+(?:_[a-z]+)*$/.test(textOf(json['event']) ?? '') && 'run_id' in json;
}

function claims({ json }: SniffRecord): Sniff {
  if (isStream(json)) return isToolEvent(json) ? yes(0.96, 'event of a tool run') : no('event of another run');
  return messagesIn(json).some(isMarked) ? yes(0.94, 'messages of LangChain') : no('no message of LangChain');
}

interface State {
  readonly calls: StatedCalls;
  readonly runs: ToolEvents;
  readonly episodes: EpisodeWindows;
  readonly stem: string;
}

function open({ path }: DecodeContext): Decoder {
  const state: State = {
    calls: new StatedCalls(),
    runs: new ToolEvents(),
    episodes: new EpisodeWindows(),
    stem: pathStem(path),
  };
  return jsonDecoder(
    (doc, record) => read(doc, record, state),
    () => [...state.calls.flush(), ...state.runs.flush(), ...state.episodes.flush()],
  );
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const time = timeOf(doc, record);
  const { calls, runs, episodes, stem } = state;
  if (isStream(doc)) {
    if (!isToolEvent(doc)) return skipped(textOf(doc['event']) ?? 'event');
    const episodeId = threadOf(doc) ?? stem;
    episodes.see({ format: 'langchain', clock: 'created_at', episodeId }, record.ref, time);
    return runs.see(doc, { episodeId, record, time });
  }
  const messages = messagesIn(doc);
  if (messages.length === 0) return skipped('no message');
  // A document that names no thread and holds a conversation is one of its own.
  const isOwn = isConversation(doc);
  const own = textOf(doc['id']) ?? `${stem}/line:${record.ref.line}`;
  const episodeId = threadOf(doc) ?? (isOwn ? own : stem);
  const said = messages.filter(({ type }) => type === 'human').map(({ body }) => contentText(body['content']));
  const prompts = promptsOf(said[0], record.ref);
  episodes.see({ format: 'langchain', clock: 'created_at', episodeId, prompts }, record.ref, time);
  return messages.flatMap((message) => readMessage(message, { episodeId, record, time }, calls));
}

interface Place {
  readonly episodeId: string;
  readonly record: RawRecord;
  readonly time: Instant | undefined;
}

function readMessage(
  { type, body }: Message,
  { episodeId, record, time }: Place,
  calls: StatedCalls,
): readonly Event[] {
  if (type === 'tool') {
    const { content } = body;
    const callId = textOf(body['tool_call_id']) ?? '';
    calls.answer(callId, episodeId, { content, isFailed: body['status'] === 'error' }, time);
    return [];
  }
  if (type !== 'ai') return [];
  return callsOf(body).flatMap((asked) => calls.ask(asked, episodeId, record, time));
}

/** `tool_calls`, and what older releases left as their provider wrote it. */
function callsOf(body: JsonObject) {
  const listed = arrayOf(body['tool_calls']);
  if (listed.length === 0)
    return messageCalls(body['additional_kwargs']).map(({ id, name, argumentsText }) => ({
      callId: id,
      name,
      arguments: argumentsText,
    }));
  return listed.map((call) => ({
    callId: textOf(at(call, 'id')),
    name: textOf(at(call, 'name')) ?? 'unknown',
    arguments: at(call, 'args'),
  }));
}

const NAMES = ['thread_id', 'session_id', 'conversation_id', 'episode_id', 'rollout_id', 'run_id'] as const;

/** The thread that a state or an event names. */
function threadOf(doc: JsonObject): string | undefined {
  const payload = doc['payload'];
  const places = [
    at(doc, 'config', 'configurable'),
    doc['checkpoint'],
    doc['metadata'],
    at(payload, 'config', 'configurable'),
    at(payload, 'metadata'),
    messageOf(doc) === undefined ? doc : undefined,
  ];
  for (const place of places)
    for (const name of NAMES) {
      const value = textOf(at(place, name));
      // Every event has a run of its own.
      if (value !== undefined && !(name === 'run_id' && place === doc && 'event' in doc)) return value;
    }
  return undefined;
}

/** Rows with a list of messages, and threads: when they were made says nothing of their calls. */
function isConversation(doc: JsonObject): boolean {
  return (Array.isArray(doc['messages']) && messageOf(doc) === undefined) || (isObject(doc['values']) && !isState(doc));
}

function isState(doc: JsonObject): boolean {
  return 'next' in doc || 'checkpoint' in doc || 'config' in doc;
}

function timeOf(doc: JsonObject, { observed: at }: RawRecord): Instant | undefined {
  if (isConversation(doc)) return undefined;
  const stated = isState(doc) ? instantOf(doc['created_at']) : undefined;
  const seen = at === undefined ? undefined : { stamp: { at, zone: 'epoch' as const, stepUs: 1 }, raw: '' };
  return stated ?? timeIn(doc) ?? seen;
}
