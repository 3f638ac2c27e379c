import type { Instant } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { contentText } from '../../core/tools/session.ts';
import { CallCounter, SESSION_SLACK, toolCallEvent } from '../../core/tools/tool-call.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';

export interface Asked {
  readonly callId: string | undefined;
  readonly name: string;
  readonly arguments: unknown;
}

export interface Result {
  readonly content: unknown;
  readonly isFailed: boolean;
}

interface Call {
  readonly asked: Asked;
  readonly episodeId: string;
  readonly record: RawRecord;
  /** The earliest document that holds the call, and the one that holds its result. */
  start: Instant | undefined;
  end: Instant | undefined;
  result: Result | undefined;
}

const MOST = 20_000;
/** Of the middleware that asks a human first. */
const REJECTED = /^User rejected the tool call for\b/;

/**
 * Calls that states tell of again and again, the newest state often first: a call began by the first state that holds it, and was over by
 * the first that holds its result.
 */
export class StatedCalls {
  readonly #calls = new Map<string, Call>();
  readonly #counter = new CallCounter();

  ask(asked: Asked, episodeId: string, record: RawRecord, time: Instant | undefined): readonly ToolCallEvent[] {
    if (asked.callId === undefined)
      return [this.#event({ asked, episodeId, record, start: time, end: undefined, result: undefined })];
    const key = `${episodeId} ${asked.callId}`;
    const known = this.#calls.get(key);
    if (known !== undefined) {
      known.start = earlier(known.start, time);
      return [];
    }
    this.#calls.set(key, { asked, episodeId, record, start: time, end: undefined, result: undefined });
    return this.#calls.size > MOST ? this.#oldest() : [];
  }

  answer(callId: string, episodeId: string, result: Result, time: Instant | undefined): boolean {
    const call = this.#calls.get(`${episodeId} ${callId}`);
    if (call === undefined) return false;
    call.end = earlier(call.end, time);
    call.result ??= result;
    return true;
  }

  flush(): readonly ToolCallEvent[] {
    const out = [...this.#calls.values()].map((call) => this.#event(call));
    this.#calls.clear();
    return out;
  }

  #oldest(): readonly ToolCallEvent[] {
    const [key, call] = this.#calls.entries().next().value ?? [];
    if (key === undefined || call === undefined) return [];
    this.#calls.delete(key);
    return [this.#event(call)];
  }

  #event({ asked, episodeId, record, start, end, result }: Call): ToolCallEvent {
    // One state that holds both does not say when the call ran.
    const isOne = start !== undefined && end !== undefined && start.stamp.at >= end.stamp.at;
    const output = result === undefined ? undefined : (contentText(result.content) ?? undefined);
    const isRefused = REJECTED.test(output ?? '');
    return toolCallEvent({
      format: 'langchain',
      clock: 'created_at',
      ref: record.ref,
      episodeId,
      index: this.#counter.next(episodeId),
      callId: asked.callId,
      name: asked.name,
      arguments: readArguments(asked.arguments),
      start: isOne ? undefined : start,
      end: isOne ? undefined : end,
      startBasis: 'model-call-end',
      endBasis: 'step-end',
      slack: SESSION_SLACK,
      executed: result === undefined ? 'unknown' : isRefused ? 'no' : 'yes',
      status: result === undefined ? 'incomplete' : isRefused ? 'cancelled' : result.isFailed ? 'failed' : 'completed',
      output,
      host: record.host,
      containerId: record.containerId,
      trust: 'outside',
      observed: record.observed,
    });
  }
}

function earlier(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.stamp.at < a.stamp.at ? b : a;
}
