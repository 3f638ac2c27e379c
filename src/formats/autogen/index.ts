import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { EpisodeWindows, jsonDecoder, pathStem, SessionCalls } from '../../core/tools/session.ts';
import { SPAN_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { type Answered, coreEvent, readCoreEvent } from './core-events.ts';

const TYPES = /^\w+(?:Message|Event)$/;

/** Those that tell of calls. */
const TELLING = /^(?:ToolCall(?:Request|Execution)|Code(?:Generation|Execution))Event$/;

/** Messages of AutoGen AgentChat (`autogen_agentchat.messages`): one a line, a list, or the result of a task; and its core's event log. */
export const autogen: Format = {
  id: 'autogen',
  title: 'AutoGen AgentChat messages and events of its core',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`created_at` of the message, ISO with microseconds, UTC: the model has asked, or all calls that it asked for are over',
  traps: [
    'calls that are asked for together share their bounds',
    'releases before 0.5 write no `created_at`: their calls have no times',
    'the executor of code blocks has no call id',
    'events of autogen_core tell a call when it is over, and what stands before them is up to the handler of the logger',
  ],
  claims,
  open: openMessages,
};

function isMessage(value: unknown): value is JsonObject {
  if (!isObject(value) || textOf(value['source']) === undefined || !('models_usage' in value)) return false;
  return TYPES.test(textOf(value['type']) ?? '') && ('content' in value || 'result' in value);
}

/** Messages of a record: itself, or those of a `TaskResult`. */
function messagesIn(doc: unknown): readonly JsonObject[] {
  if (isMessage(doc)) return [doc];
  const list = arrayOf(at(doc, 'messages'));
  return isMessage(list[0]) ? list.filter(isMessage) : [];
}

function claims({ text, json }: SniffRecord): Sniff {
  if (coreEvent(text, json) !== undefined) return yes(0.92, 'event of autogen_core');
  const [first] = messagesIn(json);
  return first === undefined ? no('no message') : yes(0.96, `source, models_usage and type ${textOf(first['type'])}`);
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly stem: string;
  /** Code blocks that an agent wrote and that were not run so far. */
  code: { readonly key: string; count: number };
  readonly context: DecodeContext;
  readonly answered: Answered;
}

function openMessages(context: DecodeContext): Decoder {
  const state: State = {
    calls: new SessionCalls(),
    episodes: new EpisodeWindows(),
    stem: pathStem(context.path),
    code: { key: '', count: 0 },
    context,
    answered: new Map(),
  };
  return jsonDecoder(
    (doc, record) => read(doc, record, state),
    () => [...state.calls.flush(), ...state.episodes.flush()],
    (text) => coreEvent(text, undefined) ?? tryJson(text),
  );
}

interface Place {
  readonly record: RawRecord;
  readonly episodeId: string;
  readonly stamp: Instant | undefined;
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const event = coreEvent(record.text, doc);
  if (event !== undefined) return readCoreEvent(event, record, state) ?? skipped(textOf(event['type']) ?? 'event');
  const messages = messagesIn(doc);
  if (messages.length === 0) return skipped('no message');
  const isWhole = !isMessage(doc);
  const episodeId = isWhole && record.ref.line > 1 ? `${state.stem}/line:${record.ref.line}` : state.stem;
  const events = messages.flatMap((message) => {
    const stamp = instantOf(message['created_at']);
    const said = message['source'] === 'user' ? promptsOf(textOf(message['content']), record.ref) : undefined;
    state.episodes.see(
      { format: 'autogen', clock: 'created_at', episodeId, agent: 'autogen', prompts: said },
      record.ref,
      stamp,
    );
    return messageEvents(message, { record, episodeId, stamp }, state);
  });
  const type = textOf(doc['type']) ?? '';
  return isWhole || TELLING.test(type) ? events : skipped(type);
}

function messageEvents(message: JsonObject, place: Place, state: State): readonly Event[] {
  const asker = textOf(message['source']) ?? '';
  const content = arrayOf(message['content']);
  switch (message['type']) {
    case 'ToolCallRequestEvent':
      return content.flatMap((call) => {
        const callId = textOf(at(call, 'id'));
        const name = textOf(at(call, 'name')) ?? 'unknown';
        return open(callId, { name, callId, args: at(call, 'arguments'), asker }, place, state);
      });
    case 'ToolCallExecutionEvent':
      return content.flatMap((result) => {
        const output = textOf(at(result, 'content'));
        return state.calls.close(keyOf(textOf(at(result, 'call_id')) ?? '', place), {
          end: place.stamp,
          endBasis: 'batch-end',
          executed: 'yes',
          status: at(result, 'is_error') === true ? 'failed' : 'completed',
          ...(output === undefined ? {} : { output }),
        });
      });
    case 'CodeGenerationEvent':
      return beginCode(message, place, state);
    case 'CodeExecutionEvent':
      return endCode(message, place, state);
    default:
      return [];
  }
}

const keyOf = (id: string, { episodeId }: Place): string => `${episodeId} ${id}`;

interface Asked {
  readonly name: string;
  readonly callId: string | undefined;
  readonly args: unknown;
  readonly asker: string;
}

function open(key: string | undefined, call: Asked, place: Place, state: State): readonly Event[] {
  const { record, episodeId, stamp } = place;
  return state.calls.open(key === undefined ? undefined : keyOf(key, place), {
    format: 'autogen',
    clock: 'created_at',
    ref: record.ref,
    episodeId,
    callId: call.callId,
    name: call.name,
    arguments: readArguments(call.args),
    agentPath: [episodeId, call.asker],
    start: stamp,
    startBasis: 'model-call-end',
    slack: SPAN_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    trust: 'outside',
    observed: record.observed,
  });
}

/** Code blocks of one message run one after the other, and give one result. */
function beginCode(message: JsonObject, place: Place, state: State): readonly Event[] {
  const blocks = arrayOf(message['code_blocks']).flatMap((block) => textOf(at(block, 'code')) ?? []);
  const language = textOf(at(arrayOf(message['code_blocks'])[0], 'language'));
  state.code = { key: `code:${state.code.count}`, count: state.code.count + 1 };
  if (blocks.length === 0) return [];
  const args = { code: blocks.join('\n'), ...(language === undefined ? {} : { language }) };
  return open(
    state.code.key,
    { name: 'code_executor', callId: undefined, args, asker: textOf(message['source']) ?? '' },
    place,
    state,
  );
}

function endCode({ result }: JsonObject, place: Place, state: State): readonly Event[] {
  const exit = numberOf(at(result, 'exit_code'));
  const output = textOf(at(result, 'output'));
  return state.calls.close(keyOf(state.code.key, place), {
    end: place.stamp,
    executed: 'yes',
    status: exit === 0 ? 'completed' : 'failed',
    ...(exit === undefined ? {} : { exit }),
    ...(output === undefined ? {} : { output }),
  });
}
