import { Uint32List } from '../core/uint32-list.ts';
import { Pages } from './pages.ts';

/** A record that is counted: when it was, microseconds, and where it stands in its file. */
export interface Counted {
  readonly at: number;
  readonly lo: number;
  readonly hi: number;
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
}

const TIMES = { first: 0, lo: 1, hi: 2, offset: 3 } as const;
const PLACES = { kind: 0, line: 1, bytes: 2 } as const;
const LINES = { window: 0, line: 1 } as const;
const FIRST_WIDTH_US = 1_000_000;
const WIDEST_US = 3_600_000_000;

/**
 * Records that are counted, by kind and window of time, in the order in which each window's first record was read. A record joins the
 * last window of its kind or opens one: of a log that is not in order, several may be of one time. A window takes 44 bytes, and each
 * record but its first 8.
 */
export class Windows {
  readonly #times = new Pages((length) => new Float64Array(length), 4);
  readonly #places = new Pages((length) => new Uint32Array(length), 3);
  /** Of each record but the first of its window. */
  readonly #lines = new Pages((length) => new Uint32Array(length), 2);
  #count = 0;
  #repeats = 0;
  #widthUs = FIRST_WIDTH_US;
  /** Of each kind the last window, counted from 1. */
  readonly #last = new Uint32List();

  get count(): number {
    return this.#count;
  }

  /** Width of a window, microseconds. */
  get widthUs(): number {
    return this.#widthUs;
  }

  /** Adds a record of a kind. Records of one kind come in the order of their lines. */
  add(kind: number, { at, lo, hi, line, offset, bytes }: Counted): void {
    const last = this.#lastOf(kind, at);
    if (last >= 0) {
      this.#widen(last, at, Math.min(at, lo), Math.max(at, hi));
      this.#repeat(last, line);
      return;
    }
    const window = this.#count++;
    this.#times.set(window, TIMES.first, at);
    this.#times.set(window, TIMES.lo, Math.min(at, lo));
    this.#times.set(window, TIMES.hi, Math.max(at, hi));
    this.#times.set(window, TIMES.offset, offset);
    this.#places.set(window, PLACES.kind, kind);
    this.#places.set(window, PLACES.line, line);
    this.#places.set(window, PLACES.bytes, bytes);
    this.#last.put(kind, this.#count);
  }

  /** Doubles the width of the windows. False where they are as wide as can be. */
  widen(): boolean {
    if (this.#widthUs >= WIDEST_US) return false;
    this.#widthUs *= 2;
    this.#join((kind) => kind);
    return true;
  }

  /** Puts kinds together. */
  recount(now: (kind: number) => number): void {
    this.#join(now);
  }

  kind(window: number): number {
    return this.#places.get(window, PLACES.kind);
  }

  /** The earliest time of its records, and the interval that holds all. */
  time(window: number): { readonly at: number; readonly lo: number; readonly hi: number } {
    const times = this.#times;
    return {
      at: times.get(window, TIMES.first),
      lo: times.get(window, TIMES.lo),
      hi: times.get(window, TIMES.hi),
    };
  }

  /** Where its first record stands. */
  place(window: number): { readonly line: number; readonly offset: number; readonly bytes: number } {
    return {
      line: this.#places.get(window, PLACES.line),
      offset: this.#times.get(window, TIMES.offset),
      bytes: this.#places.get(window, PLACES.bytes),
    };
  }

  /** The line of each record but the first of its window. */
  eachRepeat(see: (window: number, line: number) => void): void {
    for (let i = 0; i < this.#repeats; i++) see(this.#lines.get(i, LINES.window), this.#lines.get(i, LINES.line));
  }

  #repeat(window: number, line: number): void {
    this.#lines.set(this.#repeats, LINES.window, window);
    this.#lines.set(this.#repeats++, LINES.line, line);
  }

  #widen(window: number, at: number, lo: number, hi: number): void {
    const times = this.#times;
    times.set(window, TIMES.first, Math.min(at, times.get(window, TIMES.first)));
    times.set(window, TIMES.lo, Math.min(lo, times.get(window, TIMES.lo)));
    times.set(window, TIMES.hi, Math.max(hi, times.get(window, TIMES.hi)));
  }

  /** The last window of a kind where it takes a moment, else -1. */
  #lastOf(kind: number, at: number): number {
    while (this.#last.length <= kind) this.#last.push(0);
    const last = this.#last.at(kind) - 1;
    if (last < 0) return -1;
    const nth = Math.floor(this.#times.get(last, TIMES.first) / this.#widthUs);
    return nth === Math.floor(at / this.#widthUs) ? last : -1;
  }

  /** Goes through all windows in their order: what the one before it of its kind takes in becomes part of that. */
  #join(now: (kind: number) => number): void {
    const all = this.#count;
    const joined = new Uint32Array(all);
    this.#last.clear();
    this.#count = 0;
    const lines = this.#repeats;
    for (let window = 0; window < all; window++) {
      const kind = now(this.kind(window));
      const { at, lo, hi } = this.time(window);
      const last = this.#lastOf(kind, at);
      if (last >= 0) {
        this.#widen(last, at, lo, hi);
        this.#repeat(last, this.#places.get(window, PLACES.line));
      }
      joined[window] = last >= 0 ? last : this.#move(window, kind);
    }
    for (let i = 0; i < lines; i++) this.#lines.set(i, LINES.window, joined[this.#lines.get(i, LINES.window)] ?? 0);
    this.#times.shorten(this.#count);
    this.#places.shorten(this.#count);
  }

  #move(from: number, kind: number): number {
    const to = this.#count++;
    this.#last.put(kind, this.#count);
    for (const column of Object.values(TIMES)) this.#times.set(to, column, this.#times.get(from, column));
    for (const column of Object.values(PLACES)) this.#places.set(to, column, this.#places.get(from, column));
    this.#places.set(to, PLACES.kind, kind);
    return to;
  }
}
