import { failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINES = /^(?:system|user|assistant|thinking|tool_call|result|interaction_query|connection|retry)$/;

/** What `cursor-agent -p --output-format stream-json` prints. */
export const cursorAgent: Format = {
  id: 'cursor-agent',
  title: 'Cursor agent stream-json output',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: '`timestamp_ms` of the line, else `startedAtMs` of the call, else the wrapper that captured the lines, if any',
  traps: [
    'other lines look like those of `claude -p --output-format stream-json`',
    'older releases write no time at all: without a wrapper their calls have none',
    'the beginning of a call may be printed twice',
  ],
  claims,
  sniff,
  open: openOutput,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  return isCall(json) || isThought(json) ? yes(0.97, `line ${textOf(json['type'])}`) : no('no line of its own');
}

function isCall(json: JsonObject): boolean {
  return (
    json['type'] === 'tool_call' &&
    /^(?:started|completed)$/.test(textOf(json['subtype']) ?? '') &&
    isObject(json['tool_call'])
  );
}

function isThought(json: JsonObject): boolean {
  return json['type'] === 'thinking' && /^(?:delta|completed)$/.test(textOf(json['subtype']) ?? '');
}

/** Only some lines are unlike those of relatives; the others are Cursor's where these stand among them. */
function sniff({ records }: Sample): Sniff {
  const isOwn = ({ json }: SniffRecord): boolean => isObject(json) && LINES.test(textOf(json['type']) ?? '');
  const own = records.filter(isOwn).length;
  return records.some((record) => claims(record).score > 0)
    ? yes((0.97 * own) / records.length, 'tool_call or thinking lines among those of a stream')
    : no('no line of its own');
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  episodeId: string;
  cwd: string | undefined;
}

function openOutput(context: DecodeContext): Decoder {
  const state: State = {
    calls: new SessionCalls(),
    episodes: new EpisodeWindows(),
    episodeId: fileStem(context.path),
    cwd: undefined,
  };
  return sessionDecoder(state, read);
}

function read(line: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const type = textOf(line['type']);
  if (type === undefined) return failed('no line of a stream');
  state.episodeId = textOf(line['session_id']) ?? state.episodeId;
  state.cwd = textOf(line['cwd']) ?? state.cwd;
  const said = type === 'user' ? promptsOf(contentText(at(line, 'message', 'content')), record.ref) : undefined;
  state.episodes.see(
    {
      format: 'cursor-agent',
      clock: 'timestamp_ms',
      episodeId: state.episodeId,
      agent: 'cursor-agent',
      model: textOf(line['model']),
      prompts: said,
    },
    record.ref,
    stampOf(line, record),
  );
  if (!isCall(line)) return skipped(type);
  return line['subtype'] === 'started' ? begin(line, record, state) : complete(line, record, state);
}

function stampOf(line: JsonObject, { observed }: RawRecord): Instant | undefined {
  const key = line['subtype'] === 'completed' ? 'completedAtMs' : 'startedAtMs';
  const ms = numberOf(line['timestamp_ms']) ?? numberOf(at(line, 'tool_call', key));
  if (ms !== undefined) return instantOf(ms);
  return observed === undefined ? undefined : { stamp: { at: observed, zone: 'epoch', stepUs: 1 }, raw: '' };
}

function callIdOf(line: JsonObject): string | undefined {
  return textOf(line['call_id']) ?? textOf(at(line, 'tool_call', 'toolCallId'));
}

/** `shellToolCall: {args, result}`; tools without a kind of their own are `function: {name, arguments}`. */
function toolOf(call: unknown): { readonly name: string; readonly args: unknown; readonly result: unknown } {
  const [kind, tool] = Object.entries(isObject(call) ? call : {}).find(([key]) => key.endsWith('ToolCall')) ?? [];
  if (kind === undefined) {
    const name = textOf(at(call, 'function', 'name')) ?? 'unknown';
    return { name, args: at(call, 'function', 'arguments'), result: at(call, 'function', 'result') };
  }
  const args = at(tool, 'args');
  const served = kind === 'mcpToolCall' ? textOf(at(args, 'toolName')) : undefined;
  return {
    name: served ?? kind.slice(0, -'ToolCall'.length),
    args: served === undefined ? args : at(args, 'args'),
    result: at(tool, 'result'),
  };
}

function begin(line: JsonObject, record: RawRecord, state: State): readonly Event[] {
  const callId = callIdOf(line);
  if (callId !== undefined && state.calls.get(callId) !== undefined) return [];
  const { name, args } = toolOf(line['tool_call']);
  const own = readArguments(args);
  return state.calls.open(callId, {
    format: 'cursor-agent',
    clock: 'timestamp_ms',
    ref: record.ref,
    host: record.host,
    containerId: record.containerId,
    episodeId: state.episodeId,
    callId,
    name,
    arguments: own,
    start: line['subtype'] === 'started' ? stampOf(line, record) : undefined,
    slack: SESSION_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    cwd: textOf(at(own?.value, 'workingDirectory')) || state.cwd,
    trust: 'agent-writable',
  });
}

function complete(line: JsonObject, record: RawRecord, state: State): readonly Event[] {
  const callId = callIdOf(line);
  const { result } = toolOf(line['tool_call']);
  const begun = callId === undefined || state.calls.get(callId) === undefined ? begin(line, record, state) : [];
  if (callId === undefined) return begun;
  return [...begun, ...state.calls.close(callId, { ...outcomeOf(result), end: stampOf(line, record) })];
}

const REFUSED = ['rejected', 'permissionDenied'] as const;

/** `{success: {…}}`, or under the name of what went wrong. */
function outcomeOf(result: unknown): Partial<ToolCallFacts> {
  if (REFUSED.some((key) => at(result, key) !== undefined)) return { executed: 'no', status: 'cancelled' };
  const success = at(result, 'success');
  const told = success ?? at(result, 'failure') ?? at(result, 'error') ?? at(result, 'timeout');
  const exit = numberOf(at(told, 'exitCode'));
  const output = textOf(at(told, 'stdout')) ?? textOf(at(told, 'content')) ?? textOf(at(told, 'error'));
  const isGood = success !== undefined && (exit === undefined || exit === 0);
  const status = at(result, 'timeout') !== undefined ? 'timeout' : isGood ? 'completed' : 'failed';
  return {
    executed: 'yes',
    status,
    ...(exit === undefined ? {} : { exit }),
    ...(output === undefined ? {} : { output }),
  };
}
