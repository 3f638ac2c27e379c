import { skipped } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, type EpisodeWindows, type SessionCalls } from '../../core/tools/session.ts';
import { forgetOldest, SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { notifiedEnd, startedTask } from './tasks.ts';

const OPEN_LIMIT = 10_000;

export interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly episodeId: string;
  /** Calls by the ids of the requests for their approval. */
  readonly asked: Map<string, string>;
  /** The call whose arguments are still being written. */
  written: { readonly callId: string; text: string } | undefined;
}

/** Kimi CLI of 2025 wrapped what it sent over its wire: `{timestamp, message: {type, payload}}`. */
export function isWireMessage(doc: JsonObject): boolean {
  return (
    typeof doc['timestamp'] === 'number' &&
    /^[A-Z]\w+$/.test(textOf(at(doc, 'message', 'type')) ?? '') &&
    isObject(at(doc, 'message', 'payload'))
  );
}

export function readMessage(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const type = textOf(at(doc, 'message', 'type')) ?? '';
  const payload = at(doc, 'message', 'payload');
  const stamp = instantOf(doc['timestamp']);
  const { episodeId, episodes, calls } = state;
  const typed = type === 'TurnBegin' ? contentText(at(payload, 'user_input')) : undefined;
  const described = { format: 'kimi-cli', clock: 'time', episodeId, agent: 'kimi-cli' };
  episodes.see({ ...described, prompts: promptsOf(typed, record.ref) }, record.ref, stamp);
  if (type === 'ToolCall') return callBegun(payload, doc, record, state);
  if (type === 'ToolCallPart') return argumentsGoOn(payload, state);
  if (type === 'ApprovalRequest') {
    const [id, callId] = [textOf(at(payload, 'id')), textOf(at(payload, 'tool_call_id'))];
    if (id !== undefined && callId !== undefined) state.asked.set(id, callId);
    forgetOldest(state.asked, OPEN_LIMIT);
  } else if (/^ApprovalRe(?:sponse|questResolved)$/.test(type) && textOf(at(payload, 'response')) === 'reject') {
    const callId = state.asked.get(textOf(at(payload, 'request_id')) ?? '');
    calls.update(callId ?? '', { executed: 'no', status: 'cancelled' });
  }
  const ended = type === 'Notification' ? notifiedEnd(payload) : undefined;
  if (ended !== undefined) return calls.endBackground(ended, stamp);
  const callId = type === 'ToolResult' ? textOf(at(payload, 'tool_call_id')) : undefined;
  if (callId === undefined) return skipped(type);
  const result = at(payload, 'return_value');
  const output = contentText(at(result, 'output'));
  const isRefused = calls.get(callId)?.executed === 'no';
  const status = at(result, 'is_error') === true ? ('failed' as const) : ('completed' as const);
  const handle = startedTask(output);
  return calls.close(callId, {
    end: stamp,
    ...(handle === undefined ? {} : { background: { handle } }),
    ...(isRefused ? {} : { executed: 'yes' as const, status }),
    ...(output === undefined ? {} : { output }),
  });
}

function callBegun(payload: unknown, doc: JsonObject, record: RawRecord, state: State): readonly Event[] {
  const callId = textOf(at(payload, 'id'));
  const text = textOf(at(payload, 'function', 'arguments')) ?? '';
  state.written = callId === undefined ? undefined : { callId, text };
  return state.calls.open(callId, {
    format: 'kimi-cli',
    clock: 'time',
    ref: record.ref,
    episodeId: state.episodeId,
    callId,
    name: textOf(at(payload, 'function', 'name')) ?? 'unknown',
    arguments: readArguments(text),
    start: instantOf(doc['timestamp']),
    slack: SESSION_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    trust: 'agent-writable',
  });
}

/** Arguments are written down as the model streams them. */
function argumentsGoOn(payload: unknown, { written, calls }: State): Decoded {
  const part = textOf(at(payload, 'arguments_part'));
  if (written === undefined || part === undefined) return skipped('ToolCallPart');
  written.text += part;
  const args = readArguments(written.text);
  calls.update(written.callId, args === undefined ? {} : { arguments: args });
  return skipped('ToolCallPart');
}
