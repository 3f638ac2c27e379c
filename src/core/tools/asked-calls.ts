import type { Event } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Instant } from '../time/instant.ts';
import { readArguments } from './arguments.ts';
import type { ModelCall } from './model-calls.ts';
import { type CallCounter, episodeEvent, SPAN_SLACK, toolCallEvent, withoutBounds } from './tool-call.ts';
import { isUniqueId } from './unique-id.ts';

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

/**
 * Tool calls that only the model's answers tell of, as gateways and instrumented clients see them: a call runs from the answer that
 * asks for it until the question that brings its result. They count where no call has a span of its own.
 */
export class AskedCalls {
  readonly #calls: AskedCall[] = [];
  #told = 0;
  /** By `keyOf`, without a result so far. */
  readonly #open = new Map<string, AskedCall>();

  /** How many calls it was told of. */
  get told(): number {
    return this.#told;
  }

  take({ calls, results }: Asked, teller: Teller): void {
    for (const [id, output] of results) {
      const open = this.#open.get(keyOf(id, teller));
      if (open === undefined) continue;
      open.next = teller;
      open.output = output;
      this.#open.delete(keyOf(id, teller));
    }
    for (const call of calls) {
      const asked: AskedCall = { call, teller };
      this.#calls.push(asked);
      if (call.id !== undefined) this.#open.set(keyOf(call.id, teller), asked);
    }
    this.#told += calls.length;
  }

  flush(counter: CallCounter): readonly Event[] {
    const inOrder = this.#calls.splice(0).sort((a, b) => answeredAt(a) - answeredAt(b));
    this.#open.clear();
    return inOrder.flatMap((asked) => eventsOf(asked, counter));
  }

  /** Calls have spans of their own. */
  forget(): void {
    this.#calls.length = 0;
    this.#open.clear();
  }
}

/** Gateways put each question into a trace of its own, and ids that are random are of one call wherever they stand. */
function keyOf(id: string, { traceId }: Teller): string {
  return isUniqueId(id) ? id : `${traceId} ${id}`;
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
