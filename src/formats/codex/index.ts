import { failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { isRefusedByCodex } from '../../core/products/codex.ts';
import { type Instant, instantOf, shifted } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { CopiedHistory } from './copied-history.ts';
import { itemEnd, SCRIPT } from './items.ts';

const LINE_TYPES =
  /^(?:session_meta|response_item|event_msg|turn_context|world_state|token_usage_record|compacted|inter_agent_communication)$/;
const CALLS = /^(?:function_call|custom_tool_call|local_shell_call)$/;
const OUTPUTS = /^(?:function_call_output|custom_tool_call_output|local_shell_call_output)$/;

/** The user stopped the turn: what waited for approval then ends like what ran. */
const ABORTED = /^(?:Wall time: [\d.]+ seconds\n)?aborted(?: by user)?\b/;

/** Codex CLI rollout files, the shapes of 2025 and 2026. */
export const codex: Format = {
  id: 'codex',
  title: 'Codex rollout JSONL',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock:
    'line `timestamp`, UTC ms; in 2025 both lines of a call carry its end, so the start is the end less the duration',
  traps: [
    'a forked session, and one of a subagent, may begin with all lines of the other one, stamped anew',
    'a script (`exec`) runs commands whose items have other ids than its call',
    'a command that outlives `yield_time_ms` goes on under a session id; its real end is the CommandExecution item',
    '`process_id` of an item is that session id, no pid',
    'the file lies where the agent can write',
  ],
  claims,
  sniff,
  open: openRollout,
};

/** Bare items are like those of other files: their first line tells. */
function sniff(sample: Sample): Sniff {
  const first = sample.records[0]?.json;
  return isObject(first) && isBareHead(first)
    ? yes(0.95, 'id, timestamp and instructions of a session')
    : sniffMean(sample, claims);
}

function claims({ json }: SniffRecord): Sniff {
  if (isObject(json) && isBareHead(json)) return yes(0.9, 'id, timestamp and instructions of a session');
  if (!isObject(json) || !isObject(json['payload']) || !LINE_TYPES.test(textOf(json['type']) ?? ''))
    return no('no rollout line');
  return 'timestamp' in json ? yes(0.95, 'timestamp, rollout type and payload') : no('no timestamp');
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  episodeId: string;
  known: boolean;
  cwd: string | undefined;
  /** The script called last. */
  script: string | undefined;
  readonly copied: CopiedHistory;
}

function openRollout(context: DecodeContext): Decoder {
  const state: State = {
    calls: new SessionCalls(),
    episodes: new EpisodeWindows(),
    episodeId: /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/.exec(context.path)?.[1] ?? fileStem(context.path),
    known: false,
    cwd: undefined,
    script: undefined,
    copied: new CopiedHistory(),
  };
  return sessionDecoder(state, read);
}

function read(bare: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const line = enveloped(bare);
  const type = textOf(line['type']);
  const payload = line['payload'];
  if (type === undefined || !isObject(payload)) return failed('not a rollout line');
  const stamp = instantOf(line['timestamp']);
  if (state.copied.holds(type, payload, stamp)) return skipped('history of the session that was forked');
  if (type === 'session_meta' && !state.known) {
    state.known = true;
    state.episodeId = textOf(payload['id']) ?? textOf(payload['session_id']) ?? state.episodeId;
    state.cwd = textOf(payload['cwd']);
  }
  const own = type === 'session_meta' ? instantOf(payload['timestamp']) : undefined;
  const model = type === 'turn_context' ? textOf(payload['model']) : undefined;
  const described = {
    format: 'codex',
    clock: 'timestamp',
    episodeId: state.episodeId,
    agent: 'codex',
    model,
    prompts: humanPrompt(type, payload, record),
  };
  state.episodes.see(described, record.ref, stamp, own);
  if (type === 'event_msg') return itemEnd(payload, { stamp, record }, state);
  if (type !== 'response_item') return skipped(type);
  const kind = textOf(payload['type']) ?? '';
  if (CALLS.test(kind)) return start(payload, stamp, record, state);
  return OUTPUTS.test(kind) ? end(payload, stamp, state) : skipped(kind === '' ? 'response_item' : kind);
}

/** Until September 2025 the items stood by themselves, with a time in the first line alone. */
function enveloped(line: JsonObject): JsonObject {
  if (isObject(line['payload'])) return line;
  if (isBareHead(line)) return { type: 'session_meta', timestamp: line['timestamp'], payload: line };
  return { type: textOf(line['record_type']) ?? 'response_item', payload: line };
}

const isBareHead = (line: JsonObject): boolean =>
  ['id', 'timestamp'].every((key) => typeof line[key] === 'string') && 'instructions' in line && !('type' in line);

/** What the user typed: `user_message`, or a user message that is none of the frames the program puts before it. */
function humanPrompt(type: string, payload: JsonObject, record: RawRecord): ReturnType<typeof promptsOf> {
  if (type === 'event_msg' && payload['type'] === 'user_message')
    return promptsOf(textOf(payload['message']), record.ref);
  if (type !== 'response_item' || payload['type'] !== 'message' || payload['role'] !== 'user') return undefined;
  const text = contentText(payload['content']);
  return text === undefined || /^\s*(?:<[a-z_]+|# AGENTS\.md instructions)/.test(text)
    ? undefined
    : promptsOf(text, record.ref);
}

function start(payload: JsonObject, stamp: Instant | undefined, record: RawRecord, state: State): readonly Event[] {
  const callId = textOf(payload['call_id']) ?? textOf(payload['id']);
  const action = payload['action'];
  const raw = payload['arguments'] ?? payload['input'] ?? action;
  if (payload['type'] === 'custom_tool_call' && payload['name'] === SCRIPT) state.script = callId;
  const args = readArguments(raw);
  return state.calls.open(callId, {
    format: 'codex',
    clock: 'timestamp',
    ref: record.ref,
    episodeId: state.episodeId,
    callId,
    name: textOf(payload['name']) ?? (payload['type'] === 'local_shell_call' ? 'local_shell' : 'unknown'),
    arguments: args,
    start: stamp,
    slack: SESSION_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    cwd: folderOf(at(args?.value, 'workdir')) ?? state.cwd,
    host: record.host,
    containerId: record.containerId,
    trust: 'agent-writable',
  });
}

function folderOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith('/') ? value : undefined;
}

function end(payload: JsonObject, stamp: Instant | undefined, state: State): readonly Event[] | Decoded {
  const callId = textOf(payload['call_id']) ?? textOf(payload['id']);
  if (callId === undefined) return skipped('output without a call id');
  const raw = payload['output'];
  const text = typeof raw === 'string' ? raw : (contentText(raw) ?? (raw === undefined ? '' : JSON.stringify(raw)));
  const nested = text.startsWith('{') ? tryJson(text) : undefined;
  const seconds = numberOf(at(nested, 'metadata', 'duration_seconds'));
  const output = textOf(at(nested, 'output')) ?? text;
  // What the program says of the command stands before what the command printed.
  const told = text.split(/^Output:$/m, 1)[0] ?? '';
  const exit =
    numberOf(at(nested, 'metadata', 'exit_code')) ??
    numberOf(/^(?:Process exited with code|Exit code:) (-?\d+)/m.exec(told)?.[1]);
  const handle = /^Process running with session ID (\d+)/m.exec(told)?.[1];
  const facts = state.calls.get(callId);
  // A poll only looks at the session of another call, and may see its end.
  const polled = facts?.name === 'write_stdin' ? textOf(at(facts.arguments?.value, 'session_id')) : undefined;
  const ended = polled === undefined || exit === undefined ? [] : state.calls.endBackground(polled, stamp);
  // What has an exit code, a session or commands of its own did run, whatever was printed.
  const ran = exit !== undefined || handle !== undefined || facts?.execs !== undefined;
  const said = nested === undefined ? told : output;
  const refused = !ran && isRefusedByCodex(said);
  const aborted = exit === undefined && handle === undefined && ABORTED.test(said);
  const earlier = startBefore(facts?.start, stamp, seconds);
  const patch: Partial<ToolCallFacts> = {
    end: stamp,
    executed: refused ? 'no' : aborted && facts?.execs === undefined ? 'unknown' : 'yes',
    status: refused || aborted ? 'cancelled' : exit !== undefined && exit !== 0 ? 'failed' : 'completed',
    output,
    ...(exit === undefined ? {} : { exit }),
    ...(handle === undefined || polled !== undefined ? {} : { background: { ...facts?.background, handle } }),
    ...(earlier === undefined ? {} : { start: earlier, startBasis: 'end-minus-duration' as const }),
  };
  return [...ended, ...state.calls.close(callId, patch)];
}

/** The start by the duration, where the call line is no earlier. */
function startBefore(
  line: Instant | undefined,
  end: Instant | undefined,
  seconds: number | undefined,
): Instant | undefined {
  if (end === undefined || seconds === undefined) return undefined;
  const start = shifted(end, -seconds * 1_000_000);
  return line !== undefined && line.stamp.at < start.stamp.at ? undefined : start;
}
