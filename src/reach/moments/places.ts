/** One or more lines that may matter once all violations are known. */
export interface Place {
  readonly line: number;
  readonly offset: number;
  /** From 1 on: so many follow each other. */
  readonly lines: number;
  /** 0: it must be read. Up to 2^31: lines of this kind are judged alike. Above: a process, see `lifeKey`. */
  readonly key: number;
  /** The client of traffic, or the second of a process record. */
  readonly mark: number;
  /** The container of a process record, see `containerMark`; else 0. */
  readonly group: number;
}

/** That a place takes, also in what was skimmed: see `Skimmed.later`. */
export const NUMBERS = 6;
/** A number holds the higher part of an offset, below 2^48, and the number of lines. */
const HIGH = 2 ** 16;
const LOW = 2 ** 32;
export const MOST_LINES = HIGH - 1;

/** Whether a place is still worth a visit. `key`, `group`: of these 32 bits the first is a sign, as V8 makes an object of each number above 2^31. */
export type Wants = (key: number, mark: number, group: number) => boolean;

/** Of an offset an array of numbers below 2^32 takes the lower part: quicker than a remainder. */
export function put(block: Uint32Array, at: number, line: number, offset: number, lines: number): void {
  block[at] = line;
  block[at + 1] = offset;
  block[at + 2] = Math.floor(offset / LOW) + lines * HIGH;
}

/** The next place that is wanted. No generator: V8 makes fast code of this loop over millions of places. */
export function seek(block: Uint32Array, from: number, end: number, wants: Wants): number {
  let at = from;
  while (at < end && !wants((block[at + 3] ?? 0) | 0, block[at + 4] ?? 0, (block[at + 5] ?? 0) | 0)) at += NUMBERS;
  return at;
}

export function placeAt(block: Uint32Array, at: number): Place {
  const high = block[at + 2] ?? 0;
  return {
    line: block[at] ?? 0,
    offset: (high % HIGH) * LOW + (block[at + 1] ?? 0),
    lines: Math.floor(high / HIGH),
    key: block[at + 3] ?? 0,
    mark: block[at + 4] ?? 0,
    group: block[at + 5] ?? 0,
  };
}
