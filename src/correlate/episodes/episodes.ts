import { push } from '../../core/push.ts';
import { joinPrompts } from '../../core/tools/prompts.ts';
import type { EpisodeEvent, Prompt, ToolCallEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import { compareRef, type Lease } from '../leases/lease.ts';
import { type Spans, spansOf } from '../spans.ts';
import type { Merging } from './calls.ts';
import { disputeOf } from './disputed.ts';
import type { Draft } from './draft-calls.ts';
import { type CallTimes, EpisodeCalls } from './episode-calls.ts';
import { draftEpisodes, idRank } from './episode-drafts.ts';
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
  /** Files of a trainer that do not agree about it. */
  readonly disputed: readonly string[] | undefined;
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
    const alike = { sandboxIds: likeTheLast(), formats: likeTheLast() };
    let callCount = 0;
    // From the end, so that each draft can go before the next episode comes.
    for (let draft = drafts.pop(); draft !== undefined; draft = drafts.pop()) {
      const episode = finishEpisode(draft, merging, alike);
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

/** Most episodes have the same as the one before them: they share it. */
interface Alike {
  readonly sandboxIds: (list: readonly string[]) => readonly string[];
  readonly formats: (list: readonly string[]) => readonly string[];
}

function likeTheLast(): Alike['formats'] {
  let last: readonly string[] = NONE;
  return (list) => {
    const isSame = list.length === last.length && list.every((text, i) => text === last[i]);
    if (!isSame) last = list;
    return last;
  };
}

const NONE: readonly never[] = [];

function finishEpisode(draft: Draft, records: Omit<EpisodeRecords, 'episodes'>, alike: Alike): Episode {
  const events = [...draft.events].sort(
    (a, b) => idRank(a.event) - idRank(b.event) || compareRef(a.event.ref, b.event.ref),
  );
  const pick = <K extends keyof EpisodeEvent>(key: K): EpisodeEvent[K] | undefined =>
    events.find((timed) => timed.event[key] !== undefined)?.event[key];
  const holds = leasesOf(draft).filter((lease) => draft.sandboxes.has(lease.sandboxId));
  const { start, end } = spanOf(events, holds, records.shift);
  const sandboxIds = alike.sandboxIds([...draft.sandboxes].sort());
  const onlySandbox = sandboxIds.length === 1 ? sandboxIds[0] : undefined;
  const rows = draft.calls.copy();
  const told = (): ToolCallEvent[] =>
    Array.from(rows, (row) => records.calls.at(row)).filter((call) => call !== undefined);
  const dispute = disputeOf(
    events.map(({ event }) => event),
    told,
  );
  const belonging = { episodeId: draft.id, rows, onlySandbox, start, end };
  const calls = new EpisodeCalls(belonging, records, draft.seen);
  return {
    id: draft.id,
    aliases: draft.aliases.length === 1 ? NONE : draft.aliases.filter((alias) => alias !== draft.id).sort(),
    run: dispute?.facts.has('run') ? undefined : pick('run'),
    group: pick('group') ?? holds.find((lease) => lease.group !== undefined)?.group,
    step: dispute?.facts.has('step') ? undefined : pick('step'),
    reward: pick('reward'),
    task: pick('task'),
    prompts: events.reduce<readonly Prompt[]>((all, { event }) => joinPrompts(all, event.prompts) ?? all, NONE),
    start,
    end,
    sandboxIds,
    calls,
    dropped: events.length > 0 && events.every((timed) => timed.event.traced === 'dropped'),
    disputed: dispute?.sources,
    attempt: pick('attempt'),
    use: pick('use'),
    formats: alike.formats([...new Set([...events.map(({ event }) => event.format), ...calls.formats])].sort()),
    refs: events
      .map((timed) => timed.event.ref)
      .concat((draft.leases ?? NONE).map(({ ref }) => ref))
      .sort(compareRef),
  };
}

/** From the earliest beginning to the latest end that its records and leases state. */
function spanOf(
  events: Draft['events'],
  leases: readonly Lease[],
  shift: EpisodeRecords['shift'],
): Pick<Episode, 'start' | 'end'> {
  const stated = (key: 'start' | 'end'): readonly Micros[] =>
    events.flatMap((timed) => {
      const at = timed.event[key];
      return at === undefined ? [] : [shift(timed, at)];
    });
  return {
    start: minOf([...leases.map(({ start }) => start), ...stated('start')]),
    end: maxOf([...leases.map(({ end }) => end), ...stated('end')]),
  };
}

/** Leases that name it, those of each of its ids in the order of time. */
function leasesOf({ aliases, leases = [] }: Draft): readonly Lease[] {
  if (aliases.length === 1) return leases;
  const byId = new Map<string | undefined, Lease[]>();
  for (const lease of leases) push(byId, lease.episodeId, lease);
  return aliases.flatMap((alias) => byId.get(alias) ?? []);
}

function minOf(values: readonly Micros[]): Micros | undefined {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? undefined : (Math.min(...finite) as Micros);
}

function maxOf(values: readonly Micros[]): Micros | undefined {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? undefined : (Math.max(...finite) as Micros);
}
