import { type CallLog, glance } from '../core/call-columns.ts';
import { hashOfId, isUniqueId } from '../core/call-id.ts';
import { idFactsOf } from '../core/id-facts.ts';
import { joinPrompts } from '../core/prompts.ts';
import { push } from '../core/push.ts';
import { Uint32List } from '../core/uint32-list.ts';
import type { EpisodeEvent, Prompt, ToolCallEvent } from '../model/event.ts';
import type { SourceRef } from '../model/source.ts';
import type { Micros } from '../model/time.ts';
import type { Timed } from '../model/timed.ts';
import type { Merging } from './calls.ts';
import { type Draft, draftCalls } from './draft-calls.ts';
import { type CallTimes, EpisodeCalls } from './episode-calls.ts';
import { compareRef } from './lease.ts';
import type { LeaseTable } from './leases.ts';
import { type Spans, spansOf } from './spans.ts';
import { nameTwins, renamed } from './twins.ts';

export interface Episode {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly run: string | undefined;
  readonly group: string | undefined;
  readonly step: number | undefined;
  readonly reward: number | undefined;
  readonly task: string | undefined;
  readonly prompts: readonly Prompt[];
  readonly start: Micros | undefined;
  readonly end: Micros | undefined;
  readonly sandboxIds: readonly string[];
  readonly calls: EpisodeCalls;
  readonly dropped: boolean;
  readonly attempt: string | undefined;
  readonly use: EpisodeEvent['use'];
  /** Formats whose records describe it, sorted. */
  readonly formats: readonly string[];
  readonly refs: readonly SourceRef[];
}

export interface EpisodeRecords extends Merging {
  readonly episodes: readonly Timed<EpisodeEvent>[];
  readonly shift: (timed: Timed<EpisodeEvent | ToolCallEvent>, at: Micros) => Micros;
}

/** Episodes and their calls. Several artefacts of one episode become one. */
export class EpisodeTable {
  readonly episodes: ReadonlyMap<string, Episode>;
  readonly callCount: number;
  readonly #bySandbox = new Map<string, Episode[]>();
  /** Of sandboxes that were asked for. */
  readonly #spans = new Map<string, Spans<Episode>>();

