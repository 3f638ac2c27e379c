import type { ToolCallEvent } from '../../model/event.ts';

/** What is told of an episode's calls by one look at each, best in the order of the log: anywhere else each look is a cache miss. */
export interface SeenCalls {
  count: number;
  /** Formats whose records describe the calls. */
  readonly formats: string[];
  readonly source: string;
  readonly episodeId: string;
  lastIndex: number;
  /** They come from one source and name one episode, and their indexes grow. */
  isOrdered: boolean;
  /** How many have an id that is theirs wherever it stands. */
  uniqueIds: number;
}

/** One look at one more call; `seen`: those before it. `hasUniqueId`: see `isUniqueId`. */
export function seeCall(seen: SeenCalls | undefined, record: ToolCallEvent, hasUniqueId: boolean): SeenCalls {
  const { format, ref, episodeId, index } = record;
  const all = seen ?? firstOf(record);
  if (!all.formats.includes(format)) all.formats.push(format);
  if (ref.source !== all.source || episodeId !== all.episodeId) all.isOrdered = false;
  seeLike(all, index, hasUniqueId);
  return all;
}

/** The same of one that has the format, the source and the episode of the one before it. */
export function seeLike(seen: SeenCalls, index: number, hasUniqueId: boolean): void {
  if (index <= seen.lastIndex) seen.isOrdered = false;
  if (hasUniqueId) seen.uniqueIds++;
  seen.lastIndex = index;
  seen.count++;
}

function firstOf({ ref, episodeId, format }: ToolCallEvent): SeenCalls {
  return { count: 0, formats: [format], source: ref.source, episodeId, lastIndex: -1, isOrdered: true, uniqueIds: 0 };
}
