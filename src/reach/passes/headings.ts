import type { Buffer } from 'node:buffer';
import type { Heading } from '../../model/format.ts';
import { stretchOf } from '../skimming/chunk.ts';

const NEWLINE = 10;
const MOST = 32;

/** Keeps the lines that a look must have seen which begins with a later chunk: the last of a file that stand together. */
export class Headings {
  readonly #sign: number;
  #lines: string[] = [];
  #version = 0;
  /** Other lines followed. */
  #isOver = false;

  /** `sign`: with what such lines begin. */
  constructor(sign: string) {
    this.#sign = sign.charCodeAt(0);
  }

  /** Those before a chunk of a file. To be asked for every chunk in their order. */
  before(chunk: Uint8Array, startsLine: boolean): Heading {
    const heading = { version: this.#version, lines: this.#lines, isOver: this.#isOver };
    const { chunk: buffer, from: start, to: end } = stretchOf(chunk, { startsLine });
    let from = start;
    for (let at = this.#next(buffer, from, end); at >= 0; at = this.#next(buffer, from, end)) {
      if (at > from) this.#isOver = true;
      from = buffer.indexOf(NEWLINE, at) + 1;
      this.#add(buffer.toString('latin1', at, from - 1));
    }
    if (from < end) this.#isOver = true;
    if (this.#lines !== heading.lines || this.#isOver !== heading.isOver) this.#version++;
    return heading;
  }

  /** Where the next such line begins; -1 where there is none. */
  #next(buffer: Buffer, from: number, end: number): number {
    for (let at = buffer.indexOf(this.#sign, from); at >= 0 && at < end; at = buffer.indexOf(this.#sign, at + 1))
      if (at === from || buffer[at - 1] === NEWLINE) return at;
    return -1;
  }

  #add(line: string): void {
    this.#lines = this.#isOver ? [line] : [...this.#lines.slice(1 - MOST), line];
    this.#isOver = false;
  }
}
