import { type CallLog, glance } from '../../core/calls/columns.ts';
import { idFactsOf } from '../../core/calls/id-facts.ts';
import { hashOfId, isUniqueId } from '../../core/tools/unique-id.ts';
import type { EpisodeEvent, ToolCallEvent } from '../../model/event.ts';
import type { Timed } from '../../model/timed.ts';
import type { Lease } from '../leases/lease.ts';
import type { LeaseTable } from '../leases/leases.ts';
import { copiedIds } from './copied-calls.ts';
import { type Draft, draftCalls, emptyDraft } from './draft-calls.ts';
import { RecurringNames } from './recurring-names.ts';
import { openTwoNames } from './two-names.ts';

/** Groups records of one episode: same id, a stated alias, the same unique call id, or the only sandbox in common. */
export function draftEpisodes(
  episodeEvents: readonly Timed<EpisodeEvent>[],
  calls: CallLog,
  leases: LeaseTable,
): Set<Draft> {
  const byId = new Map<string, Draft>();
  const get = (id: string): Draft => {
    let draft = byId.get(id);
    if (draft === undefined) {
      draft = emptyDraft(id);
      byId.set(id, draft);
    }
    return draft;
  };
  const merge = (a: Draft, b: Draft): Draft => (a === b ? a : mergeDrafts(byId, a, b));
  const recurring = new RecurringNames(episodeEvents);
  for (const timed of episodeEvents) {
    let draft = get(timed.event.episodeId);
    // Most have one record, and a list that is added to has room for many.
    if (draft.events.length === 0) draft.events = [timed];
    else draft.events.push(timed);
    draft.rank = Math.min(draft.rank, idRank(timed.event));
    if (timed.event.sandboxId !== undefined) draft.sandboxes.add(timed.event.sandboxId);
    for (const alias of recurring.aliasesOf(timed.event)) draft = merge(draft, get(alias));
  }
  const sources = draftCalls(calls, get);
  for (const lease of leases.ofEpisodes) {
    if (lease.episodeId === undefined) continue;
    const draft = get(lease.episodeId);
    draft.rank = Math.min(draft.rank, 3);
    draft.sandboxes.add(lease.sandboxId);
    addLeases(draft, [lease]);
  }
  recurring.settle(byId, calls);
  // Within one source equal ids are two calls.
  if (sources.size > 1) mergeByCallId(calls, largestOf(sources), { byId, merge });
  mergeBySandbox(byId, leases, merge);
  return new Set(byId.values());
}

/** `leases`: an array of its own. */
function addLeases(draft: Draft, leases: Lease[]): void {
  if (draft.leases === undefined) draft.leases = leases;
  else for (const lease of leases) draft.leases.push(lease);
}

/** Which artefact's id names the episode: the trainer's dump first, then leases, then sessions. */
export function idRank(event: EpisodeEvent): number {
  if (event.traced === 'dropped') return 6;
  return event.run !== undefined || event.group !== undefined || event.step !== undefined ? 1 : 4;
}

function mergeDrafts(byId: Map<string, Draft>, a: Draft, b: Draft): Draft {
  const keep = a.rank < b.rank || (a.rank === b.rank && a.id <= b.id) ? a : b;
  const gone = keep === a ? b : a;
  for (const alias of gone.aliases) {
    keep.aliases.push(alias);
    byId.set(alias, keep);
  }
  keep.rank = Math.min(a.rank, b.rank);
  keep.events.push(...gone.events);
  if (gone.calls.length > 0) keep.seen = keep.calls.length > 0 ? undefined : gone.seen;
  keep.calls.append(gone.calls);
  for (const sandbox of gone.sandboxes) keep.sandboxes.add(sandbox);
  addLeases(keep, gone.leases ?? []);
  return keep;
}

interface Joining {
  readonly byId: ReadonlyMap<string, Draft>;
  readonly merge: (a: Draft, b: Draft) => Draft;
}

