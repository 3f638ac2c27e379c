import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { EpisodeWindows, jsonDecoder } from '../../core/tools/session.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { isMessage, messageCalls } from './messages.ts';
import { isPart, partIn, ToolParts } from './parts.ts';
import { ToolRuns } from './runs.ts';
import { readSessionEvent, type SessionEvent, sessionEvent } from './session-events.ts';

const LINES = /^(?:step_start|step_finish|tool_use|text|reasoning|error)$/;

/** OpenCode 1 and 2: `opencode export`, stored parts, the server's events, and what `opencode run --format json` prints. */
export const opencode: Format = {
  id: 'opencode',
  title: 'OpenCode sessions',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: '`state.time.start` and `end`, epoch ms; the start is before permission',
  traps: [
    'the id of a call may come again in another step (`read:0`): parts have ids of their own',
    'a part is told again whenever its state changes',
    'commands that the user typed are calls of the agent path `user`',
    'the file lies where the agent can write',
  ],
  claims,
  open: openSession,
};

function isLine(json: JsonObject): boolean {
  return LINES.test(textOf(json['type']) ?? '') && typeof json['sessionID'] === 'string' && 'timestamp' in json;
}

const isExport = (json: JsonObject): boolean =>
  typeof at(json, 'info', 'id') === 'string' &&
  arrayOf(json['messages']).some((message) => Array.isArray(at(message, 'parts')) || isMessage(message));

/** The server wraps the events of all its folders. */
const unwrapped = (json: JsonObject): JsonObject => {
  const { payload } = json;
  return isObject(payload) && typeof payload['type'] === 'string' ? payload : json;
};

/** Most events of a stream are what the model writes, a few letters each. */
function isServerEvent(json: JsonObject): boolean {
  const body = json['data'] ?? json['properties'];
  return /^[a-z]+(?:\.[a-z0-9]+)+$/.test(textOf(json['type']) ?? '') && typeof at(body, 'sessionID') === 'string';
}

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not JSON');
  if (isExport(json)) return yes(0.96, 'info and messages with parts');
  if (isLine(json)) return yes(0.96, 'line with sessionID');
  if (isPart(json)) return yes(0.96, 'part of a message');
  const event = unwrapped(json);
  if (isPart(at(event, 'properties', 'part'))) return yes(0.96, 'event of the server');
  if (sessionEvent(event) !== undefined) return yes(0.95, 'event of a session');
  return isServerEvent(event) ? yes(0.9, 'event of the server that names a session') : no('no OpenCode record');
}

interface State {
  readonly parts: ToolParts;
  readonly runs: ToolRuns;
  readonly episodes: EpisodeWindows;
}

function openSession(): Decoder {
  const state: State = { parts: new ToolParts(), runs: new ToolRuns(), episodes: new EpisodeWindows() };
  return jsonDecoder(
    (json, record) => read(json, record, state),
    () => [...state.parts.flush(), ...state.runs.flush(), ...state.episodes.flush()],
  );
}

function read(json: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  if (isExport(json)) return readExport(json, record, state);
  const inner = unwrapped(json);
  const event = isPart(at(inner, 'properties', 'part')) ? undefined : sessionEvent(inner);
  return event === undefined ? readPart(inner, record, state) : readEvent(event, record, state);
}

const DESCRIBED = { format: 'opencode', clock: 'time', agent: 'opencode' };

function readPart(json: JsonObject, record: RawRecord, { parts, episodes }: State): readonly Event[] | Decoded {
  const part = partIn(json);
  const episodeId = textOf(part?.['sessionID']) ?? textOf(json['sessionID']);
  if (episodeId === undefined) return skipped(textOf(json['type']) ?? 'event of no session');
  const stamp = instantOf(json['timestamp']);
  episodes.see({ ...DESCRIBED, episodeId }, record.ref, stamp);
  if (part?.['type'] !== 'tool') return skipped(textOf(part?.['type']) ?? 'line without a part');
  return parts.see(part, { episodeId, record, written: stamp });
}

function readEvent(event: SessionEvent, record: RawRecord, { runs, episodes }: State): readonly Event[] | Decoded {
  const { type, episodeId, body, time } = event;
  const said = promptsOf(textOf(at(body, 'prompt', 'text')), record.ref);
  const model = textOf(at(body, 'model', 'id'));
  episodes.see({ ...DESCRIBED, episodeId, model, prompts: said }, record.ref, time);
  return readSessionEvent(event, record, runs) ?? skipped(type);
}

function readExport(json: JsonObject, record: RawRecord, state: State): readonly Event[] {
  const session = textOf(at(json, 'info', 'id')) ?? '';
  const cwd = textOf(at(json, 'info', 'location', 'directory'));
  const forked = forkedAt(json['info']);
  return arrayOf(json['messages']).flatMap((message) => {
    if (forked !== undefined && isOlder(message, forked)) return [];
    if (!isMessage(message)) return readMessage(message, session, record, state);
    const { runs, episodes } = state;
    const isAssistant = message['type'] === 'assistant';
    episodes.see(
      {
        ...DESCRIBED,
        episodeId: session,
        model: isAssistant ? textOf(at(message, 'model', 'id')) : undefined,
        prompts: message['type'] === 'user' ? promptsOf(textOf(message['text']), record.ref) : undefined,
      },
      record.ref,
      instantOf(at(message, 'time', 'created')),
      instantOf(at(message, 'time', 'completed')),
    );
    return messageCalls(message, { episodeId: session, record, runs, cwd });
  });
}

/** When a session was made of a copy of another one's messages, which keep their times and the ids of their calls. */
function forkedAt(info: unknown): Instant | undefined {
  const isFork = at(info, 'fork', 'sessionID') !== undefined || /\(fork #\d+\)$/.test(textOf(at(info, 'title')) ?? '');
  return isFork ? instantOf(at(info, 'time', 'created')) : undefined;
}

function isOlder(message: unknown, forked: Instant): boolean {
  const created = instantOf(at(message, 'info', 'time', 'created') ?? at(message, 'time', 'created'));
  return created !== undefined && created.stamp.at < forked.stamp.at;
}

/** A message of OpenCode 1. */
function readMessage(
  message: unknown,
  session: string,
  record: RawRecord,
  { parts, episodes }: State,
): readonly Event[] {
  const info = at(message, 'info');
  const episodeId = textOf(at(info, 'sessionID')) ?? session;
  const told = arrayOf(at(message, 'parts')).filter(isObject);
  const typed = told
    .filter((part) => part['type'] === 'text' && part['synthetic'] !== true)
    .map((part) => textOf(part['text']) ?? '');
  const prompts = at(info, 'role') === 'user' ? promptsOf(typed.join('\n'), record.ref) : undefined;
  const model = textOf(at(info, 'modelID')) ?? textOf(at(info, 'model', 'modelID'));
  episodes.see(
    { ...DESCRIBED, episodeId, model, prompts },
    record.ref,
    instantOf(at(info, 'time', 'created')),
    instantOf(at(info, 'time', 'completed')),
  );
  const cwd = textOf(at(info, 'path', 'cwd'));
  return told.filter((part) => part['type'] === 'tool').flatMap((part) => parts.see(part, { episodeId, record, cwd }));
}
