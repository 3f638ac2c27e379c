import type { SourceRef } from '../../model/source.ts';
import { pickText } from './attributes.ts';
import { withoutLine } from './cut-span.ts';
import type { EpisodeKeys } from './identity.ts';
import { idOf, type Span } from './message.ts';
import { kindWhenEnded, type Placed } from './spans.ts';

/** Spans that have begun and are waited for. */
const PENDING_LIMIT = 10_000;

/**
 * Logfire's SDKs export a span when it begins, as a child of itself without duration (`logfire.span_type` is `pending_span`), and again
 * when it ends. What has begun counts only where its end never comes, as with an agent that was killed.
 */
export class PendingSpans {
  readonly #begun = new Map<string, Placed>();

  get size(): number {
    return this.#begun.size;
  }

  begin(pending: Span, ref: SourceRef, keys: EpisodeKeys): void {
    const span = begunSpan(withoutLine(pending));
    const kind = kindWhenEnded(span);
    if (keys.knows(span)) return;
    keys.learn(span);
    if (kind !== 'other') this.#begun.set(keyOf(span.traceId, span.spanId), { span, kind, ref });
  }

  end(traceId: string, spanId: string): void {
    this.#begun.delete(keyOf(traceId, spanId));
  }

  /** Those that are waited for no longer: the oldest where they are too many, or all. */
  take(which: 'oldest' | 'all'): readonly Placed[] {
    const taken: Placed[] = [];
    for (const [key, placed] of this.#begun) {
      if (which === 'oldest' && this.#begun.size <= PENDING_LIMIT) break;
      this.#begun.delete(key);
      taken.push(placed);
    }
    return taken;
  }
}

/** The span that has begun, as far as it is known by then. */
function begunSpan(pending: Span): Span {
  const above = idOf(pickText(pending.attributes, 'logfire.pending_parent_id'), 8);
  return { ...pending, spanId: pending.parentId ?? pending.spanId, parentId: above, end: undefined };
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId}${spanId}`;
}
