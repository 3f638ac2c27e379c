import { skipped } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { executedThoughCancelled, isCancelled } from '../../core/tools/cancelled.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { EpisodeWindows, SessionCalls } from '../../core/tools/session.ts';
import { SESSION_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { isBlocked } from './calls.ts';

/** What `gemini --output-format stream-json` prints. */
export function isStreamed(json: unknown): json is JsonObject {
  if (!isObject(json) || typeof json['timestamp'] !== 'string') return false;
  const type = json['type'];
  if (type === 'tool_use') return typeof json['tool_name'] === 'string' && typeof json['tool_id'] === 'string';
  if (type === 'tool_result') return typeof json['tool_id'] === 'string' && 'status' in json;
  if (type === 'init') return typeof json['session_id'] === 'string';
  return type === 'message' ? 'role' in json && 'content' in json : type === 'result' && 'status' in json;
}

/** Calls and the session of a stream; `named`: where no line names the session. */
export class Stream {
  readonly #calls = new SessionCalls();
  readonly #episodes = new EpisodeWindows();
  #episodeId: string;
  #model: string | undefined;

  constructor(named: string) {
    this.#episodeId = named;
  }

  read(line: JsonObject, record: RawRecord): readonly Event[] | Decoded {
    const type = textOf(line['type']) ?? '';
    const stamp = instantOf(line['timestamp']);
    if (type === 'init') this.#episodeId = textOf(line['session_id']) ?? this.#episodeId;
    if (type === 'init') this.#model = textOf(line['model']);
    const typed = type === 'message' && line['role'] === 'user' ? textOf(line['content']) : undefined;
    this.#episodes.see(
      {
        format: 'gemini-session',
        clock: 'timestamp',
        episodeId: this.#episodeId,
        agent: 'gemini-cli',
        model: this.#model,
        prompts: promptsOf(typed, record.ref),
      },
      record.ref,
      stamp,
    );
    const callId = textOf(line['tool_id']);
    if (callId === undefined) return skipped(type);
    if (type === 'tool_result') return this.#calls.close(callId, { end: stamp, ...resultOf(line) });
    return this.#calls.open(callId, {
      format: 'gemini-session',
      clock: 'timestamp',
      ref: record.ref,
      episodeId: this.#episodeId,
      callId,
      name: textOf(line['tool_name']) ?? 'unknown',
      arguments: readArguments(line['parameters']),
      start: stamp,
      slack: SESSION_SLACK,
      executed: 'unknown',
      status: 'incomplete',
      host: record.host,
      containerId: record.containerId,
      trust: 'agent-writable',
    });
  }

  flush(): readonly Event[] {
    return [...this.#calls.flush(), ...this.#episodes.flush()];
  }
}

function resultOf(line: JsonObject): Partial<ToolCallFacts> {
  const output = textOf(line['output']) ?? textOf(at(line, 'error', 'message'));
  const said = output === undefined ? {} : { output };
  if (line['status'] === 'cancelled' || isCancelled(output))
    return { executed: executedThoughCancelled(output), status: 'cancelled', ...said };
  if (isBlocked(output)) return { executed: 'no', status: 'failed', ...said };
  if (line['status'] === 'success') return { executed: 'yes', status: 'completed', ...said };
  return { executed: 'unknown', status: 'failed', ...said };
}
