import { type CallLog, glances } from '../../core/calls/columns.ts';
import type { ToolCallEvent } from '../../model/event.ts';

/** What tells under which name a record knows an episode. */
type Naming = Pick<ToolCallEvent, 'episodeId' | 'format'> & { readonly ref: Pick<ToolCallEvent['ref'], 'source'> };

/**
 * Whether two records that give one call to different episodes mean different ones: where the writer of one uses the other's name
 * as well, both name episodes alike, and one of the records is wrong. Else the names are two of one episode.
 */
export function openTwoNames(calls: CallLog): (a: Naming, b: Naming) => boolean {
  let used: ReadonlySet<string> | undefined;
  return (a, b) => {
    used ??= namesUsed(calls);
    const writer = a.format === b.format ? ({ ref }: Naming) => ref.source : ({ format }: Naming) => format;
    return used.has(`${writer(a)}|${b.episodeId}`) || used.has(`${writer(b)}|${a.episodeId}`);
  };
}

function namesUsed(calls: CallLog): ReadonlySet<string> {
  const used = new Set<string>();
  for (const { format, ref, episodeId } of glances(calls)) {
    used.add(`${format}|${episodeId}`);
    used.add(`${ref.source}|${episodeId}`);
  }
  return used;
}
