import { owningRecords } from '../core/own-records.ts';
import { Uint32List } from '../core/uint32-list.ts';
import type { Micros } from '../model/time.ts';
import type { Finding, Repeats, ViolatingEvent } from '../model/violation.ts';
import { COARSEST, commonOf, kindOf, type Level } from './alike.ts';

/** Many records of one kind within one window: the event says what is true of all of them, its time spans them. */
export interface Folded {
  readonly event: ViolatingEvent;
  readonly finding: Finding;
  readonly repeats: Repeats;
}

/** Share of the room that goes to whatever comes first. */
const FREE_SHARE = 0.6;
/** After that this many of each kind are still weighed one by one, up to this share. The rest of the room is for windows. */
const FIRST_OF_A_KIND = 16;
const FIRSTS_SHARE = 0.7;
const FIRST_WINDOW_US = 1_000_000;
const WIDEST_WINDOW_US = 3_600_000_000;
const WIDER = 4;

interface Window {
  readonly event: ViolatingEvent;
  readonly finding: Finding;
  /** Of the records after the first. */
  lines: Uint32List | undefined;
  first: number;
  lo: number;
  hi: number;
}

/**
 * Keeps the number of violations that are weighed one by one within `most`. What is beyond it is counted by kind (`alike.ts`)
 * and window of time; windows grow, and then kinds, until all of it fits. Every record stays accounted for by its line.
 */
export class Folding {
  readonly #most: number;
  readonly #own = owningRecords();
  #windows = new Map<string, Map<number, Window>>();
  readonly #firsts = new Map<string, number>();
  #kept = 0;
  #open = 0;
  #counted = 0;
  #level: Level = 0;
  #widthUs = FIRST_WINDOW_US;

  constructor(most: number) {
    this.#most = most;
  }

  /** Records that were counted rather than weighed. */
  get counted(): number {
    return this.#counted;
  }

  /** Width of the windows, microseconds. */
  get widthUs(): number {
    return this.#widthUs;
  }

  /** Whether the record is to be weighed by itself. Else it has been counted. */
  admits(event: ViolatingEvent, finding: Finding): boolean {
    if (this.#kept < this.#most * FREE_SHARE) {
      this.#kept++;
      return true;
    }
    const kind = kindOf(event, finding, this.#level);
    const seen = this.#firsts.get(kind) ?? 0;
    if (seen < FIRST_OF_A_KIND && this.#kept < this.#most * FIRSTS_SHARE) {
      this.#firsts.set(kind, seen + 1);
      this.#kept++;
      return true;
    }
    this.#count(kind, event, finding);
    return false;
  }

  /** What was counted, in the order of kinds and windows. */
  folded(): readonly Folded[] {
    return [...this.#windows.values()].flatMap((windows) =>
      [...windows.values()].map((window) => foldedOf(window, this.#level)),
    );
  }

  #count(kind: string, event: ViolatingEvent, finding: Finding): void {
    this.#counted++;
    const { at, lo, hi } = event.time;
    const window = { event, finding, lines: undefined, first: at, lo: Math.min(at, lo), hi: Math.max(at, hi) };
    if (this.#put(this.#windowsOf(kind), window)) this.#own(event);
    while (this.#kept + this.#open > this.#most && this.#coarsen());
  }

  #windowsOf(kind: string): Map<number, Window> {
    const known = this.#windows.get(kind);
    if (known !== undefined) return known;
    const windows = new Map<number, Window>();
    this.#windows.set(kind, windows);
    return windows;
  }

  /** False where one is open already that takes it in. */
  #put(windows: Map<number, Window>, window: Window): boolean {
    const slot = Math.floor(window.first / this.#widthUs);
    const open = windows.get(slot);
    if (open !== undefined) join(open, window);
    else {
      windows.set(slot, window);
      this.#open++;
    }
    return open === undefined;
  }

  /** Widens the windows, or counts more kinds together. False when nothing coarser is left. */
  #coarsen(): boolean {
    const isWider = this.#widthUs < WIDEST_WINDOW_US;
    if (isWider) this.#widthUs *= WIDER;
    else if (this.#level < COARSEST) this.#level = this.#level === 0 ? 1 : 2;
    else return false;
    const before = this.#windows;
    this.#windows = new Map();
    this.#open = 0;
    for (const [kind, windows] of before)
      for (const window of windows.values()) {
        const now = isWider ? kind : kindOf(window.event, window.finding, this.#level);
        this.#put(this.#windowsOf(now), window);
      }
    return true;
  }
}

function join(open: Window, { event, lines, first, lo, hi }: Window): void {
  open.lines ??= new Uint32List();
  open.lines.push(event.ref.line);
  if (lines !== undefined) open.lines.append(lines);
  open.first = Math.min(open.first, first);
  open.lo = Math.min(open.lo, lo);
  open.hi = Math.max(open.hi, hi);
}

const NONE = new Uint32Array(0);

function foldedOf({ event, finding, lines, first, lo, hi }: Window, level: Level): Folded {
  const time = { ...event.time, at: first as Micros, lo: lo as Micros, hi: hi as Micros, basis: 'window' as const };
  return {
    event: { ...commonOf(event, level), time },
    finding,
    repeats: { path: event.ref.source, lines: lines?.toArray() ?? NONE },
  };
}
