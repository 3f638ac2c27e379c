import { joinPrompts } from '../core/prompts.ts';
import { push } from '../core/push.ts';
import type { EpisodeEvent, Prompt, ToolCallEvent } from '../model/event.ts';
import type { SourceRef } from '../model/source.ts';
import type { Micros } from '../model/time.ts';
import type { Timed } from '../model/timed.ts';
import { compareRef, type LeaseTable } from './leases.ts';
import { placeCalls } from './placing.ts';
import { nameTwins } from './twins.ts';

/** One tool call, merged from every artefact that records it; corrected times. */
export interface Call {
  /** Unique inside one run of the program. */
  readonly key: string;
  readonly episodeId: string;
  readonly index: number;
  readonly callId: string | undefined;
  readonly name: string;
  readonly command: string | undefined;
  readonly argumentsText: string | undefined;
  /** Earliest and latest moment at which the call's own processes can have started. */
  readonly start: Micros | undefined;
  readonly end: Micros | undefined;
  readonly earlyUs: number;
  readonly lateUs: number;
  /** `inferred`: the bounds are those of its neighbours in the record, see `placing.ts`. */
  readonly timing: 'recorded' | 'inferred';
  /** Why the stamps of the record were not taken for its time. */
  readonly rejected: string | undefined;
  readonly executed: boolean;
  readonly background: boolean;
  readonly truncated: boolean;
  readonly trust: 'outside' | 'agent-writable';
  readonly sandboxId: string | undefined;
  readonly host: string | undefined;
  readonly ref: SourceRef;
}

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
  readonly calls: readonly Call[];
  readonly dropped: boolean;
  readonly attempt: string | undefined;
  readonly use: EpisodeEvent['use'];
  /** Formats whose records describe it, sorted. */
  readonly formats: readonly string[];
  readonly refs: readonly SourceRef[];
}

interface Draft {
  id: string;
  rank: number;
  aliases: Set<string>;
  events: Timed<EpisodeEvent>[];
  calls: Timed<ToolCallEvent>[];
  sandboxes: Set<string>;
  leaseRefs: SourceRef[];
}

/** Episodes and their calls. Several artefacts of one episode become one. */
export class EpisodeTable {
  readonly episodes: ReadonlyMap<string, Episode>;
  readonly calls: readonly Call[];
  readonly #bySandbox = new Map<string, Episode[]>();

