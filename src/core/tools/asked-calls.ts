import type { Event } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Instant } from '../time/instant.ts';
import { readArguments } from './arguments.ts';
import type { ModelCall } from './model-calls.ts';
import { type AnsweredCall, answersRecorded, idKey, type RecordedCall, tellsAll } from './recorded-calls.ts';
import { type CallCounter, episodeEvent, SPAN_SLACK, toolCallEvent, withoutBounds } from './tool-call.ts';

/** What a question to a model and its answer say of tool calls. */
export interface Asked {
  /** Calls that the answer asks for. */
  readonly calls: readonly ModelCall[];
  /** Results that came with the question, by the id of their call. */
  readonly results: ReadonlyMap<string, string>;
}

/** Where a question and its answer stand. */
export interface Teller {
  readonly format: string;
  readonly traceId: string;
  /** Its episode, which may be known only when all spans were read. */
  readonly episode: () => string;
  readonly clock: string;
  readonly ref: SourceRef;
  /** What it says itself: its resource may be that of a gateway, where no call ran. */
  readonly place: { readonly sandboxId?: string | undefined; readonly containerId?: string | undefined };
  /** When the model was asked, and when it had answered. */
  readonly asked: Instant | undefined;
  readonly answered: Instant | undefined;
}

interface AskedCall {
  readonly call: ModelCall;
  readonly teller: Teller;
  /** Who brought its result. */
  next?: Teller;
  output?: string;
}

/** Calls with records of their own that wait for who asked for them. */
const MOST_RECORDED = 10_000;

/**
 * Tool calls that only the model's answers tell of, as gateways and instrumented clients see them: a call runs from the answer that
 * asks for it until the question that brings its result. Each counts where it has no record of its own that tells as
 * much: correlation puts together what has one random id.
 */
export class AskedCalls {
  readonly #calls = new Set<AskedCall>();
  readonly #byId = new Map<string, AskedCall>();
  #recorded: RecordedCall[] = [];
  #told = 0;

  /** How many calls it was told of. */
  get told(): number {
    return this.#told;
  }

  take({ calls, results }: Asked, teller: Teller): void {
    for (const [id, output] of results) {
      const asked = this.#byId.get(idKey(id, teller.traceId));
      if (asked === undefined || asked.next !== undefined) continue;
      asked.next = teller;
      asked.output = output;
    }
    for (const call of calls) this.#ask({ call, teller });
    this.#told += calls.length;
  }

  /** Frameworks and the clients below them tell of one answer twice. */
  #ask(asked: AskedCall): void {
    const { id } = asked.call;
    const key = id === undefined ? undefined : idKey(id, asked.teller.traceId);
    const before = key === undefined ? undefined : this.#byId.get(key);
    if (before !== undefined && before.next === undefined && isSame(before.call, asked.call)) return;
    this.#calls.add(asked);
    if (key !== undefined) this.#byId.set(key, asked);
  }

  /** A call has a record of its own. Answers that ask for one mostly come before it, so those that come first wait for none. */
  record(call: RecordedCall): void {
    if (this.#told === 0) return;
    const { callId, traceId } = call;
    const key = callId === undefined ? undefined : idKey(callId, traceId);
    const asked = key === undefined ? undefined : this.#byId.get(key);
    if (key !== undefined && asked !== undefined && tellsAll(call, asked.call)) {
      this.#calls.delete(asked);
      this.#byId.delete(key);
    }
    // The same answer may be told once more.
    this.#recorded.push(call);
    if (this.#recorded.length > MOST_RECORDED) this.#settle(MOST_RECORDED / 2);
  }

  /** Leaves out what has a record; the newest records, so many, wait on. */
  #settle(kept: number): void {
    const answers = Array.from(this.#calls, (asked) => ({ ...answerOf(asked), asked }));
    for (const { asked } of answersRecorded(answers, this.#recorded)) this.#calls.delete(asked);
    this.#recorded = this.#recorded.slice(this.#recorded.length - kept);
  }

  flush(counter: CallCounter): readonly Event[] {
    if (this.#recorded.length > 0) this.#settle(0);
    const inOrder = [...this.#calls].sort((a, b) => answeredAt(a) - answeredAt(b));
    this.#calls.clear();
    this.#byId.clear();
    return inOrder.flatMap((asked) => eventsOf(asked, counter));
  }
}

function isSame(a: ModelCall, b: ModelCall): boolean {
  return a.name === b.name && a.argumentsText === b.argumentsText;
}

function answerOf({ call: { id, name, argumentsText }, teller, next }: AskedCall): AnsweredCall {
  const { traceId, answered } = teller;
  const stamps = { answered: answered?.stamp.at, resultAt: next?.asked?.stamp.at };
  return { id, name, argumentsText, traceId, episodeId: teller.episode(), ...stamps };
}

function answeredAt({ teller }: AskedCall): number {
  return teller.answered?.stamp.at ?? 0;
}

function eventsOf({ call, teller, next, output }: AskedCall, counter: CallCounter): readonly Event[] {
  const { format, clock, ref, place, answered } = teller;
  const episodeId = teller.episode();
  const asked = next?.asked;
  const end = asked !== undefined && asked.stamp.at >= answeredAt({ call, teller }) ? asked : undefined;
  const event = toolCallEvent({
    format,
    clock,
    ref,
    episodeId,
    index: counter.next(episodeId),
    callId: call.id,
    name: call.name,
    arguments: readArguments(call.argumentsText),
    start: answered,
    end,
    startBasis: 'model-call-end',
    endBasis: 'next-model-call',
    slack: SPAN_SLACK,
    executed: output === undefined ? 'unknown' : 'yes',
    status: output === undefined ? undefined : 'completed',
    output,
    ...place,
    trust: 'outside',
  });
  const later = next?.episode();
  if (later === undefined || later === episodeId) return [event];
  const same = { format, clock, ref, episodeId, aliases: [later], start: answered, end };
  return [withoutBounds(episodeEvent(same)), event];
}
