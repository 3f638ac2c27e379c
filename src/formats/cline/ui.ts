import { skipped } from '../../core/decoded.ts';
import { isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import type { EpisodeWindows, SessionCalls } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

export interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  episodeId: string;
  /** Key of the call that was shown last and is not over. */
  open: string | undefined;
  count: number;
}

/** A message that is shown: what the agent asks the user or says. */
export function isUiMessage(json: unknown): json is JsonObject {
  if (!isObject(json) || (json['type'] !== 'say' && json['type'] !== 'ask')) return false;
  return typeof json[json['type']] === 'string' && ('ts' in json || 'text' in json);
}

/** What is said about a call that was shown. */
const ABOUT = new Set([
  'command_output',
  'mcp_server_response',
  'browser_action_result',
  'user_feedback',
  'checkpoint_created',
]);
const OVER = /^(?:api_req_started|completion_result|resume_task|resume_completed_task)$/;
/** Added to the text of a command that needs approval, and before the output that is joined to it. */
const MARKS = /REQ_APP$|\nOutput:\n[\s\S]*$/;

export function readUiMessage(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const said = textOf(doc[textOf(doc['type']) ?? '']) ?? '';
  if (doc['partial'] === true) return skipped('part of a message');
  const stamp = instantOf(doc['ts']);
  const text = textOf(doc['text']) ?? '';
  const { episodeId, calls, episodes } = state;
  const isTask = state.count++ === 0 && (said === 'text' || said === 'task');
  const prompts = isTask ? promptsOf(text, record.ref) : undefined;
  episodes.see({ format: 'cline', clock: 'ts', episodeId, agent: 'cline', prompts }, record.ref, stamp);
  const call = callIn(said, text);
  if (call !== undefined) {
    const ended = over(state);
    state.open = String(state.count);
    const opened = calls.open(state.open, {
      format: 'cline',
      clock: 'ts',
      ref: record.ref,
      episodeId,
      name: call.name,
      arguments: readArguments(call.arguments),
      start: stamp,
      slack: SESSION_SLACK,
      // What is only said needed no approval.
      executed: doc['type'] === 'say' ? 'yes' : 'unknown',
      trust: 'agent-writable',
    });
    return [...ended, ...opened];
  }
  if (ABOUT.has(said) && state.open !== undefined) {
    if (said === 'command_output' || said === 'mcp_server_response' || said === 'browser_action_result')
      calls.update(state.open, { executed: 'yes', status: 'completed', output: text });
    return [];
  }
  if (!OVER.test(said)) return skipped(said);
  return over(state, { end: stamp, endBasis: 'next-model-call' });
}

function over(state: State, patch: Parameters<SessionCalls['close']>[1] = {}): readonly Event[] {
  const { open } = state;
  state.open = undefined;
  return open === undefined ? [] : state.calls.close(open, patch);
}

/** Calls under the names that models use for them. */
function callIn(said: string, text: string): { readonly name: string; readonly arguments: object } | undefined {
  if (said === 'command') return { name: 'execute_command', arguments: { command: text.replace(MARKS, '') } };
  const json = tryJson(text);
  if (!isObject(json)) return undefined;
  const tool = textOf(json['tool']);
  if (said === 'tool' && tool !== undefined) {
    const { tool: _tool, content: _content, ...rest } = json;
    return { name: tool, arguments: rest };
  }
  if (said === 'use_mcp_server')
    return { name: textOf(json['toolName']) ?? textOf(json['uri']) ?? 'use_mcp_tool', arguments: json };
  return /^browser_action(?:_launch)?$/.test(said) ? { name: 'browser_action', arguments: json } : undefined;
}
