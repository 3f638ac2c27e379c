import type { SourceRef } from '../../model/source.ts';
import type { Names } from '../names.ts';
import { type TextBytes, textAt } from '../packed/packed-texts.ts';
import type { LeaseFrame, LeaseFrames } from './frames.ts';
import { type HandedRows, type LeaseRow, LeaseRows, NO_NAME, NUMBER, WORD } from './rows.ts';

/** Plain leases as one thread hands them to another, with all that their rows refer to. */
export interface LeaseBlock {
  readonly rows: HandedRows;
  readonly frames: readonly LeaseFrame[];
  readonly sandboxes: TextBytes;
  readonly hosts: readonly string[];
  readonly ips: readonly string[];
}

/** Where the names and frames of leases get their numbers. */
interface Tables {
  readonly sandboxes: Names;
  readonly hosts: Names;
  readonly ips: Names;
  readonly frames: LeaseFrames;
}

/** Rows of a block as they are among leases that are kept. What they refer to gets its number when a row has it, in their order. */
export class HandedLeases {
  readonly #rows: LeaseRows;
  readonly #sandboxOf: NumberOf;
  readonly #hostOf: NumberOf;
  readonly #ipOf: NumberOf;
  readonly #frameOf: NumberOf;

  constructor({ rows, frames, sandboxes, hosts, ips }: LeaseBlock, tables: Tables) {
    this.#rows = new LeaseRows(rows);
    this.#sandboxOf = (place) => tables.sandboxes.addOwn(textAt(sandboxes, place));
    this.#hostOf = renumbered(hosts, (text) => tables.hosts.addOwn(text));
    this.#ipOf = renumbered(ips, (text) => tables.ips.addOwn(text));
    this.#frameOf = renumbered(frames, (frame) => tables.frames.numberOf(frame));
  }

  /** Its line and offset are counted from a place. */
  at(row: number, nth: number, { line, offset }: Pick<SourceRef, 'line' | 'offset'>): LeaseRow {
    const rows = this.#rows;
    return {
      start: rows.number(row, NUMBER.start),
      end: rows.number(row, NUMBER.end),
      offset: rows.number(row, NUMBER.offset) + offset,
      sandbox: this.#sandboxOf(rows.word(row, WORD.sandbox)),
      host: this.#hostOf(rows.word(row, WORD.host)),
      ip: this.#ipOf(rows.word(row, WORD.ip)),
      frame: this.#frameOf(rows.word(row, WORD.frame)),
      line: rows.word(row, WORD.line) + line,
      bytes: rows.word(row, WORD.bytes),
      nth,
    };
  }
}

type NumberOf = (number: number) => number;

/** The number that a thing has here by the number that it has in its list. */
function renumbered<T>(things: readonly T[], add: (thing: T) => number): NumberOf {
  const known = new Uint32Array(things.length).fill(NO_NAME);
  return (number) => {
    const thing = things[number];
    if (thing === undefined) return NO_NAME;
    const before = known[number];
    if (before !== undefined && before !== NO_NAME) return before;
    const own = add(thing);
    known[number] = own;
    return own;
  };
}
