import { type CallLog, glance } from '../../core/calls/columns.ts';
import { idFactsOf } from '../../core/calls/id-facts.ts';
import type { CallNumbers } from '../../core/calls/numbers.ts';
import { Uint32List } from '../../core/packed/uint32-list.ts';
import type { EpisodeEvent, ToolCallEvent } from '../../model/event.ts';
import type { Timed } from '../../model/timed.ts';
import type { Lease } from '../leases/lease.ts';
import { type SeenCalls, seeCall, seeLike } from './seen-calls.ts';

/** What is known of an episode before all of its records are together. */
export interface Draft {
  id: string;
  rank: number;
  /** Its own id and others. Each id is one draft's. */
  readonly aliases: string[];
  events: Timed<EpisodeEvent>[];
  /** Rows of the log of calls. */
  readonly calls: Uint32List;
  /** Of these; undefined as well where they have to be looked at again. */
  seen: SeenCalls | undefined;
  sandboxes: Set<string>;
  /** Leases that name it. */
  leases: Lease[] | undefined;
}

export function emptyDraft(id: string): Draft {
  return {
    id,
    rank: 9,
    aliases: [id],
    events: [],
    calls: new Uint32List(),
    seen: undefined,
    sandboxes: new Set(),
    leases: undefined,
  };
}

/** Rank of an episode that is known by its calls alone. */
const CALL_RANK = 5;

type DraftOf = (episodeId: string) => Draft;

/** Gives each call to its episode; returns how many calls each source holds. */
export function draftCalls(calls: CallLog, draftOf: DraftOf): ReadonlyMap<string, number> {
  return calls.numbers === undefined ? draftEach(calls, draftOf) : draftNumbered(calls, calls.numbers, draftOf);
}

function draftEach(calls: CallLog, draftOf: DraftOf): ReadonlyMap<string, number> {
  const sources = new Map<string, number>();
  const ids = idFactsOf(calls);
  for (let row = 0; row < calls.length; row++) {
    const event = glance(calls, row);
    if (event === undefined) continue;
    addCall(draftOf(event.episodeId), row, event, ids.isUnique(row));
    countUp(sources, event.ref.source, 1);
  }
  return sources;
}

/** The draft of an episode, with the numbers of what its last call has in common with others. */
interface Numbered {
  readonly draft: Draft;
  readonly seen: SeenCalls;
  frame: number;
  sandbox: number;
}

/** The same without a look at each of millions: the next call of an episode mostly has all in common with the one before it. */
function draftNumbered(calls: CallLog, numbers: CallNumbers, draftOf: DraftOf): ReadonlyMap<string, number> {
  const ids = idFactsOf(calls);
  const episodes: (Numbered | undefined)[] = [];
  const sources: { name: string; count: number }[] = [];
  for (let row = 0; row < calls.length; row++) {
    const number = numbers.episode(row);
    const frame = numbers.frame(row);
    const sandbox = numbers.sandbox(row);
    const known = episodes[number];
    if (known !== undefined && known.frame === frame && known.sandbox === sandbox) {
      known.draft.calls.push(row);
      seeLike(known.seen, numbers.index(row), ids.isUnique(row));
    } else {
      const event = glance(calls, row);
      if (event === undefined) continue;
      const draft = known?.draft ?? draftOf(event.episodeId);
      const seen = addCall(draft, row, event, ids.isUnique(row));
      episodes[number] = { draft, seen, frame, sandbox };
      sources[frame] ??= { name: event.ref.source, count: 0 };
    }
    const source = sources[frame];
    if (source !== undefined) source.count++;
  }
  const counts = new Map<string, number>();
  for (const source of sources) if (source !== undefined) countUp(counts, source.name, source.count);
  return counts;
}

function addCall(draft: Draft, row: number, event: ToolCallEvent, hasUniqueId: boolean): SeenCalls {
  draft.calls.push(row);
  const seen = seeCall(draft.seen, event, hasUniqueId);
  draft.seen = seen;
  draft.rank = Math.min(draft.rank, CALL_RANK);
  if (event.sandboxId !== undefined) draft.sandboxes.add(event.sandboxId);
  return seen;
}

function countUp(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
