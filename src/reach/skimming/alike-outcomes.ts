import type { Buffer } from 'node:buffer';
import type { AlikeRecord, OwnLease } from '../../model/alike-record.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import { ROW, ROW_NUMBERS } from '../../scan/layout.ts';
import { createMatcher, type Matcher, MOST_BYTES } from '../../scan/matcher.ts';
import type { Area } from '../../scan/memory.ts';
import { HashTable } from './hash-table.ts';

/** So many are learned in any case; from then on no more than were of use. */
const FREE_LESSONS = 200;
const MOST_LESSONS = 10_000;
const MOST_ADDRESSES = 10_000;

/** What became of a record, and is known of those that are like it. */
interface Lesson extends AlikeRecord {
  readonly outcome: number;
  readonly lease: LeaseEvent | undefined;
}

/** Where a line stands, and the hash by which it may be known; zeros for none. */
export interface Compared {
  readonly low: number;
  readonly high: number;
  /** Of the address that it names, 0 where it names none. */
  readonly address: number;
}

export interface Known {
  readonly outcome: number;
  /** What a lease is like; its own is in `own`. */
  readonly lease: LeaseEvent | undefined;
}

export function alikeOutcomesOf(area: Area | undefined): AlikeOutcomes | undefined {
  const matcher = area === undefined ? undefined : createMatcher(area);
  return matcher === undefined ? undefined : new AlikeOutcomes(matcher);
}

/**
 * Of lines that are like one whose record was decoded ahead the same becomes: a template takes them, and hashes say that all values are
 * equal that matter. Which lines are found alike changes nothing but the time.
 */
export class AlikeOutcomes {
  readonly #matcher: Matcher;
  readonly #rows: Uint32Array;
  /** One more than the place of a lesson. */
  readonly #places = new HashTable();
  readonly #lessons: Lesson[] = [];
  readonly #addresses = new Map<number, string>();
  #used = 0;
  /** Of the lease that was found last. */
  readonly own: OwnLease = { sandboxFrom: 0, sandboxTo: 0, start: 0 as Micros, end: 0 as Micros };

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
    this.#rows = matcher.rows;
  }

  /** Lines with their line feeds. False where they are too long. */
  load(lines: Buffer): boolean {
    if (lines.length > MOST_BYTES) return false;
    this.#matcher.load(lines);
    return true;
  }

  /** How many lines were compared from a place on. */
  scan(from: number): number {
    return this.#matcher.scan(from);
  }

  /** Where the line feed of a line stands. */
  endOf(row: number): number {
    return this.#rows[row * ROW_NUMBERS + ROW.to] ?? 0;
  }

  comparedAt(row: number): Compared {
    const at = row * ROW_NUMBERS;
    const [rows, low, high] = [this.#rows, this.#rows[at + ROW.low] ?? 0, this.#rows[at + ROW.high] ?? 0];
    return { low, high, address: rows[at + ROW.a] ?? 0 };
  }

  /** Whether it is known what became of lines of this hash. */
  isKnown({ low, high }: Compared): boolean {
    return (low !== 0 || high !== 0) && this.#places.get(low, high, 0) !== 0;
  }

  /** What became of others like the line that stands there, where that holds for it. */
  find({ low, high }: Compared, bytes: Buffer, from: number, to: number): Known | undefined {
    const lesson = low === 0 && high === 0 ? undefined : this.#lessons[this.#places.get(low, high, 0) - 1];
    if (lesson === undefined || !lesson.holdsFor(bytes, from, to, this.own)) return undefined;
    this.#used++;
    return lesson;
  }

  /** Whether something may be learned from one more line. */
  get isCurious(): boolean {
    const count = this.#lessons.length;
    return count < FREE_LESSONS || (count < MOST_LESSONS && count < this.#used);
  }

  /** Takes note of what became of a line. True where lines that follow may be known for it now. */
  learn({ low, high }: Compared, alike: AlikeRecord, known: Known): boolean {
    if (low === 0 && high === 0) return this.#matcher.add(alike.template);
    const { template, holdsFor } = alike;
    this.#places.set(low, high, 0, this.#lessons.push({ template, holdsFor, ...known }));
    return false;
  }

  textOf(address: number): string {
    const known = this.#addresses.get(address);
    if (known !== undefined) return known;
    const text = [24, 16, 8, 0].map((bits) => (address >>> bits) & 0xff).join('.');
    if (this.#addresses.size < MOST_ADDRESSES) this.#addresses.set(address, text);
    return text;
  }
}
