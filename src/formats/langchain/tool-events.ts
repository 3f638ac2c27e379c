import { at, type JsonObject, textOf } from '../../core/json/json.ts';
import type { Instant } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { contentText, SessionCalls } from '../../core/tools/session.ts';
import { SPAN_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import { messageOf } from './messages.ts';

const TOOL_EVENT = /^on_tool_(?:start|end|error)$/;

export function isToolEvent(json: JsonObject): boolean {
  return TOOL_EVENT.test(textOf(json['event']) ?? '');
}

interface Place {
  readonly episodeId: string;
  readonly record: RawRecord;
  readonly time: Instant | undefined;
}

/** Tools as `astream_events` tells of them: a run with an id of its own. The events have no time; who writes them down may add one. */
export class ToolEvents {
  readonly #calls = new SessionCalls();

  see(doc: JsonObject, { episodeId, record, time }: Place): readonly Event[] {
    const key = `${episodeId} ${textOf(doc['run_id'])}`;
    const begun = this.#calls.get(key) === undefined ? this.#open(doc, key, { episodeId, record, time }) : [];
    if (doc['event'] === 'on_tool_start') return begun;
    const result = messageOf(at(doc, 'data', 'output'));
    const callId = textOf(result?.body['tool_call_id']);
    const isFailed = doc['event'] === 'on_tool_error' || result?.body['status'] === 'error';
    const output =
      contentText(result?.body['content']) ?? textOf(at(doc, 'data', 'output') ?? at(doc, 'data', 'error'));
    const closed = this.#calls.close(key, {
      end: time,
      executed: 'yes',
      status: isFailed ? 'failed' : 'completed',
      ...(callId === undefined ? {} : { callId }),
      ...(output === undefined ? {} : { output }),
    });
    return [...begun, ...closed];
  }

  flush(): readonly Event[] {
    return this.#calls.flush();
  }

  /** One of which the end alone is told has its arguments there too. */
  #open(doc: JsonObject, key: string, { episodeId, record, time }: Place): readonly Event[] {
    return this.#calls.open(key, {
      format: 'langchain',
      clock: 'created_at',
      ref: record.ref,
      episodeId,
      name: textOf(doc['name']) ?? 'unknown',
      callId: textOf(doc['run_id']),
      arguments: readArguments(at(doc, 'data', 'input')),
      start: doc['event'] === 'on_tool_start' ? time : undefined,
      slack: SPAN_SLACK,
      executed: 'unknown',
      status: 'incomplete',
      host: record.host,
      containerId: record.containerId,
      trust: 'outside',
      observed: record.observed,
    });
  }
}