  constructor(records: EpisodeRecords) {
    const calls = renamed(records.calls, nameTwins(records.calls, records));
    const drafts = [...draftEpisodes(records.episodes, calls, records.leases)].sort((a, b) => (a.id < b.id ? 1 : -1));
    const episodes = new Map<string, Episode>();
    const { leases, correct, shift, isBackground } = records;
    // Calls hold what they are made with, so it is no more than that.
    const merging = { calls, leases, correct, shift, isBackground };
    let callCount = 0;
    // From the end, so that each draft can go before the next episode comes.
    for (let draft = drafts.pop(); draft !== undefined; draft = drafts.pop()) {
      const episode = finishEpisode(draft, merging);
      episodes.set(episode.id, episode);
      callCount += episode.calls.count;
      for (const sandbox of episode.sandboxIds) push(this.#bySandbox, sandbox, episode);
    }
    this.episodes = episodes;
    this.callCount = callCount;
  }

  ofSandbox(sandboxId: string): readonly Episode[] {
    return this.#bySandbox.get(sandboxId) ?? [];
  }

  /** Of these, those that touch a stretch of time; others may be among them, see `Spans`. */
  around(sandboxId: string, from: number, to: number): readonly Episode[] {
    let spans = this.#spans.get(sandboxId);
    if (spans === undefined) {
      spans = spansOf(
        this.ofSandbox(sandboxId),
        ({ start }) => start ?? -Infinity,
        ({ end }) => end ?? Infinity,
      );
      this.#spans.set(sandboxId, spans);
    }
    return spans.around(from, to);
  }

  /** Whether any call ran in the sandbox. */
  hasCalls(sandboxId: string): boolean {
    return this.ofSandbox(sandboxId).some(({ calls }) =>
      calls.extent.sandboxes.some((own) => (own ?? sandboxId) === sandboxId),
    );
  }

  /** When and where all calls ran, for one look at each. */
  *allTimes(): Generator<CallTimes> {
    for (const { calls } of this.episodes.values()) yield* calls.times();
  }
}

/** Groups records of one episode: same id, a stated alias, the same unique call id, or the only sandbox in common. */
function draftEpisodes(episodeEvents: readonly Timed<EpisodeEvent>[], calls: CallLog, leases: LeaseTable): Set<Draft> {
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
  for (const timed of episodeEvents) {
    let draft = get(timed.event.episodeId);
    draft.events.push(timed);
    draft.rank = Math.min(draft.rank, idRank(timed.event));
    if (timed.event.sandboxId !== undefined) draft.sandboxes.add(timed.event.sandboxId);
    for (const alias of timed.event.aliases ?? []) draft = merge(draft, get(alias));
  }
  const sources = draftCalls(calls, get);
  for (const lease of leases.ofEpisodes) {
    if (lease.episodeId === undefined) continue;
    const draft = get(lease.episodeId);
    draft.rank = Math.min(draft.rank, 3);
    draft.sandboxes.add(lease.sandboxId);
    draft.leaseRefs.push(lease.ref);
  }
  // Within one source equal ids are two calls.
  if (sources.size > 1) mergeByCallId(calls, largestOf(sources), { byId, merge });
  mergeBySandbox(byId, leases, merge);
  return new Set(byId.values());
}

function emptyDraft(id: string): Draft {
  const aliases = new Set([id]);
  return {
    id,
    rank: 9,
    aliases,
    events: [],
    calls: new Uint32List(),
    seen: undefined,
    sandboxes: new Set(),
    leaseRefs: [],
  };
}

/** Which artefact's id names the episode: the trainer's dump first, then leases, then sessions. */
function idRank(event: EpisodeEvent): number {
  if (event.traced === 'dropped') return 6;
  return event.run !== undefined || event.group !== undefined || event.step !== undefined ? 1 : 4;
}

function mergeDrafts(byId: Map<string, Draft>, a: Draft, b: Draft): Draft {
  const keep = a.rank < b.rank || (a.rank === b.rank && a.id <= b.id) ? a : b;
  const gone = keep === a ? b : a;
  for (const alias of gone.aliases) {
    keep.aliases.add(alias);
    byId.set(alias, keep);
  }
  keep.rank = Math.min(a.rank, b.rank);
  keep.events.push(...gone.events);
  if (gone.calls.length > 0) keep.seen = keep.calls.length > 0 ? undefined : gone.seen;
  keep.calls.append(gone.calls);
  for (const sandbox of gone.sandboxes) keep.sandboxes.add(sandbox);
  keep.leaseRefs.push(...gone.leaseRefs);
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
  const first = new Map<string, number>();
  const ids = idFactsOf(calls);
  const hashes = new Set(Array.from(others, hashOfId));
  for (let row = 0; row < calls.length; row++) {
    const id = hashes.has(ids.hash(row)) ? glance(calls, row)?.callId : undefined;
    if (id === undefined || !others.has(id)) continue;
    const before = first.get(id);
    if (before === undefined) first.set(id, row);
    const other = before === undefined ? undefined : calls.at(before);
    const event = glance(calls, row);
    if (event === undefined || other === undefined) continue;
    if (other.episodeId === event.episodeId || conflict(other, event)) continue;
    const a = byId.get(other.episodeId);
    const b = byId.get(event.episodeId);
    if (a !== undefined && b !== undefined && !sandboxConflict(a, b)) merge(a, b);
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

function finishEpisode(draft: Draft, records: Omit<EpisodeRecords, 'episodes'>): Episode {
  const { leases, shift } = records;
  const events = [...draft.events].sort(
    (a, b) => idRank(a.event) - idRank(b.event) || compareRef(a.event.ref, b.event.ref),
  );
  const pick = <K extends keyof EpisodeEvent>(key: K): EpisodeEvent[K] | undefined =>
    events.find((timed) => timed.event[key] !== undefined)?.event[key];
  const holds = [...draft.aliases]
    .flatMap((alias) => leases.ofEpisode(alias))
    .filter((lease) => draft.sandboxes.has(lease.sandboxId));
  const starts = events.flatMap((timed) => (timed.event.start === undefined ? [] : [shift(timed, timed.event.start)]));
  const ends = events.flatMap((timed) => (timed.event.end === undefined ? [] : [shift(timed, timed.event.end)]));
  const sandboxIds = [...draft.sandboxes].sort();
  const start = minOf([...holds.map((lease) => lease.start), ...starts]);
  const end = maxOf([...holds.map((lease) => lease.end), ...ends]);
  const onlySandbox = sandboxIds.length === 1 ? sandboxIds[0] : undefined;
  const belonging = { episodeId: draft.id, rows: draft.calls.toArray().slice(), onlySandbox, start, end };
  const calls = new EpisodeCalls(belonging, records, draft.seen);
  return {
    id: draft.id,
    aliases: [...draft.aliases].filter((alias) => alias !== draft.id).sort(),
    run: pick('run'),
    group: pick('group') ?? holds.find((lease) => lease.group !== undefined)?.group,
    step: pick('step'),
    reward: pick('reward'),
    task: pick('task'),
    prompts: events.reduce<readonly Prompt[]>((all, { event }) => joinPrompts(all, event.prompts) ?? all, []),
    start,
    end,
    sandboxIds,
    calls,
    dropped: events.length > 0 && events.every((timed) => timed.event.traced === 'dropped'),
    attempt: pick('attempt'),
    use: pick('use'),
    formats: [...new Set([...events.map(({ event }) => event.format), ...calls.formats])].sort(),
    refs: events
      .map((timed) => timed.event.ref)
      .concat(draft.leaseRefs)
      .sort(compareRef),
  };
}

function minOf(values: readonly Micros[]): Micros | undefined {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? undefined : (Math.min(...finite) as Micros);
}

function maxOf(values: readonly Micros[]): Micros | undefined {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? undefined : (Math.max(...finite) as Micros);
}
