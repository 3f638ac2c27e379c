import { glance, glances } from '../../core/calls/columns.ts';
import { greatest, least } from '../../core/extremes.ts';
import { isUniqueId } from '../../core/tools/unique-id.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import type { Call } from './call.ts';
import { type Belonging, callOf, callsOf, keyOf, type Merging, placing } from './calls.ts';
import { mayBeConverted } from './placing.ts';
import { type SeenCalls, seeCall } from './seen-calls.ts';
import { type Timetable, timetableOf } from './timetable.ts';

/** Where and when a call ran, without what it says. */
export type CallTimes = Pick<
  Call,
  'start' | 'end' | 'earlyUs' | 'lateUs' | 'timing' | 'executed' | 'sandboxId' | 'host'
>;

/** Calls of one episode. Few episodes are ever asked for theirs: only those are put together, and only those stay. */
export class EpisodeCalls {
  readonly count: number;
  /** Formats whose records describe the calls. */
  readonly formats: readonly string[];
  /** Each record is a call of its own, and they come from one source in the order of their indexes, which all differ. */
  readonly isSimple: boolean;
  readonly #belonging: Belonging;
  readonly #merging: Merging;
  #extent: Extent | undefined;
  #all: readonly Call[] | undefined;
  #timetable: Timetable | undefined;

  /** `seen`: what looks at all of its records told before, if anybody had one. */
  constructor(belonging: Belonging, merging: Merging, seen?: SeenCalls) {
    this.#belonging = belonging;
    this.#merging = merging;
    const { count, formats, isSimple } = summaryOf(this, seen ?? seenOf(this.records()));
    this.count = count;
    this.formats = formats;
    this.isSimple = isSimple;
  }

  /** Before and after this no call can have started a process; where they ran. */
  get extent(): Extent {
    this.#extent ??= extentOf(this.times());
    return this.#extent;
  }

  /** In the order of time; the same objects each time. */
  get all(): readonly Call[] {
    this.#all ??= callsOf(this.#belonging, this.#merging);
    return this.#all;
  }

  /** The same calls for one look at each of a million: they are not kept. */
  passing(): readonly Call[] {
    return this.#all ?? callsOf(this.#belonging, this.#merging);
  }

  /** The times of the same calls in the same order, for one look at each. */
  times(): readonly CallTimes[] {
    return this.#simple() ?? this.passing();
  }

  /** When each of the same calls ran, in the same order; the same object each time. */
  get timetable(): Timetable {
    if (this.#timetable === undefined) {
      const simple = this.#simple();
      this.#timetable = timetableOf(simple ?? this.passing(), simple && sameRows(simple, this.#belonging.rows));
    }
    return this.#timetable;
  }

  /** One of the same calls, by its place: made anew each time where it can be made without the others. */
  at(place: number): Call | undefined {
    const { rows } = this.timetable;
    const row = rows?.[place];
    if (rows === undefined) return this.all[place];
    return row === undefined ? undefined : callOf(row, this.#belonging, this.#merging);
  }

  /** The call that a record belongs to, by the record's place among `records()`. Only where `isSimple`. */
  ofRecord(place: number): Call | undefined {
    const row = this.#belonging.rows[place];
    if (row === undefined) return undefined;
    if (this.timetable.rows !== undefined) return callOf(row, this.#belonging, this.#merging);
    const index = glance(this.#merging.calls, row)?.index;
    return this.all.find((call) => call.index === index);
  }

  #simple(): SimpleTimes[] | undefined {
    return this.isSimple ? simpleTimes(this.#belonging, this.#merging) : undefined;
  }

  /** The records of the calls, for one look at each. */
  records(): Iterable<ToolCallEvent> {
    return glances(this.#merging.calls, this.#belonging.rows);
  }
}

/** Rows in the order of time: mostly the very list that is there already. */
function sameRows(simple: readonly SimpleTimes[], rows: ArrayLike<number>): ArrayLike<number> {
  const isSame = simple.length === rows.length && simple.every(({ row }, i) => row === rows[i]);
  return isSame ? rows : simple.map(({ row }) => row);
}

interface Extent {
  readonly from: number;
  readonly to: number;
  /** The empty text stands for none. */
  readonly hosts: readonly string[];
  readonly sandboxes: readonly (string | undefined)[];
}

function extentOf(calls: readonly CallTimes[]): Extent {
  return {
    from: least(calls, ({ start, earlyUs }) => (start ?? -Infinity) - earlyUs),
    to: greatest(calls, ({ end, lateUs }) => (end ?? Infinity) + lateUs),
    hosts: distinct(calls, ({ host }) => host ?? ''),
    sandboxes: distinct(calls, ({ sandboxId }) => sandboxId),
  };
}

function distinct<T, V>(list: readonly T[], of: (entry: T) => V): readonly V[] {
  const out: V[] = [];
  for (const entry of list) {
    const value = of(entry);
    if (!out.includes(value)) out.push(value);
  }
  // A list that was pushed to has room for 17.
  return out.slice();
}

function summaryOf(
  calls: EpisodeCalls,
  seen: SeenCalls | undefined,
): Pick<EpisodeCalls, 'count' | 'formats' | 'isSimple'> {
  if (seen === undefined) return { count: 0, formats: [], isSimple: true };
  const isSimple = seen.isOrdered && (seen.uniqueIds < 2 || !hasTwins(calls));
  const count = isSimple ? seen.count : new Set(Array.from(calls.records(), keyOf)).size;
  return { count, formats: seen.formats.slice(), isSimple };
}

/** Whether two records have the same unique id. */
function hasTwins(calls: EpisodeCalls): boolean {
  const ids = new Set<string>();
  for (const { callId } of calls.records()) {
    if (callId === undefined || !isUniqueId(callId)) continue;
    if (ids.has(callId)) return true;
    ids.add(callId);
  }
  return false;
}

function seenOf(records: Iterable<ToolCallEvent>): SeenCalls | undefined {
  let seen: SeenCalls | undefined;
  for (const record of records) seen = seeCall(seen, record, isUniqueId(record.callId ?? ''));
  return seen;
}

/** Of a call that is one record. */
interface SimpleTimes extends CallTimes {
  readonly start: Micros;
  readonly row: number;
}

/** Undefined where times have to be found or doubted first, see `placing.ts`. */
function simpleTimes({ rows, onlySandbox }: Belonging, merging: Merging): SimpleTimes[] | undefined {
  const { calls, correct, shift, leases } = merging;
  const placeOf = placing(onlySandbox, leases);
  const out: SimpleTimes[] = [];
  for (const row of rows) {
    const record = glance(calls, row);
    if (record === undefined) continue;
    const { start, end, slack, startBasis } = record;
    if (start === undefined) return undefined;
    const timed = correct(record);
    const { sandboxId, host } = placeOf(timed);
    out.push({
      start: shift(timed, start),
      end: end === undefined ? undefined : shift(timed, end),
      earlyUs: slack.earlyUs + timed.errorUs,
      lateUs: slack.lateUs + timed.errorUs,
      timing: startBasis === 'inferred' ? 'inferred' : 'recorded',
      executed: record.executed !== 'no',
      sandboxId,
      host,
      row,
    });
  }
  const spreadUs = greatest(out, ({ start }) => start) - least(out, ({ start }) => start);
  // Those that start at once stay in the order of their indexes.
  return mayBeConverted(out.length, spreadUs) ? undefined : out.sort((a, b) => a.start - b.start);
}
