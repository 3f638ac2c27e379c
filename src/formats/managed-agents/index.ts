import { no, skipped, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SPAN_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const TYPES = /^(?:agent|user|session|span|system)\.[a-z_.]+$/;
const USES = /^agent\.(?:mcp_|custom_)?tool_use$/;
const RESULTS = /^(?:agent\.(?:mcp_)?|user\.custom_)tool_result$/;
/** Members that name the event of the call. */
const OF_CALL = ['tool_use_id', 'mcp_tool_use_id', 'custom_tool_use_id'] as const;

/** Events of a session of Anthropic's managed agents, as `sessions.events.list` and the stream give them. */
export const managedAgents: Format = {
  id: 'managed-agents',
  title: 'Claude managed-agent session events',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: '`processed_at` of the event, RFC 3339: the call when it was asked for, the result when it was there',
  traps: [
    'no event names its session: the file does',
    'what must be allowed first waits: the call begins with its `user.tool_confirmation`',
    'events of a subagent may stand in the list of the session as well, with `session_thread_id`',
  ],
  claims,
  open: openEvents,
};

function claims({ json }: SniffRecord): Sniff {
  const type = textOf(at(json, 'type')) ?? '';
  if (!isObject(json) || !('processed_at' in json) || textOf(json['id']) === undefined || !TYPES.test(type))
    return no('no event with id and processed_at');
  if (USES.test(type) && isObject(json['input'])) return yes(0.97, `event ${type}`);
  if (RESULTS.test(type)) return yes(0.97, `event ${type}`);
  return yes(0.9, `event ${type}, id and processed_at`);
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly episodeId: string;
}

function openEvents(context: DecodeContext): Decoder {
  const state: State = {
    calls: new SessionCalls(),
    episodes: new EpisodeWindows(),
    episodeId: fileStem(context.path),
  };
  return sessionDecoder(state, read);
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const type = textOf(doc['type']) ?? 'no event';
  const { episodeId } = state;
  const stamp = instantOf(doc['processed_at']);
  const said = type === 'user.message' ? promptsOf(contentText(doc['content']), record.ref) : undefined;
  state.episodes.see(
    { format: 'managed-agents', clock: 'processed_at', episodeId, agent: 'claude', prompts: said },
    record.ref,
    stamp,
  );
  if (USES.test(type)) return begin(doc, stamp, record, state);
  if (type === 'user.tool_confirmation') return confirm(doc, stamp, state);
  return RESULTS.test(type) ? end(doc, stamp, state) : skipped(type);
}

function begin(doc: JsonObject, stamp: Instant | undefined, record: RawRecord, state: State): readonly Event[] {
  const callId = textOf(doc['id']);
  if (callId !== undefined && state.calls.get(callId) !== undefined) return [];
  const thread = textOf(doc['session_thread_id']);
  const isDenied = doc['evaluated_permission'] === 'deny';
  return state.calls.open(callId, {
    format: 'managed-agents',
    clock: 'processed_at',
    ref: record.ref,
    episodeId: state.episodeId,
    callId,
    name: textOf(doc['name']) ?? 'unknown',
    arguments: readArguments(doc['input']),
    start: stamp,
    agentPath: thread === undefined ? undefined : [state.episodeId, thread],
    slack: SPAN_SLACK,
    executed: isDenied ? 'no' : 'unknown',
    status: isDenied ? 'cancelled' : 'incomplete',
    trust: 'outside',
  });
}

const callOf = (doc: JsonObject): string => OF_CALL.map((key) => textOf(doc[key])).find((id) => id !== undefined) ?? '';

/** The user lets a call run that waits, or does not. */
function confirm(doc: JsonObject, stamp: Instant | undefined, { calls }: State): Decoded {
  if (doc['result'] === 'deny') calls.update(callOf(doc), { executed: 'no', status: 'cancelled' });
  else calls.update(callOf(doc), { start: stamp });
  return skipped('user.tool_confirmation');
}

function end(doc: JsonObject, stamp: Instant | undefined, { calls }: State): readonly Event[] {
  const callId = callOf(doc);
  const isRefused = calls.get(callId)?.executed === 'no';
  const output = contentText(doc['content']);
  return calls.close(callId, {
    end: stamp,
    executed: isRefused ? 'no' : 'yes',
    status: isRefused ? 'cancelled' : doc['is_error'] === true ? 'failed' : 'completed',
    ...(output === undefined ? {} : { output }),
  });
}
