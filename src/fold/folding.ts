import type { NetworkEvent } from '../model/event.ts';
import type { Overflow } from '../model/overflow.ts';
import type { Micros } from '../model/time.ts';
import type { Finding, Repeats, ViolatingEvent } from '../model/violation.ts';
import { Cells } from './cells.ts';
import type { StretchAt } from './divisions.ts';
import { Kinds } from './kinds.ts';
import { type Part, partsOf } from './parts.ts';
import { type Counted, Records } from './records.ts';

/** Many records of one kind within one stretch of time: the event says what is true of all of them, its time spans them. */
export interface Folded {
  readonly event: ViolatingEvent;
  readonly finding: Finding;
  readonly repeats: Repeats;
}

/** Tells, of a record, in which stretch of time a moment lies; undefined where nothing tells. */
export type Stretches = (event: ViolatingEvent) => StretchAt | undefined;

/** Up to such a share of the room whatever comes first is weighed one by one, and after that the first of each kind, up to another. */
interface Shares {
  readonly free: number;
  readonly firsts: number;
}
/** The rest of the room is for what is counted. */
const SHARES: Shares = { free: 0.55, firsts: 0.6 };
/** Logs of the network are read first, and loud ones must leave room for what hosts say: their verdicts name the process. */
const SHARES_OF_TRAFFIC: Shares = { free: 0.47, firsts: 0.52 };
const FIRST_OF_A_KIND = 16;

/**
 * Keeps the number of violations that are weighed one by one within `most`. What is beyond it is noted in a few bytes (`records.ts`) and
 * counted in the end, by kind (`alike.ts`) and stretch of time (`cells.ts`). Every record stays accounted for by its line.
 */
export class Folding {
  readonly #most: number;
  readonly #kinds = new Kinds();
  #records: Records;
  /** Of each kind, how many were weighed although there was no free room any more. */
  readonly #firsts = new Map<number, number>();
  #kept = 0;
  #counted = 0;
  #wanted = 0;

  /** `overflow` takes what memory does not hold of the records that are counted. */
  constructor(most: number, overflow?: Overflow) {
    this.#most = most;
    this.#records = new Records(overflow);
  }

  /** Records that were counted rather than weighed. */
  get counted(): number {
    return this.#counted;
  }

  /** How many violations there had to be room for, so that those of different calls would not be counted together; 0 where they were not. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Whether the record is to be weighed by itself. Else it has been counted. */
  admits(event: ViolatingEvent, finding: Finding): boolean {
    const shares = event.kind === 'process' ? SHARES : SHARES_OF_TRAFFIC;
    const kind = this.#kept < this.#most * shares.free ? undefined : this.#kinds.of(event, finding);
    if (kind !== undefined && this.#isSettled(kind, shares)) {
      const { time, ref } = event;
      this.count(kind, { at: time.at, lo: time.lo, hi: time.hi, line: ref.line, offset: ref.offset, bytes: ref.bytes });
      return false;
    }
    if (kind !== undefined) this.#firsts.set(kind, (this.#firsts.get(kind) ?? 0) + 1);
    this.#kept++;
    return true;
  }

  /** The number of the record's kind where all more of it are counted, whatever comes. */
  settledKind(event: NetworkEvent, finding: Finding): number | undefined {
    if (this.#kept < this.#most * SHARES_OF_TRAFFIC.free) return undefined;
    const kind = this.#kinds.of(event, finding);
    return this.#isSettled(kind, SHARES_OF_TRAFFIC) ? kind : undefined;
  }

  /** One more record of a settled kind. */
  count(kind: number, record: Counted): void {
    this.#counted++;
    this.#records.add(kind, record);
    while (this.#kinds.count > this.#most && this.#mergeKinds());
  }

  /** A record of a kind. */
  example(kind: number): { readonly event: ViolatingEvent; readonly finding: Finding } {
    return this.#kinds.example(this.#kinds.now(kind));
  }

  /** What was counted, in the order in which its first records were read. It is handed out once. */
  folded(stretches: Stretches = () => undefined): readonly Folded[] {
    const [records, kinds] = [this.#records, this.#kinds];
    this.#records = new Records();
    const cells = new Cells({
      kinds,
      room: Math.max(1, this.#most - this.#kept),
      stretchesOf: (kind) => stretches(kinds.example(kind).event),
    });
    records.each((record) => cells.take(record));
    const parts = partsOf(records, cells);
    this.#wanted = Math.ceil(cells.apart / (1 - SHARES.firsts));
    return parts.map((part) => this.#foldedOf(part));
  }

  #isSettled(kind: number, { firsts }: Shares): boolean {
    return (this.#firsts.get(kind) ?? 0) >= FIRST_OF_A_KIND || this.#kept >= this.#most * firsts;
  }

  #mergeKinds(): boolean {
    if (!this.#kinds.coarsen()) return false;
    const firsts = [...this.#firsts];
    this.#firsts.clear();
    for (const [kind, count] of firsts) {
      const now = this.#kinds.now(kind);
      this.#firsts.set(now, (this.#firsts.get(now) ?? 0) + count);
    }
    return true;
  }

  #foldedOf({ kind, at, lo, hi, place, lines }: Part): Folded {
    const { finding, event } = this.#kinds.example(kind);
    const time = {
      ...event.time,
      at: at as Micros,
      lo: lo as Micros,
      hi: hi as Micros,
      raw: '',
      basis: 'window' as const,
    };
    const ref = { source: event.ref.source, ...place };
    return { event: { ...this.#kinds.common(kind), time, ref }, finding, repeats: { path: ref.source, lines } };
  }
}