  constructor(
    episodeEvents: readonly Timed<EpisodeEvent>[],
    callEvents: readonly Timed<ToolCallEvent>[],
    leases: LeaseTable,
    shift: (timed: Timed<EpisodeEvent | ToolCallEvent>, at: Micros) => Micros,
    isBackground: (command: string) => boolean,
  ) {
    const drafts = draftEpisodes(episodeEvents, nameTwins(callEvents, shift), leases);
    const episodes = new Map<string, Episode>();
    const calls: Call[] = [];
    for (const draft of [...drafts].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const episode = finishEpisode(draft, leases, shift, isBackground);
      episodes.set(episode.id, episode);
      for (const call of episode.calls) calls.push(call);
      for (const sandbox of episode.sandboxIds) push(this.#bySandbox, sandbox, episode);
    }
    this.episodes = episodes;
    this.calls = calls;
  }

  ofSandbox(sandboxId: string): readonly Episode[] {
    return this.#bySandbox.get(sandboxId) ?? [];
  }

  callsOfSandbox(sandboxId: string): readonly Call[] {
    return this.ofSandbox(sandboxId).flatMap((episode) =>
      episode.calls.filter((call) => (call.sandboxId ?? sandboxId) === sandboxId),
    );
  }
}

/** Groups records of one episode: same id, a stated alias, the same unique call id, or the only sandbox in common. */
function draftEpisodes(
  episodeEvents: readonly Timed<EpisodeEvent>[],
  callEvents: readonly Timed<ToolCallEvent>[],
  leases: LeaseTable,
): Set<Draft> {
  const byId = new Map<string, Draft>();
  const get = (id: string): Draft => {
    let draft = byId.get(id);
    if (draft === undefined) {
      draft = { id, rank: 9, aliases: new Set([id]), events: [], calls: [], sandboxes: new Set(), leaseRefs: [] };
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
  for (const timed of callEvents) {
    const draft = get(timed.event.episodeId);
    draft.calls.push(timed);
    draft.rank = Math.min(draft.rank, 5);
    if (timed.event.sandboxId !== undefined) draft.sandboxes.add(timed.event.sandboxId);
  }
  for (const lease of leases.all) {
    if (lease.episodeId === undefined) continue;
    const draft = get(lease.episodeId);
    draft.rank = Math.min(draft.rank, 3);
    draft.sandboxes.add(lease.sandboxId);
    draft.leaseRefs.push(lease.ref);
  }
  mergeByCallId(callEvents, byId, merge);
  mergeBySandbox(byId, leases, merge);
  return new Set(byId.values());
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
  keep.calls.push(...gone.calls);
  for (const sandbox of gone.sandboxes) keep.sandboxes.add(sandbox);
  keep.leaseRefs.push(...gone.leaseRefs);
  return keep;
}

/** Ids with an embedded clock or enough randomness are one call wherever they stand. */
const UNIQUE_CALL_ID = /\d{13}|[0-9a-f]{8,}|[A-Za-z0-9]{16,}/;

function mergeByCallId(
  callEvents: readonly Timed<ToolCallEvent>[],
  byId: Map<string, Draft>,
  merge: (a: Draft, b: Draft) => Draft,
): void {
  const first = new Map<string, Timed<ToolCallEvent>>();
  for (const timed of callEvents) {
    const { callId } = timed.event;
    if (callId === undefined || !UNIQUE_CALL_ID.test(callId)) continue;
    const other = first.get(callId);
    if (other === undefined) {
      first.set(callId, timed);
      continue;
    }
    if (other.event.episodeId === timed.event.episodeId || conflict(other.event, timed.event)) continue;
    const a = byId.get(other.event.episodeId);
    const b = byId.get(timed.event.episodeId);
    if (a !== undefined && b !== undefined && !sandboxConflict(a, b)) merge(a, b);
  }
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

function finishEpisode(
  draft: Draft,
  leases: LeaseTable,
  shift: (timed: Timed<EpisodeEvent | ToolCallEvent>, at: Micros) => Micros,
  isBackground: (command: string) => boolean,
): Episode {
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
  const merged = mergeCalls(draft, sandboxIds.length === 1 ? sandboxIds[0] : undefined, leases, shift, isBackground);
  const calls = [...placeCalls(merged, { start, end })].sort(byStart);
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
    formats: [...new Set([...events, ...draft.calls].map((timed) => timed.event.format))].sort(),
    refs: [...events.map((timed) => timed.event.ref), ...draft.leaseRefs].sort(compareRef),
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

type CallContext = (timed: Timed<ToolCallEvent>) => { sandboxId: string | undefined; host: string | undefined };

function mergeCalls(
  draft: Draft,
  onlySandbox: string | undefined,
  leases: LeaseTable,
  shift: (timed: Timed<EpisodeEvent | ToolCallEvent>, at: Micros) => Micros,
  isBackground: (command: string) => boolean,
): readonly Call[] {
  const groups = new Map<string, Timed<ToolCallEvent>[]>();
  for (const timed of draft.calls) {
    const { event } = timed;
    const key =
      event.callId !== undefined && UNIQUE_CALL_ID.test(event.callId)
        ? `id|${event.callId}`
        : `${event.ref.source}|${event.episodeId}|${event.index}|${event.callId ?? ''}`;
    push(groups, key, timed);
  }
  const context: CallContext = ({ event, host }) => {
    const sandboxId =
      event.sandboxId ??
      (event.containerId === undefined ? undefined : leases.sandboxOfContainer(event.containerId)) ??
      onlySandbox;
    return {
      sandboxId,
      host: event.host ?? (sandboxId === undefined ? host : (leases.hostOfSandbox(sandboxId) ?? host)),
    };
  };
  return [...groups.values()].map((group) => toCall(draft.id, group, context, shift, isBackground));
}

function byStart(a: Call, b: Call): number {
  return (a.start ?? 0) - (b.start ?? 0) || a.index - b.index || (a.key < b.key ? -1 : 1);
}

/** Recorded bounds beat derived ones; records from outside the sandbox beat those the agent can write. */
function quality(event: ToolCallEvent): number {
  const start = event.startBasis === 'recorded' ? 0 : event.startBasis === 'none' ? 4 : 2;
  return start + (event.endBasis === 'none' ? 1 : 0) + (event.trust === 'outside' ? 0 : 0.5);
}

function toCall(
  episodeId: string,
  group: readonly Timed<ToolCallEvent>[],
  context: CallContext,
  shift: (timed: Timed<EpisodeEvent | ToolCallEvent>, at: Micros) => Micros,
  isBackground: (command: string) => boolean,
): Call {
  const sorted =
    group.length === 1
      ? group
      : [...group].sort((a, b) => quality(a.event) - quality(b.event) || compareRef(a.event.ref, b.event.ref));
  const best = sorted[0] as Timed<ToolCallEvent>;
  const pick = <K extends keyof ToolCallEvent>(key: K): ToolCallEvent[K] | undefined =>
    sorted.find((timed) => timed.event[key] !== undefined)?.event[key];
  const started = sorted.find((timed) => timed.event.start !== undefined);
  const ended = sorted.find((timed) => timed.event.end !== undefined);
  const commands = sorted.map((timed) => timed.event.command).filter((text) => text !== undefined);
  const command = commands.sort((a, b) => b.length - a.length)[0];
  const place = sorted.map(context);
  return {
    key: `${episodeId}|${best.event.callId ?? ''}|${best.event.ref.source}|${best.event.index}`,
    episodeId,
    index: best.event.index,
    callId: pick('callId'),
    name: best.event.name,
    command,
    argumentsText: pick('argumentsText'),
    start: started?.event.start === undefined ? undefined : shift(started, started.event.start),
    end: ended?.event.end === undefined ? undefined : shift(ended, ended.event.end),
    earlyUs: best.event.slack.earlyUs + best.errorUs,
    lateUs: best.event.slack.lateUs + best.errorUs,
    timing: started?.event.startBasis === 'inferred' ? 'inferred' : 'recorded',
    rejected: undefined,
    executed: !sorted.some((timed) => timed.event.executed === 'no'),
    background:
      sorted.some((timed) => timed.event.background !== undefined) || (command !== undefined && isBackground(command)),
    truncated: sorted.every((timed) => timed.event.truncated === true),
    trust: sorted.some((timed) => timed.event.trust === 'outside') ? 'outside' : 'agent-writable',
    sandboxId: place.find((p) => p.sandboxId !== undefined)?.sandboxId,
    host: place.find((p) => p.host !== undefined)?.host,
    ref: best.event.ref,
  };
}
