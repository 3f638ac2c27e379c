import { at, textOf } from '../../core/json/json.ts';
import type { Instant } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { contentText, SessionCalls } from '../../core/tools/session.ts';
import { forgetOldest, SPAN_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import { exitOf, outcomeOf, runsOn } from './outcome.ts';

const REMEMBERED = 10_000;

/** Which call of which session. Ids of calls come again in another message. */
export interface CallKey {
  readonly episodeId: string;
  readonly messageId: string | undefined;
  readonly callId: string;
}

export interface Called {
  readonly name?: string | undefined;
  readonly input: unknown;
  readonly start: Instant | undefined;
  readonly record: RawRecord;
  readonly cwd?: string | undefined;
  readonly pid?: number | undefined;
  readonly agentPath?: readonly string[] | undefined;
}

export interface Settled {
  readonly end: Instant | undefined;
  /** `{type, message}`, where the call failed. */
  readonly error?: unknown;
  readonly content?: unknown;
  /** What the tool says of itself: `exit`, `shellID`, `timeout`. */
  readonly metadata: unknown;
}

/**
 * Calls of OpenCode 2, by its events and by the messages that it makes of them (`SessionEvent` and `SessionMessage` of its schema package).
 * A shell that goes on in the background is told of again when it has ended.
 */
export class ToolRuns {
  readonly #calls = new SessionCalls();
  readonly #names = new Map<string, string>();
  /** What a call left running -> its handle. */
  readonly #left = new Map<string, string>();
  readonly #pids = new Map<string, number>();

  /** The model began to write the arguments: only here stands the tool's name. */
  asked(key: CallKey, name: string | undefined): void {
    if (name === undefined) return;
    this.#names.set(keyOf(key), name);
    forgetOldest(this.#names, REMEMBERED);
  }

  called(key: CallKey, { name, input, start, record, ...more }: Called): readonly Event[] {
    const { episodeId, callId } = key;
    const args = readArguments(input);
    return this.#calls.open(keyOf(key), {
      format: 'opencode',
      clock: 'time',
      ref: record.ref,
      episodeId,
      callId,
      name: name ?? this.#names.get(keyOf(key)) ?? 'unknown',
      arguments: args,
      start,
      slack: SPAN_SLACK,
      executed: 'unknown',
      status: 'incomplete',
      host: record.host,
      containerId: record.containerId,
      trust: 'agent-writable',
      ...more,
      cwd: textOf(at(args?.value, 'workdir')) ?? more.cwd,
    });
  }

  /** A shell was started, and the call that did so is told behind it. */
  started(shellId: string, pid: number | undefined): void {
    if (pid === undefined) return;
    this.#pids.set(shellId, pid);
    forgetOldest(this.#pids, REMEMBERED);
  }

  progressed(key: CallKey, metadata: unknown): void {
    const pid = this.#pids.get(textOf(at(metadata, 'shellID')) ?? '');
    if (pid !== undefined) this.#calls.update(keyOf(key), { pid });
  }

  isOpen(key: CallKey): boolean {
    return this.#calls.get(keyOf(key)) !== undefined;
  }

  settled(key: CallKey, { end, error, content, metadata }: Settled): readonly Event[] {
    const failure = error === undefined ? undefined : (textOf(at(error, 'message')) ?? textOf(error) ?? '');
    const output = contentText(content) ?? failure;
    const facts: Partial<ToolCallFacts> = {
      end,
      ...(output === undefined ? {} : { output }),
      ...outcomeOf({ failure, kind: textOf(at(error, 'type')), exit: exitOf(metadata) }),
    };
    if (!runsOn(metadata)) return this.#calls.close(keyOf(key), facts);
    const handle = textOf(at(metadata, 'shellID')) ?? key.callId;
    this.#left.set(`${key.episodeId} ${key.callId}`, handle).set(`${key.episodeId} ${handle}`, handle);
    forgetOldest(this.#left, REMEMBERED);
    return this.#calls.close(keyOf(key), { ...facts, background: { handle } });
  }

  /** `<shell id="..." state="completed">`: OpenCode tells the model that a shell in the background has ended. */
  noticed(episodeId: string, text: string | undefined, end: Instant | undefined): readonly Event[] {
    const id = /^<shell id="([^"]{1,200})" state="\w+"/.exec(text ?? '')?.[1];
    const handle = id === undefined ? undefined : this.#left.get(`${episodeId} ${id}`);
    return handle === undefined ? [] : this.#calls.endBackground(handle, end);
  }

  flush(): readonly Event[] {
    return this.#calls.flush();
  }
}

function keyOf({ episodeId, messageId, callId }: CallKey): string {
  return `${episodeId} ${messageId ?? ''} ${callId}`;
}
