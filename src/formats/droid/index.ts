import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Sessions of Factory's Droid: Pi's envelope, Anthropic's blocks. */
export const droid: Format = {
  id: 'droid',
  title: 'Factory Droid sessions',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    'line `timestamp`, ISO ms UTC: of a call when the model had answered, before permission; of its result when it was there',
  traps: [
    'envelope like Pi, blocks like Claude Code',
    'what the program tells the model stands in messages of the user',
    'the file lies where the agent can write',
  ],
  claims,
  open: openSession,
};

const BLOCKS = /^(?:text|thinking|redacted_thinking|image|tool_use|tool_result)$/;

/** A message of Anthropic's shape. Pi names the provider of every answer. */
function isMessage(json: JsonObject): boolean {
  const { message } = json;
  const content = at(message, 'content');
  if (json['type'] !== 'message' || typeof json['timestamp'] !== 'string' || at(message, 'provider') !== undefined)
    return false;
  const isSaid = at(message, 'role') === 'user' || at(message, 'role') === 'assistant';
  return isSaid && Array.isArray(content) && content.every((block) => BLOCKS.test(textOf(at(block, 'type')) ?? 'text'));
}

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not JSON');
  if (json['type'] === 'session_start' && 'id' in json && 'cwd' in json)
    return yes(0.97, 'session_start with a folder');
  if (/^(?:todo_state|compaction_state|session_end)$/.test(textOf(json['type']) ?? ''))
    return yes(0.9, 'state of a session');
  return isMessage(json) ? yes(0.97, 'message with blocks') : no('no message of a session');
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  episodeId: string;
  cwd: string | undefined;
}

function openSession({ path }: DecodeContext): Decoder {
  const state: State = {
    calls: new SessionCalls(),
    episodes: new EpisodeWindows(),
    episodeId: fileStem(path),
    cwd: undefined,
  };
  return sessionDecoder(state, read);
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const type = textOf(doc['type']) ?? 'unknown';
  if (type === 'session_start') {
    state.episodeId = textOf(doc['id']) ?? state.episodeId;
    state.cwd = textOf(doc['cwd']);
  }
  const stamp = instantOf(doc['timestamp']);
  const { episodeId } = state;
  state.episodes.see(
    { format: 'droid', clock: 'timestamp', episodeId, agent: 'droid', prompts: typed(doc, record) },
    record.ref,
    stamp,
  );
  if (type !== 'message') return skipped(type);
  const blocks = arrayOf(at(doc, 'message', 'content')).filter(isObject);
  const used = blocks.filter((block) => block['type'] === 'tool_use');
  const results = blocks.filter((block) => block['type'] === 'tool_result');
  if (used.length + results.length === 0) return skipped('message without tools');
  return [
    ...used.flatMap((block) => begin(block, stamp, record, state)),
    ...results.flatMap((block) => state.calls.close(textOf(block['tool_use_id']) ?? '', resultOf(block, stamp))),
  ];
}

/** What the user typed, without the notes of the program. */
function typed(doc: JsonObject, record: RawRecord): ReturnType<typeof promptsOf> {
  const { message } = doc;
  if (at(message, 'role') !== 'user' || doc['visibility'] === 'llm_only') return undefined;
  const texts = arrayOf(at(message, 'content')).filter((block) => at(block, 'type') === 'text');
  const said = texts.filter((block) => !/^\s*<system-/.test(textOf(at(block, 'text')) ?? ''));
  return promptsOf(contentText(said), record.ref);
}

function begin(block: JsonObject, start: Instant | undefined, record: RawRecord, state: State): readonly Event[] {
  const callId = textOf(block['id']);
  return state.calls.open(callId, {
    format: 'droid',
    clock: 'timestamp',
    ref: record.ref,
    episodeId: state.episodeId,
    callId,
    name: textOf(block['name']) ?? 'unknown',
    arguments: readArguments(block['input']),
    start,
    slack: SESSION_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    cwd: state.cwd,
    host: record.host,
    containerId: record.containerId,
    trust: 'agent-writable',
  });
}

const STOPPED = /\b(?:cancelled|canceled|rejected|declined|denied|interrupted)\b/i;

function resultOf(block: JsonObject, end: Instant | undefined): Partial<ToolCallFacts> {
  const output = contentText(block['content']);
  const said = { end, ...(output === undefined ? {} : { output }) };
  const isFailed = block['is_error'] === true;
  // What a refusal looks like is told nowhere: an error that speaks of one may have run.
  if (isFailed && STOPPED.test((output ?? '').slice(0, 200)))
    return { ...said, executed: 'unknown', status: 'cancelled' };
  return { ...said, executed: 'yes', status: isFailed ? 'failed' : 'completed' };
}
