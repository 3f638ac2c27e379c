import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Goose: session files, exports of a session, what `goose run --output-format json|stream-json` prints, rows of its `messages` table. */
export const goose: Format = {
  id: 'goose',
  title: 'Goose sessions',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: '`created`, epoch seconds: the message that asks for a call, and the one that brings its result',
  traps: [
    'whole seconds',
    'a call is written before the user is asked for it',
    'the file lies where the agent can write',
  ],
  claims,
  open: (context) => {
    const state: State = {
      calls: new SessionCalls(),
      episodes: new EpisodeWindows(),
      episodeId: fileStem(context.path),
      cwd: undefined,
    };
    return sessionDecoder(state, read);
  },
};

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  episodeId: string;
  cwd: string | undefined;
}

/** A message as Goose has it; rows of its table hold the content as JSON text. */
interface Message {
  readonly role: string;
  readonly content: readonly unknown[];
  readonly at: Instant | undefined;
  readonly session: string | undefined;
}

const PART =
  /^(?:text|image|thinking|redactedThinking|toolRequest|toolResponse|toolConfirmationRequest|systemNotification|actionRequired)$/;

function messageOf(value: unknown): Message | undefined {
  const inner = at(value, 'type') === 'message' ? at(value, 'message') : value;
  const role = textOf(at(inner, 'role'));
  const json = at(inner, 'content_json');
  const content = arrayOf(typeof json === 'string' ? tryJson(json) : at(inner, 'content'));
  const created = at(inner, 'created') ?? at(inner, 'created_timestamp');
  const isDated = created !== undefined || at(value, 'type') === 'message';
  if ((role !== 'user' && role !== 'assistant') || !isDated || content.length === 0) return undefined;
  if (!content.every((part) => PART.test(textOf(at(part, 'type')) ?? ''))) return undefined;
  return { role, content, at: instantOf(created), session: textOf(at(inner, 'session_id')) };
}

function messagesIn(doc: unknown): readonly Message[] {
  const own = messageOf(doc);
  if (own !== undefined) return [own];
  const list = arrayOf(at(doc, 'messages') ?? at(doc, 'conversation')).map(messageOf);
  return list.flatMap((message) => message ?? []);
}

const isHeader = (json: unknown): boolean => isObject(json) && 'working_dir' in json && 'description' in json;

function claims({ json }: SniffRecord): Sniff {
  const messages = messagesIn(json);
  const isAsking = messages.some(({ content }) =>
    content.some((part) => /^tool[RC]/.test(textOf(at(part, 'type')) ?? '')),
  );
  if (isAsking) return yes(0.96, 'message with toolRequest or toolResponse');
  if (at(json, 'type') === 'notification' && at(json, 'extension_id') !== undefined)
    return yes(0.7, 'notification of an extension');
  if (isHeader(json)) return yes(0.9, 'session with working_dir');
  return messages.length > 0 ? yes(0.7, 'message with role, created and content') : no('no message of Goose');
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  if (isHeader(doc)) {
    state.episodeId = textOf(doc['id']) ?? state.episodeId;
    state.cwd = textOf(doc['working_dir']) ?? state.cwd;
    describe(state, record, { episodeId: state.episodeId });
  }
  const messages = messagesIn(doc);
  if (messages.length === 0) return isHeader(doc) ? [] : skipped(textOf(doc['type']) ?? 'no message');
  return messages.flatMap((message) => readMessage(message, record, state));
}

interface Said {
  readonly episodeId: string;
  readonly instant?: Instant | undefined;
  readonly typed?: string | undefined;
}

function describe({ episodes }: State, { ref }: RawRecord, { episodeId, instant, typed }: Said): void {
  const prompts = promptsOf(typed, ref);
  episodes.see({ format: 'goose', clock: 'created', episodeId, agent: 'goose', prompts }, ref, instant);
}

function readMessage(message: Message, record: RawRecord, state: State): readonly Event[] {
  const episodeId = message.session ?? state.episodeId;
  const typed = message.role === 'user' ? contentText(message.content) : undefined;
  describe(state, record, { episodeId, instant: message.at, typed });
  return message.content.flatMap((part) => readPart(part, { message, episodeId, record, state }));
}

interface Within {
  readonly message: Message;
  readonly episodeId: string;
  readonly record: RawRecord;
  readonly state: State;
}

function readPart(part: unknown, { message, episodeId, record, state }: Within): readonly Event[] {
  const id = textOf(at(part, 'id')) ?? '';
  const key = `${episodeId} ${id}`;
  if (at(part, 'type') === 'toolResponse') return state.calls.close(key, closing(at(part, 'toolResult'), message.at));
  if (at(part, 'type') !== 'toolRequest') return [];
  const call = wrapped(at(part, 'toolCall'));
  return state.calls.open(key, {
    format: 'goose',
    clock: 'created',
    ref: record.ref,
    episodeId,
    callId: id,
    name: textOf(at(call, 'name')) ?? 'unknown',
    arguments: readArguments(at(call, 'arguments')),
    start: message.at,
    slack: SESSION_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    cwd: state.cwd,
    trust: 'agent-writable',
  });
}

/** `{status: "success", value}`, older `{Ok: value}`, or the value alone. */
function wrapped(result: unknown): unknown {
  return at(result, 'value') ?? at(result, 'Ok') ?? result;
}

/** What stands in place of a result (`tool_execution.rs`); a command that was denied something did run, and prints what it likes. */
const DECLINED = /^\s*(?:The user has declined to run this tool|Let the user know the tool call was skipped)/;

function closing(result: unknown, end: Instant | undefined): Parameters<SessionCalls['close']>[1] {
  const value = wrapped(result);
  const error = textOf(at(result, 'error')) ?? textOf(at(result, 'Err'));
  const output = error ?? contentText(at(value, 'content') ?? value);
  if (DECLINED.test(output ?? '')) return { end, executed: 'no', status: 'cancelled', output };
  const failed = error !== undefined || at(result, 'status') === 'error' || at(value, 'isError') === true;
  return { end, executed: 'yes', status: failed ? 'failed' : 'completed', output };
}
