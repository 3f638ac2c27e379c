import { failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import type { Instant } from '../../core/time/instant.ts';
import { commandText, readArguments } from '../../core/tools/arguments.ts';
import { EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINES = /^(?:thread\.started|turn\.(?:started|completed|failed)|item\.(?:started|updated|completed)|error)$/;
const CALLS = new Set(['command_execution', 'mcp_tool_call', 'web_search', 'file_change']);

/** Standard output of `codex exec --json`, today's items and the messages of 2025. */
export const codexExec: Format = {
  id: 'codex-exec',
  title: 'codex exec --json output',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: 'none of its own: the wrapper that captured the lines (Docker, CRI, journald), if any',
  traps: [
    'without a wrapper no call has a time: the rollout file of the same thread has them',
    'item ids start again with each turn of `exec resume`',
  ],
  claims,
  open: openOutput,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not JSON');
  const type = textOf(json['type']) ?? '';
  if (LINES.test(type) && !('timestamp' in json) && !('payload' in json))
    return type === 'error' ? yes(0.3, 'error line') : yes(0.96, `line ${type}`);
  const old = isObject(json['msg']) && typeof json['msg']['type'] === 'string' && typeof json['id'] === 'string';
  return old ? yes(0.95, 'id and msg.type') : no('no line of codex exec');
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  episodeId: string;
}

function openOutput(context: DecodeContext): Decoder {
  const state: State = {
    calls: new SessionCalls(),
    episodes: new EpisodeWindows(),
    episodeId: fileStem(context.path),
  };
  return sessionDecoder(state, read);
}

/** When the wrapper saw the line. */
function seen(record: RawRecord): Instant | undefined {
  if (record.observed === undefined) return undefined;
  return { stamp: { at: record.observed, zone: 'epoch', stepUs: 1 }, raw: '' };
}

function read(line: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const type = textOf(line['type']) ?? textOf(at(line, 'msg', 'type'));
  if (type === undefined) return failed('no line of codex exec');
  const thread = textOf(line['thread_id']) ?? textOf(at(line, 'msg', 'session_id'));
  if (thread !== undefined) state.episodeId = thread;
  const { episodeId } = state;
  const model = textOf(at(line, 'msg', 'model'));
  state.episodes.see(
    { format: 'codex-exec', clock: 'wrapper', episodeId, agent: 'codex', model },
    record.ref,
    seen(record),
  );
  const item = line['item'];
  if (isObject(item)) return itemEvents(type, item, record, state);
  const message = line['msg'];
  return isObject(message) ? messageEvents(type, message, record, state) : skipped(type);
}

function itemEvents(type: string, item: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const kind = textOf(item['type']) ?? textOf(item['item_type']) ?? '';
  const id = textOf(item['id']);
  if (!CALLS.has(kind) || id === undefined) return skipped(kind === '' ? type : kind);
  const out: Event[] = [];
  if (type === 'item.started' || state.calls.get(id) === undefined) {
    const start = type === 'item.started' ? seen(record) : undefined;
    out.push(...state.calls.open(id, callOf(kind, item, record, { start, episodeId: state.episodeId })));
  }
  if (type !== 'item.completed') return out;
  const status = textOf(item['status']);
  const patch: Partial<ToolCallFacts> = {
    ...outcome(numberOf(item['exit_code']), textOf(item['aggregated_output'])),
    ...(status === 'declined' ? { executed: 'no', status: 'cancelled' } : {}),
    ...(status === 'failed' ? { status: 'failed' } : {}),
    end: seen(record),
  };
  return [...out, ...state.calls.close(id, patch)];
}

function outcome(exit: number | undefined, output: string | undefined): Partial<ToolCallFacts> {
  return { executed: 'yes', status: exit !== undefined && exit !== 0 ? 'failed' : 'completed', exit, output };
}

type Began = Pick<ToolCallFacts, 'start' | 'episodeId'>;

function callOf(kind: string, item: JsonObject, record: RawRecord, began: Began): Omit<ToolCallFacts, 'index'> {
  const tool = textOf(item['tool']);
  const server = textOf(item['server']);
  const args =
    kind === 'command_execution'
      ? { command: item['command'] }
      : (item['arguments'] ?? (kind === 'web_search' ? { query: item['query'] } : { changes: item['changes'] }));
  return {
    format: 'codex-exec',
    clock: 'wrapper',
    ref: record.ref,
    ...began,
    callId: textOf(item['id']) ?? textOf(item['call_id']),
    name: tool === undefined ? kind : server === undefined ? tool : `${server}.${tool}`,
    command: kind === 'command_execution' ? commandText(item['command']) : undefined,
    arguments: readArguments(args),
    slack: SESSION_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    cwd: textOf(item['cwd']),
    host: record.host,
    containerId: record.containerId,
    trust: 'agent-writable',
  };
}

/** Messages of 2025: `exec_command_begin` and `exec_command_end` share a call id. */
function messageEvents(type: string, message: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const id = textOf(message['call_id']);
  if (id === undefined || !/^exec_command_(?:begin|end)$/.test(type)) return skipped(type);
  if (type === 'exec_command_begin') {
    const began = { start: seen(record), episodeId: state.episodeId };
    return state.calls.open(id, callOf('command_execution', message, record, began));
  }
  const output = textOf(message['aggregated_output']) ?? textOf(message['stdout']);
  return state.calls.close(id, { ...outcome(numberOf(message['exit_code']), output), end: seen(record) });
}
