import { skipped } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf, shifted } from '../../core/time/instant.ts';
import { commandText, readArguments } from '../../core/tools/arguments.ts';
import type { SessionCalls } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** A call of a script that calls tools itself: the commands that it runs are items under ids of their own. */
export const SCRIPT = 'exec';

export interface Running {
  readonly calls: SessionCalls;
  readonly episodeId: string;
  /** Call id of the script begun last. */
  readonly script: string | undefined;
}

interface Written {
  readonly stamp: Instant | undefined;
  readonly record: RawRecord;
}

/** `item_completed` of a command: when it really ran. It comes before the output, or, for a session left running, after it. */
export function itemEnd(payload: JsonObject, written: Written, state: Running): readonly Event[] | Decoded {
  const item = payload['item'];
  if (payload['type'] !== 'item_completed' || !isObject(item) || item['type'] !== 'CommandExecution') {
    return skipped(textOf(payload['type']) ?? 'event_msg');
  }
  const callId = textOf(item['id']);
  const window = windowOf(payload, item, written.stamp);
  const own = callId === undefined ? undefined : state.calls.get(callId);
  if (callId === undefined || (own !== undefined && window.from === undefined))
    return skipped('command item of no open call');
  const key = own === undefined ? state.script : callId;
  const facts = key === undefined ? undefined : state.calls.get(key);
  if (key === undefined || facts === undefined) return alone(item, callId, { ...window, ...written }, state);
  if (item['status'] === 'declined') return skipped('command that was declined');
  if (window.from === undefined) return skipped('command item without a time');
  const command = commandText(item['command']) ?? '';
  const to = window.to?.stamp.at;
  const exec = { command, start: window.from.stamp.at, ...(to === undefined ? {} : { end: to }) };
  const execs = [...(facts.execs ?? []), exec];
  // A script's own text is no command line.
  const ran = own === undefined ? { command: execs.map((each) => each.command).join('\n') } : {};
  state.calls.update(key, { execs, ...ran });
  const handle = own?.background?.handle;
  return handle === undefined ? [] : state.calls.endBackground(handle, window.to);
}

interface Window {
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
}

/** Stated in milliseconds, else by the line, which is written at the end, and the duration. */
function windowOf(payload: JsonObject, item: JsonObject, stamp: Instant | undefined): Window {
  const from = instantOf(payload['started_at_ms']);
  const to = instantOf(payload['completed_at_ms']);
  const seconds = numberOf(at(item, 'duration', 'secs'));
  if (from !== undefined || stamp === undefined || seconds === undefined) return { from, to };
  const lastedUs = seconds * 1_000_000 + Math.round((numberOf(at(item, 'duration', 'nanos')) ?? 0) / 1000);
  return { from: shifted(stamp, -lastedUs), to: stamp };
}

/** A command whose script is over, or which nobody called: a call of its own. */
function alone(item: JsonObject, callId: string, told: Window & Written, state: Running): readonly Event[] {
  const exit = numberOf(item['exit_code']);
  const output = textOf(item['aggregated_output']) ?? textOf(item['stdout']);
  const declined = item['status'] === 'declined';
  const { from, to, record } = told;
  state.calls.open(callId, {
    format: 'codex',
    clock: 'timestamp',
    ref: record.ref,
    episodeId: state.episodeId,
    callId,
    name: 'exec_command',
    arguments: readArguments({ command: item['command'] }),
    start: from,
    slack: SESSION_SLACK,
    executed: declined ? 'no' : 'yes',
    status: declined ? 'cancelled' : item['status'] === 'failed' ? 'failed' : 'completed',
    cwd: textOf(item['cwd'])?.replace(/^file:\/\/(?=\/)/, ''),
    host: record.host,
    containerId: record.containerId,
    trust: 'agent-writable',
    ...(exit === undefined ? {} : { exit }),
    ...(output === undefined ? {} : { output }),
  });
  return state.calls.close(callId, { end: to ?? told.stamp });
}
