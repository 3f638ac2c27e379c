import { ownText } from '../../core/text/own-text.ts';
import type { Teller } from '../../core/tools/asked-calls.ts';
import type { SourceRef } from '../../model/source.ts';
import type { EpisodeKeys } from './identity.ts';
import type { Span } from './message.ts';
import { placeIn } from './place.ts';

/** Of the span it keeps what names its episode, and not the whole conversation. */
export function spanTeller(span: Span, ref: SourceRef, keys: EpisodeKeys): Teller {
  const { start: asked, end: answered, parentId, resource } = span;
  const { spanClock: clock } = resource;
  const traceId = ownText(span.traceId);
  const parent = parentId === undefined ? undefined : ownText(parentId);
  const named = { traceId, spanId: ownText(span.spanId), parentId: parent, resource };
  return {
    format: 'otlp',
    traceId,
    episode: () => keys.nameOf(named),
    clock,
    ref,
    place: placeIn(span.attributes),
    asked,
    answered,
  };
}
