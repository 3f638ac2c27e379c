import type { Event } from '../../model/event.ts';
import type { VerdictLook } from '../../model/format.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import type { Retention } from '../keeping/retention.ts';
import type { Quiet, QuietKey } from '../skimming/quiet.ts';

/** Numbers of a line in `Skimmed.counted`. */
const NUMBERS = 6;
const COLUMN = { line: 0, from: 1, to: 2, number: 3, second: 4, micros: 5 } as const;

/** What lines that are counted under one number have in common: their kind, and how their interval lies about their moment, microseconds. */
interface Alike {
  readonly kind: number;
  readonly lo: number;
  readonly hi: number;
}

/** So many lines that are counted tell nothing when they are looked at: no more are. */
const MOST_STRANGE = 256;

/** Counts the violations of a file that are too many to weigh and that a look tells enough of. */
export class Counting {
  readonly #retention: Retention;
  readonly #quiet: Quiet;
  /** Of each number, counted from 1. */
  readonly #alike: Alike[] = [];
  #verdicts: VerdictLook | undefined;
  /** Of the last chunk that was skimmed, and how much of it was counted. */
  #skimmed: Pick<Skimmed, 'counted' | 'from'> = { counted: new Uint32Array(0), from: 0 };
  #base: Pick<SourceRef, 'line' | 'offset'> = { line: 0, offset: 0 };
  #next = 0;
  #strange = 0;

  constructor(retention: Retention, quiet: Quiet) {
    this.#retention = retention;
    this.#quiet = quiet;
  }

  begin(verdicts: VerdictLook | undefined): void {
    this.#verdicts = verdicts;
  }

  left(skimmed: Skimmed, base: Pick<SourceRef, 'line' | 'offset'>): void {
    this.countTo(Infinity);
    this.#skimmed = skimmed;
    this.#base = base;
    this.#next = 0;
  }

  /** Counts what was skimmed before a line: violations are taken in their order, whatever other threads do. */
  countTo(line: number): void {
    const { counted, from } = this.#skimmed;
    const base = this.#base;
    for (; this.#next < counted.length; this.#next += NUMBERS) {
      const next = this.#next;
      const number = (column: number): number => counted[next + column] ?? 0;
      const nth = base.line + number(COLUMN.line);
      if (nth >= line) return;
      const like = this.#alike[number(COLUMN.number) - 1];
      if (like === undefined) throw new Error('a line is counted as nothing that is known');
      const at = number(COLUMN.second) * 1e6 + number(COLUMN.micros);
      const offset = base.offset + number(COLUMN.from) - from;
      const bytes = number(COLUMN.to) - number(COLUMN.from);
      this.#retention.count(like.kind, { at, lo: at + like.lo, hi: at + like.hi, line: nth, offset, bytes });
    }
  }

  /** Of a line that was read and counted: from the next of its like on only the moment is noted. */
  learn(events: readonly Event[], { text, isUnwrapped }: RawRecord): QuietKey | undefined {
    const [event] = events;
    if (event === undefined || events.length > 1 || this.#verdicts === undefined || this.#strange >= MOST_STRANGE)
      return undefined;
    const kind = this.#retention.settledKind(event);
    if (kind === undefined) return undefined;
    // What a wrapper adds stands in no glance.
    const glance = isUnwrapped === true ? undefined : this.#verdicts.look(text);
    const key = glance && this.#quiet.add(glance, this.#alike.length + 1);
    const { at, lo, hi } = event.time;
    if (glance === undefined) this.#strange++;
    if (key !== undefined) this.#alike.push({ kind, lo: lo - at, hi: hi - at });
    return key;
  }
}
