import type { EndBasis, EpisodeEvent, StartBasis, ToolCallEvent } from '../../model/event.ts';
import type { Decoded, Decoder } from '../../model/format.ts';
import type { Mutable } from '../../model/mutable.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import type { EventTime, Micros } from '../../model/time.ts';
import { compactOver } from '../json/json.ts';
import type { Instant } from '../time/instant.ts';
import { eventTime, timeFromObserved } from '../time/time.ts';
import { commandOf, type ToolArguments } from './arguments.ts';
import { mayRunOn } from './background.ts';

export interface Slack {
  readonly earlyUs: number;
  readonly lateUs: number;
}

/** Spans and plain tables: measured within 0.09 s early and 0.05 s late. */
export const SPAN_SLACK: Slack = { earlyUs: 100_000, lateUs: 500_000 };
/** Session files: measured up to 1.1 s early and 2.1 s late. */
export const SESSION_SLACK: Slack = { earlyUs: 1_500_000, lateUs: 2_500_000 };

export const BACKGROUND_UNKNOWN = {} as const;

type Maybe<T> = { [K in keyof T]?: T[K] | undefined };

type Derived =
  | 'kind'
  | 'time'
  | 'start'
  | 'end'
  | 'startBasis'
  | 'endBasis'
  | 'command'
  | 'argumentsText'
  | 'truncated';
type Given = 'format' | 'ref' | 'clock' | 'episodeId' | 'index' | 'name' | 'slack' | 'executed' | 'trust';

/** What a format knows about one call; the bounds as stamps, so that the event keeps the raw text and zone. */
export type ToolCallFacts = Pick<ToolCallEvent, Given> &
  Maybe<Omit<ToolCallEvent, Given | Derived>> & {
    readonly start?: Instant | undefined;
    readonly end?: Instant | undefined;
    readonly startBasis?: StartBasis | undefined;
    readonly endBasis?: EndBasis | undefined;
    readonly arguments?: ToolArguments | undefined;
    /** Overrides the command found in the arguments. */
    readonly command?: string | undefined;
    readonly observed?: Micros | undefined;
    /** Where no end is recorded: the first later moment at which the call is known to be over. */
    readonly overBy?: Instant | undefined;
  };

/** Builds the event of one call: command, background mark, window with slack, and only the fields that are known. */
export function toolCallEvent(facts: ToolCallFacts): ToolCallEvent {
  const { start, end, arguments: args, observed, overBy } = facts;
  const command = facts.command ?? (args === undefined ? undefined : commandOf(facts.name, args.value));
  const detached = mayRunOn(args?.value, command) ? BACKGROUND_UNKNOWN : undefined;
  const event: Mutable<ToolCallEvent> = {
    kind: 'tool-call',
    time: windowTime(start, end ?? overBy, facts.slack, observed),
    ref: facts.ref,
    format: facts.format,
    clock: facts.clock,
    episodeId: facts.episodeId,
    index: facts.index,
    name: facts.name,
    startBasis: start === undefined ? 'none' : (facts.startBasis ?? 'recorded'),
    endBasis: end === undefined ? 'none' : (facts.endBasis ?? 'recorded'),
    slack: facts.slack,
    executed: facts.executed,
    trust: facts.trust,
  };
  const background = facts.executed === 'no' ? undefined : (facts.background ?? detached);
  if (command !== undefined) event.command = command;
  if (args?.text !== undefined) event.argumentsText = args.text;
  if (args?.truncated !== undefined) event.truncated = args.truncated;
  if (start !== undefined) event.start = start.stamp.at;
  if (end !== undefined) event.end = end.stamp.at;
  if (background !== undefined) event.background = background;
  addKnown(event, facts);
  return event;
}

/** One by one: a call of a million has no time for loops over names, or for what follows a spread. */
function addKnown(event: Mutable<ToolCallEvent>, facts: ToolCallFacts): void {
  if (facts.host !== undefined) event.host = facts.host;
  if (facts.callId !== undefined) event.callId = facts.callId;
  if (facts.status !== undefined) event.status = facts.status;
  if (facts.exit !== undefined) event.exit = facts.exit;
  if (facts.output !== undefined) event.output = facts.output;
  if (facts.cwd !== undefined) event.cwd = facts.cwd;
  if (facts.agentPath !== undefined) event.agentPath = facts.agentPath;
  if (facts.sandboxId !== undefined) event.sandboxId = facts.sandboxId;
  if (facts.containerId !== undefined) event.containerId = facts.containerId;
  if (facts.pid !== undefined) event.pid = facts.pid;
  if (facts.step !== undefined) event.step = facts.step;
  if (facts.execs !== undefined) event.execs = facts.execs;
}

