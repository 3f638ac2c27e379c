import type { Micros } from '../model/time.ts';
import type { Finding, Repeats, ViolatingEvent } from '../model/violation.ts';
import { cellsOf, type StretchAt } from './cells.ts';
import { Kinds } from './kinds.ts';
import { type Counted, Windows } from './windows.ts';

/** Many records of one kind within one stretch of time: the event says what is true of all of them, its time spans them. */
export interface Folded {
  readonly event: ViolatingEvent;
  readonly finding: Finding;
  readonly repeats: Repeats;
}

/** Tells, of a record, in which stretch of time a moment lies; undefined where nothing tells. */
export type Stretches = (event: ViolatingEvent) => StretchAt | undefined;

/** Share of the room that goes to whatever comes first. */
const FREE_SHARE = 0.55;
/** After that this many of each kind are still weighed one by one, up to this share. The rest of the room is for what is counted. */
const FIRST_OF_A_KIND = 16;
const FIRSTS_SHARE = 0.6;
/** Windows are small. */
const WINDOWS_PER_VIOLATION = 20;

/**
 * Keeps the number of violations that are weighed one by one within `most`. What is beyond it is counted by kind (`alike.ts`) and
 * window of time, and in the end by stretch of time (`cells.ts`). Every record stays accounted for by its line.
 */
export class Folding {
  readonly #most: number;
  readonly #kinds = new Kinds();
  #windows = new Windows();
  /** Of each kind, how many were weighed although there was no free room any more. */
  readonly #firsts = new Map<number, number>();
  #kept = 0;
  #counted = 0;
  #wanted = 0;

  constructor(most: number) {
    this.#most = most;
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
    const kind = this.#kept < this.#most * FREE_SHARE ? undefined : this.#kinds.of(event, finding);
    if (kind !== undefined && this.#isSettled(kind)) {
      const { time, ref } = event;
      this.count(kind, { at: time.at, lo: time.lo, hi: time.hi, line: ref.line, offset: ref.offset, bytes: ref.bytes });
      return false;
    }
    if (kind !== undefined) this.#firsts.set(kind, (this.#firsts.get(kind) ?? 0) + 1);
    this.#kept++;
    return true;
  }

  /** The number of the record's kind where all more of it are counted, whatever comes. */
  settledKind(event: ViolatingEvent, finding: Finding): number | undefined {
    if (this.#kept < this.#most * FREE_SHARE) return undefined;
    const kind = this.#kinds.of(event, finding);
    return this.#isSettled(kind) ? kind : undefined;
  }

  /** One more record of a settled kind. */
  count(kind: number, record: Counted): void {
    this.#counted++;
    this.#windows.add(this.#kinds.now(kind), record);
    while (this.#windows.count > this.#most * WINDOWS_PER_VIOLATION && this.#coarsen());
    while (this.#kinds.count > this.#most && this.#mergeKinds());
  }

  /** A record of a kind. */
  example(kind: number): { readonly event: ViolatingEvent; readonly finding: Finding } {
    return this.#kinds.example(this.#kinds.now(kind));
  }

  /** What was counted, in the order in which its first records were read. It is handed out once. */
  folded(stretches: Stretches = () => undefined): readonly Folded[] {
    const [windows, kinds] = [this.#windows, this.#kinds];
    // They are as much as what is made of them.
    this.#windows = new Windows();
    const room = Math.max(1, this.#most - this.#kept);
    const {
      cellOf,
      kinds: kindOfCell,
      apart,
    } = cellsOf({ windows, kinds, room }, (kind) => stretches(kinds.example(kind).event));
    if (apart > room) this.#wanted = Math.ceil(apart / (1 - FIRSTS_SHARE));
    const lines = linesOf(windows, cellOf, kindOfCell.length);
    return spansOf(windows, cellOf, kindOfCell.length).map((span, cell) =>
      this.#foldedOf(kindOfCell[cell] ?? 0, span, lines[cell] ?? NONE),
    );
  }

  #isSettled(kind: number): boolean {
    return (this.#firsts.get(kind) ?? 0) >= FIRST_OF_A_KIND || this.#kept >= this.#most * FIRSTS_SHARE;
  }

  #coarsen(): boolean {
    return this.#windows.widen() || this.#mergeKinds();
  }

  #mergeKinds(): boolean {
    if (!this.#kinds.coarsen()) return false;
    this.#windows.recount((kind) => this.#kinds.now(kind));
    const firsts = [...this.#firsts];
    this.#firsts.clear();
    for (const [kind, count] of firsts) {
      const now = this.#kinds.now(kind);
      this.#firsts.set(now, (this.#firsts.get(now) ?? 0) + count);
    }
    return true;
  }

  #foldedOf(kind: number, { at, lo, hi, place }: Span, lines: Uint32Array): Folded {
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

const NONE = new Uint32Array(0);

/** What all records of a cell span, and where the first of them stands. */
interface Span {
  at: number;
  lo: number;
  hi: number;
  readonly place: ReturnType<Windows['place']>;
}

/** Windows are in the order in which their first records were read, and so are the cells. */
function spansOf(windows: Windows, cellOf: Uint32Array, cells: number): readonly Span[] {
  const spans: Span[] = [];
  for (let window = 0; window < windows.count; window++) {
    const { at, lo, hi } = windows.time(window);
    const span = spans[cellOf[window] ?? 0];
    if (span === undefined) spans.push({ at, lo, hi, place: windows.place(window) });
    else {
      span.at = Math.min(span.at, at);
      span.lo = Math.min(span.lo, lo);
      span.hi = Math.max(span.hi, hi);
    }
  }
  if (spans.length !== cells) throw new Error('cells are not in the order of their windows');
  return spans;
}

/** For each cell the lines of all records but its first, in their order. */
function linesOf(windows: Windows, cellOf: Uint32Array, cells: number): readonly Uint32Array[] {
  const eachLine = (see: (cell: number, line: number) => void): void => {
    const isOpen = new Uint8Array(cells);
    for (let window = 0; window < windows.count; window++) {
      const cell = cellOf[window] ?? 0;
      if (isOpen[cell] === 1) see(cell, windows.place(window).line);
      isOpen[cell] = 1;
    }
    windows.eachRepeat((window, line) => see(cellOf[window] ?? 0, line));
  };
  const counts = new Uint32Array(cells);
  eachLine((cell) => {
    counts[cell] = (counts[cell] ?? 0) + 1;
  });
  const lists = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  eachLine((cell, line) => {
    const place = counts[cell] ?? 0;
    counts[cell] = place + 1;
    const list = lists[cell];
    if (list !== undefined) list[place] = line;
  });
  return lists.map((list) => list.sort());
}
