import { push } from '../../core/push.ts';
import { type RecordedCall, sameTool } from '../../core/tools/recorded-calls.ts';
import type { Placed } from './spans.ts';
import { toolSaid } from './spans.ts';

/** Spans that wait for those above them. */
const RELAYED_LIMIT = 10_000;
/** Spans that stand between those of one call, of HTTP and the like; ids that run in a circle have no end. */
const MOST_BETWEEN = 20;

/** A span that came by: ids, and what it says where it is a call. */
export interface Passing {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly call: Pick<RecordedCall, 'name' | 'argumentsText'> | undefined;
}

/**
 * A call that an agent hands to an MCP server has up to three spans, one below the other: the agent's own, that of the client
 * (`tools/call`) and that of the server (semantic conventions for MCP). Those below count only where none above tells of the same call
 * and as much of it. Who stands above is exported later.
 */
export class RelayedCalls {
  readonly #waiting = new Map<string, Placed[]>();
  #free: Placed[] = [];
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  hold(placed: Placed): void {
    this.#size++;
    this.#wait(placed, placed.span.traceId, placed.span.parentId);
  }

  #wait(placed: Placed, traceId: string, above: string | undefined): void {
    if (above === undefined) this.#free.push(placed);
    else push(this.#waiting, `${traceId}${above}`, placed);
  }

  /** Spans that were exported together, in any order. */
  meet(spans: readonly Passing[]): void {
    let moved = true;
    for (let n = 0; n < MOST_BETWEEN && moved; n++) {
      moved = false;
      for (const span of spans) if (this.#meetOne(span)) moved = true;
    }
  }

  /** Whether any waits for another one now. */
  #meetOne({ traceId, spanId, parentId, call }: Passing): boolean {
    const key = `${traceId}${spanId}`;
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return false;
    this.#waiting.delete(key);
    let moved = false;
    for (const placed of waiting) {
      const own = toolSaid(placed.span);
      if (call === undefined || sameTool(call.name, own.name)) {
        const isTold = call !== undefined && (call.argumentsText !== undefined || own.argumentsText === undefined);
        if (isTold) this.#size--;
        else this.#wait(placed, traceId, parentId);
        moved ||= !isTold && parentId !== undefined;
      } else this.#free.push(placed);
    }
    return moved;
  }

  /** Those that are waited for no longer: the oldest where they are too many, or all. */
  take(which: 'oldest' | 'all'): readonly Placed[] {
    if (which === 'oldest' && this.#size <= RELAYED_LIMIT) return [];
    const taken = this.#free;
    this.#free = [];
    for (const [key, waiting] of this.#waiting) {
      if (which === 'oldest' && taken.length * 2 > RELAYED_LIMIT) break;
      this.#waiting.delete(key);
      taken.push(...waiting);
    }
    this.#size -= taken.length;
    return taken;
  }
}