/** Time of something that lasts: stamped with its start (or, without one, its end), open by the slack on both sides. */
export function windowTime(
  start: Instant | undefined,
  end: Instant | undefined,
  slack: Slack,
  observed?: Micros,
): EventTime {
  const first = start ?? end;
  if (first === undefined) return timeFromObserved(observed);
  const last = end ?? first;
  return eventTime(first.stamp, {
    raw: first.raw,
    basis: start === undefined ? 'completion' : 'request-start',
    lo: (first.stamp.at - slack.earlyUs) as Micros,
    hi: (Math.max(last.stamp.at, first.stamp.at) + slack.lateUs) as Micros,
    observed,
  });
}

type EpisodeGiven = 'format' | 'clock' | 'episodeId';

export type EpisodeFacts = Pick<EpisodeEvent, EpisodeGiven> &
  Maybe<Omit<EpisodeEvent, EpisodeGiven | 'kind' | 'time' | 'start' | 'end' | 'ref'>> & {
    readonly ref: SourceRef;
    readonly start?: Instant | undefined;
    readonly end?: Instant | undefined;
    readonly observed?: Micros | undefined;
  };

export function episodeEvent(facts: EpisodeFacts): EpisodeEvent {
  const { start, end, observed } = facts;
  return compactOver(facts, {
    observed: undefined,
    kind: 'episode' as const,
    time: windowTime(start, end, { earlyUs: 0, lateUs: 0 }, observed),
    start: start?.stamp.at,
    end: end?.stamp.at,
  });
}

/** A call or lease dates what its row says about an episode, but its bounds are not the episode's own. */
export function withoutBounds({ start: _start, end: _end, ...event }: EpisodeEvent): EpisodeEvent {
  return event;
}

/** How many calls of an episode were counted. */
export interface Counted {
  readonly episodeId: string;
  count: number;
  /** When it was counted last. */
  turn: number;
}

/** Next index per episode; forgets the episode idle for longest beyond the limit. */
export class CallCounter {
  #next = new Map<string, Counted>();
  readonly #limit: number;
  #turn = 0;
  /** Whether the map is in the order of turns. Only a full one has to be: moving an entry to the end costs more than counting. */
  #isOrdered = false;

  constructor(limit = 100_000) {
    this.#limit = limit;
  }

  next(episodeId: string): number {
    return this.nextOf(this.entryOf(episodeId));
  }

  /** For `nextOf`: it may be kept. */
  entryOf(episodeId: string): Counted {
    return this.#next.get(episodeId) ?? { episodeId, count: 0, turn: 0 };
  }

  /** `next` without looking for its episode, as long as none was forgotten. */
  nextOf(kept: Counted): number {
    if (kept.turn > 0 && !this.#isOrdered) {
      kept.turn = ++this.#turn;
      return kept.count++;
    }
    const { episodeId } = kept;
    const known = this.#next.get(episodeId);
    const entry = known ?? (kept.turn === 0 ? kept : { episodeId, count: 0, turn: 0 });
    entry.turn = ++this.#turn;
    if (known === undefined || this.#isOrdered) {
      this.#next.delete(episodeId);
      this.#next.set(episodeId, entry);
      if (this.#next.size > this.#limit && !this.#isOrdered) this.#order();
      forgetOldest(this.#next, this.#limit);
    }
    return entry.count++;
  }

  #order(): void {
    this.#next = new Map([...this.#next].sort(([, a], [, b]) => a.turn - b.turn));
    this.#isOrdered = true;
  }
}

/** Where each map's oldest entry is: a new iterator would pass by all that was deleted before it, time and again. */
const OLDEST = new WeakMap<object, Iterator<string>>();

/** Keeps a map at its limit by dropping the entry put in first. */
export function forgetOldest<V>(map: Map<string, V>, limit: number): void {
  if (map.size <= limit) return;
  const keys = OLDEST.get(map) ?? map.keys();
  OLDEST.set(map, keys);
  const oldest = keys.next();
  if (oldest.done !== true) map.delete(oldest.value);
}

/** A decoder that is told how many tool calls it has read before: their order. */
export function countingCalls(decode: (record: RawRecord, index: number) => Decoded): Decoder {
  let index = 0;
  return {
    decode: (record) => {
      const result = decode(record, index);
      if (result.status === 'decoded') index += result.events.filter(({ kind }) => kind === 'tool-call').length;
      return result;
    },
  };
}
