import { skipped } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { contentText } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { State } from './ui.ts';

/** A message of the conversation, in Anthropic's blocks; those of a task are stamped since Roo Code 3.2 and Cline 3.30. */
export function isApiMessage(json: unknown): json is JsonObject {
  if (!isObject(json) || (json['role'] !== 'user' && json['role'] !== 'assistant')) return false;
  return Array.isArray(json['content']) && typeof json['ts'] === 'number' && !('type' in json);
}

/** In place of a result; of a command that ran, what it printed stands behind words of Cline. */
const DENIED = /^\s*(?:The user denied this operation|\{\s*"status":\s*"denied")/;

export function readApiMessage(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  if (doc['type'] === 'task_started') {
    state.episodeId = textOf(doc['taskId']) ?? state.episodeId;
    return [];
  }
  if (!isApiMessage(doc)) return skipped('message without a time');
  const stamp = instantOf(doc['ts']);
  const { episodeId } = state;
  state.episodes.see({ format: 'cline', clock: 'ts', episodeId, agent: 'cline' }, record.ref, stamp);
  const parts = arrayOf(doc['content']);
  if (doc['role'] === 'assistant') return parts.flatMap((part) => asked(part, stamp, record, state));
  return parts.flatMap((part) => answered(part, stamp, state));
}

function asked(
  part: unknown,
  start: Instant | undefined,
  { ref }: RawRecord,
  { calls, episodeId }: State,
): readonly Event[] {
  const id = textOf(at(part, 'id'));
  if (at(part, 'type') !== 'tool_use' || id === undefined) return [];
  return calls.open(id, {
    format: 'cline',
    clock: 'ts',
    ref,
    episodeId,
    callId: id,
    name: textOf(at(part, 'name')) ?? 'unknown',
    arguments: readArguments(at(part, 'input')),
    start,
    slack: SESSION_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    trust: 'agent-writable',
  });
}

function answered(part: unknown, end: Instant | undefined, { calls }: State): readonly Event[] {
  const id = textOf(at(part, 'tool_use_id'));
  if (at(part, 'type') !== 'tool_result' || id === undefined) return [];
  const output = contentText(at(part, 'content'));
  const denied = DENIED.test(output ?? '');
  const failed = at(part, 'is_error') === true;
  return calls.close(id, {
    end,
    output,
    executed: denied ? 'no' : 'yes',
    status: denied ? 'cancelled' : failed ? 'failed' : 'completed',
  });
}
