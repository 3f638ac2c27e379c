import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, pathStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { forgetOldest, SPAN_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Message histories of Pydantic AI (`all_messages_json()`): a list, one a line, or in a document. */
export const pydanticAi: Format = {
  id: 'pydantic-ai',
  title: 'Pydantic AI message history',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`timestamp` of the response (some providers: when it was begun, whole seconds) and of the part with the result, ISO, UTC',
  traps: [
    'each history of a conversation repeats the messages so far: a call counts once, where it stands first',
    'a result of validation (`retry-prompt`) means that the tool did not get that far, or asked for another try',
  ],
  claims,
  open: openHistory,
};

/** Parts that tell of calls. */
const TELLING: ReadonlySet<string> = new Set(['tool-call', 'tool-return', 'retry-prompt']);
const MOST_CALLS = 100_000;
const LISTS = ['messages', 'all_messages', 'message_history', 'new_messages', 'raw_model_messages'] as const;

function isMessage(value: unknown): value is JsonObject {
  const kind = at(value, 'kind');
  if (!isObject(value) || (kind !== 'request' && kind !== 'response')) return false;
  return textOf(at(arrayOf(value['parts'])[0], 'part_kind')) !== undefined;
}

function messagesIn(doc: unknown): readonly JsonObject[] {
  if (isMessage(doc)) return [doc];
  const lists = LISTS.map((key) => arrayOf(at(doc, key)));
  return (lists.find((list) => isMessage(list[0])) ?? []).filter(isMessage);
}

function claims({ json }: SniffRecord): Sniff {
  if (messagesIn(json).length === 0) return no('no message with parts');
  return yes(0.96, 'kind request or response, and parts with part_kind');
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly stem: string;
  /** Keys of calls, by their id and the moment at which they were asked for. */
  readonly told: Map<string, string>;
  /** Of each id the key of the call that it was said of last. */
  readonly keys: Map<string, string>;
}

function openHistory(context: DecodeContext): Decoder {
  const state: State = {
    calls: new SessionCalls(),
    episodes: new EpisodeWindows(),
    stem: pathStem(context.path),
    told: new Map(),
    keys: new Map(),
  };
  return sessionDecoder(state, read);
}

interface Place {
  readonly record: RawRecord;
  readonly episodeId: string;
}

/** What a document calls its conversation or run, else what its messages say of it: all of them are of one run, or of one conversation. */
function nameOf(doc: JsonObject, messages: readonly JsonObject[], record: RawRecord, stem: string): string {
  const named = ['conversation_id', 'session_id', 'run_id', 'id'].map((key) => textOf(doc[key]));
  const said = ['conversation_id', 'run_id'].map((key) => onlyOne(messages.map((message) => textOf(message[key]))));
  const line = record.ref.line > 1 ? `${stem}/line:${record.ref.line}` : stem;
  return (
    [...(isMessage(doc) ? [] : named), ...said].find((name) => name !== undefined) ?? (isMessage(doc) ? stem : line)
  );
}

/** The name that all of them have which have one. */
function onlyOne(names: readonly (string | undefined)[]): string | undefined {
  const [first, ...others] = new Set(names.filter((name) => name !== undefined));
  return others.length === 0 ? first : undefined;
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const messages = messagesIn(doc);
  if (messages.length === 0) return skipped('no message');
  const isWhole = !isMessage(doc);
  const place: Place = { record, episodeId: nameOf(doc, messages, record, state.stem) };
  const events = messages.flatMap((message) => messageEvents(message, place, state));
  const isTelling = arrayOf(doc['parts']).some((part) => TELLING.has(textOf(at(part, 'part_kind')) ?? ''));
  return isWhole || isTelling ? events : skipped(`${textOf(doc['kind'])} without a call`);
}

function messageEvents(message: JsonObject, place: Place, state: State): readonly Event[] {
  const asked = instantOf(message['timestamp']);
  return arrayOf(message['parts']).flatMap((part) => {
    const stamp = instantOf(at(part, 'timestamp')) ?? asked;
    const said = at(part, 'part_kind') === 'user-prompt' ? contentText(at(part, 'content')) : undefined;
    state.episodes.see(
      {
        format: 'pydantic-ai',
        clock: 'timestamp',
        episodeId: place.episodeId,
        model: textOf(message['model_name']),
        prompts: promptsOf(said, place.record.ref),
      },
      place.record.ref,
      stamp,
    );
    return partEvents(part, stamp, place, state);
  });
}

/** The key of a call, and whether a history told of it before. */
function keyOf(id: string, stamp: Instant | undefined, { episodeId }: Place, { told, keys }: State) {
  const moment = `${id} ${stamp?.raw ?? episodeId}`;
  const known = told.get(moment);
  const key = known ?? `${episodeId} ${id}`;
  told.set(moment, key);
  keys.set(id, key);
  forgetOldest(told, MOST_CALLS);
  forgetOldest(keys, MOST_CALLS);
  return { key, isKnown: known !== undefined };
}

function partEvents(part: unknown, stamp: Instant | undefined, place: Place, state: State): readonly Event[] {
  const id = textOf(at(part, 'tool_call_id'));
  const kind = textOf(at(part, 'part_kind')) ?? '';
  if (kind === 'tool-call') {
    const { key, isKnown } = id === undefined ? { key: undefined, isKnown: false } : keyOf(id, stamp, place, state);
    return isKnown ? [] : begin(part, { key, id, stamp, place }, state);
  }
  const key = id === undefined ? undefined : state.keys.get(id);
  return key === undefined || !TELLING.has(kind) ? [] : end(part, key, stamp, state);
}

interface Begun {
  readonly key: string | undefined;
  readonly id: string | undefined;
  readonly stamp: Instant | undefined;
  readonly place: Place;
}

function begin(part: unknown, { key, id, stamp, place }: Begun, state: State): readonly Event[] {
  const { episodeId, record } = place;
  return state.calls.open(key, {
    format: 'pydantic-ai',
    clock: 'timestamp',
    ref: record.ref,
    episodeId,
    callId: id,
    name: textOf(at(part, 'tool_name')) ?? 'unknown',
    arguments: readArguments(at(part, 'args')),
    start: stamp,
    startBasis: 'model-call-end',
    slack: SPAN_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    trust: 'outside',
    observed: record.observed,
  });
}

function end(part: unknown, key: string, stamp: Instant | undefined, state: State): readonly Event[] {
  const content = at(part, 'content');
  const output = typeof content === 'string' ? content : JSON.stringify(content ?? '');
  const outcome = textOf(at(part, 'outcome'));
  const isRetry = at(part, 'part_kind') === 'retry-prompt';
  if (outcome === 'denied') return state.calls.close(key, { end: stamp, executed: 'no', status: 'cancelled', output });
  return state.calls.close(key, {
    end: stamp,
    executed: isRetry ? 'unknown' : 'yes',
    status: isRetry || outcome === 'failed' ? 'failed' : 'completed',
    output,
  });
}
