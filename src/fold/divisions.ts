import type { Counted } from './records.ts';

/** Which stretch of time a moment lies in, both as written in the log. */
export type StretchAt = (at: number) => number;

/** How time is divided for the records of one kind, and between which stretches the last of them lies. */
export interface Division {
  /** Stretches are widths of time, as nothing tells when what may have caused these records began and ended. */
  readonly isTimed: boolean;
  readonly at: StretchAt;
  from: number;
  to: number;
}

const FIRST_WIDTH_US = 1_000_000;
const WIDEST_US = 3_600_000_000;

/** Divides the time of each kind of records. */
export class Divisions {
  readonly #stretchesOf: (kind: number) => StretchAt | undefined;
  readonly #byKind: (Division | undefined)[] = [];
  #widthUs = FIRST_WIDTH_US;

  /** `stretchesOf`: undefined where nothing tells how time is divided for a kind. */
  constructor(stretchesOf: (kind: number) => StretchAt | undefined) {
    this.#stretchesOf = stretchesOf;
  }

  /** The stretches of a record, until the next of its kind is divided. */
  divide(kind: number, { lo, hi }: Pick<Counted, 'lo' | 'hi'>): Division {
    const division = this.#byKind[kind] ?? this.#open(kind);
    division.from = division.at(lo);
    division.to = lo === hi ? division.from : division.at(hi);
    return division;
  }

  /** Doubles the widths of time. False where they are as wide as can be. */
  widen(): boolean {
    if (this.#widthUs >= WIDEST_US) return false;
    this.#widthUs *= 2;
    return true;
  }

  #open(kind: number): Division {
    const told = this.#stretchesOf(kind);
    const at: StretchAt = told ?? ((time) => Math.floor(time / this.#widthUs));
    const division = { isTimed: told === undefined, at, from: 0, to: 0 };
    this.#byKind[kind] = division;
    return division;
  }
}