/** An id that stands in the largest source alone joins nothing. */
function mergeByCallId(calls: CallLog, largest: string, { byId, merge }: Joining): void {
  const others = idsOutside(largest, calls);
  if (others.size === 0) return;
  const areTwo = openTwoNames(calls);
  const first = new Map<string, number>();
  const ids = idFactsOf(calls);
  const hashes = new Set(Array.from(others, hashOfId));
  const idAt = (row: number): string | undefined =>
    hashes.has(ids.hash(row)) ? glance(calls, row)?.callId : undefined;
  const copied = copiedIds(calls, idAt);
  for (let row = 0; row < calls.length; row++) {
    const id = idAt(row);
    if (id === undefined || !others.has(id) || copied.has(id)) continue;
    const before = first.get(id);
    if (before === undefined) first.set(id, row);
    const other = before === undefined ? undefined : calls.at(before);
    const event = glance(calls, row);
    if (event === undefined || other === undefined) continue;
    if (other.episodeId === event.episodeId || conflict(other, event)) continue;
    const a = byId.get(other.episodeId);
    const b = byId.get(event.episodeId);
    if (a === undefined || b === undefined || a === b || sandboxConflict(a, b)) continue;
    const { episodeId, format, ref } = event;
    if (!leaseConflict(a, b) && !areTwo(other, { episodeId, format, ref })) merge(a, b);
  }
}

function largestOf(sources: ReadonlyMap<string, number>): string {
  const [largest] = [...sources].sort((a, b) => b[1] - a[1]);
  return largest?.[0] ?? '';
}

/** Unique ids of calls in all other sources. */
function idsOutside(source: string, calls: CallLog): ReadonlySet<string> {
  const ids = new Set<string>();
  const isOutside = sourceTester(calls, source);
  for (let row = 0; row < calls.length; row++) {
    const callId = isOutside(row) ? glance(calls, row)?.callId : undefined;
    if (callId !== undefined && isUniqueId(callId)) ids.add(callId);
  }
  return ids;
}

/** Whether the call in a row comes from another source. */
function sourceTester(calls: CallLog, source: string): (row: number) => boolean {
  const { numbers } = calls;
  const isOther = (row: number): boolean => glance(calls, row)?.ref.source !== source;
  if (numbers === undefined) return isOther;
  const known: (boolean | undefined)[] = [];
  return (row) => {
    const frame = numbers.frame(row);
    known[frame] ??= isOther(row);
    return known[frame] ?? false;
  };
}

function conflict(a: ToolCallEvent, b: ToolCallEvent): boolean {
  if (a.ref.source === b.ref.source) return true;
  return a.command !== undefined && b.command !== undefined && a.command !== b.command && !a.truncated && !b.truncated;
}

function sandboxConflict(a: Draft, b: Draft): boolean {
  if (a.sandboxes.size === 0 || b.sandboxes.size === 0) return false;
  return ![...a.sandboxes].some((sandbox) => b.sandboxes.has(sandbox));
}

/** Who held a sandbox in turn are two. */
function leaseConflict(a: Draft, b: Draft): boolean {
  if (a.leases === undefined || b.leases === undefined) return false;
  const others = b.leases;
  return !a.leases.some((lease) =>
    others.some((other) => other.sandboxId === lease.sandboxId && lease.start < other.end && other.start < lease.end),
  );
}

/** Drafts known only as "whatever ran in sandbox X" join the one named episode of that sandbox. */
function mergeBySandbox(byId: Map<string, Draft>, leases: LeaseTable, merge: (a: Draft, b: Draft) => Draft): void {
  const bySandbox = new Map<string, Set<Draft>>();
  for (const draft of new Set(byId.values())) {
    for (const sandbox of draft.sandboxes) {
      const set = bySandbox.get(sandbox) ?? new Set();
      set.add(draft);
      bySandbox.set(sandbox, set);
    }
  }
  for (const [sandbox, drafts] of bySandbox) {
    const anonymous = [...drafts].filter((draft) => draft.id.startsWith('sandbox:'));
    const named = [...drafts].filter((draft) => !draft.id.startsWith('sandbox:'));
    const holder = named[0];
    if (anonymous.length === 0 || named.length !== 1 || holder === undefined || leases.ofSandbox(sandbox).length > 1)
      continue;
    for (const draft of anonymous) merge(holder, draft);
  }
}
