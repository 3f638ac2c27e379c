import { logOf } from '../../core/lines/rotated.ts';
import { push } from '../../core/push.ts';
import type { Timed } from '../../model/timed.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import type { Flagged } from './group.ts';

/** Stamps that are cut further may be those of two moments. */
const FINE_US = 100_000;

/**
 * What records have in common that stand in several files, as parts of a log were copied: undefined for all others. As often as
 * a file holds the same record, it was written.
 */
export function copiesAmong(flagged: readonly Flagged[]): ReadonlyMap<Flagged, string> {
  const alike = new Map<string, Flagged[]>();
  for (const record of flagged) if (mayBeCopied(record)) push(alike, roughly(record.timed), record);
  const out = new Map<Flagged, string>();
  for (const records of alike.values()) {
    if (new Set(records.map(sourceOf)).size < 2) continue;
    const seen = new Map<string, number>();
    for (const record of records) {
      const { ref, ...content } = record.timed.event;
      const text = JSON.stringify(content);
      const place = `${ref.source} ${text}`;
      const nth = seen.get(place) ?? 0;
      seen.set(place, nth + 1);
      out.set(record, `${nth} ${text}`);
    }
  }
  return out;
}

function mayBeCopied({ timed: { event }, repeats }: Flagged): boolean {
  return repeats === undefined && event.kind !== 'process' && event.time.stepUs < FINE_US;
}

/** Requests that logs of several proxies tell are joined later, see `joinProxyTwins`. */
function roughly(timed: Timed<ViolatingEvent>): string {
  const { event } = timed;
  const isRequest = event.kind === 'network' && event.type === 'proxy';
  return `${event.format} ${event.time.at} ${isRequest ? logOf(timed) : ''}`;
}

function sourceOf({ timed }: Flagged): string {
  return timed.event.ref.source;
}
