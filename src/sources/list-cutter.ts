import { Buffer } from 'node:buffer';
import type { RawRecord } from '../model/source.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const NEWLINE = 10;
/** Longest text that is kept of a record over the limit. */
const OVERSIZE_TEXT = 4096;

/** Where a document carries records: in its lists, or under names of their own. */
export type Carrying = 'lists' | 'members';

/**
 * Cuts the records out of documents that only carry them. Of `lists` the outermost count, however deep in objects, and other members
 * tell nothing of a record: `{"trajectories":[…]}`, `{"data":{"items":[…]}}`. Of `members` each is one: `{"ID":{…},"ID":{…}}`.
 * Memory: one record.
 */
export class ListCutter {
  readonly #source: string;
  readonly #maxBytes: number;
  /** What opens a list of records. */
  readonly #opener: number;
  #inList = false;
  #inString = false;
  #escaped = false;
  /** Containers that are open inside an element of a list. */
  #depth = 0;
  #line = 1;
  #offset = 0;
  #startLine = 1;
  #startOffset = 0;
  #parts: Buffer[] = [];
  #kept = 0;

  constructor(source: string, maxBytes: number, carrying: Carrying) {
    this.#opener = carrying === 'lists' ? OPEN_BRACKET : OPEN_BRACE;
    this.#source = source;
    this.#maxBytes = maxBytes;
  }

  push(chunk: Uint8Array): RawRecord[] {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const out: RawRecord[] = [];
    let from = 0;
    for (let i = 0; i < buffer.length; i++) {
      const c = buffer[i] ?? 0;
      if (c === NEWLINE) this.#line++;
      if (this.#inString) this.#string(c);
      else if (c === QUOTE) this.#inString = true;
      else if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        if (this.#opens(c, i)) from = i;
      } else if ((c === CLOSE_BRACE || c === CLOSE_BRACKET) && this.#closes()) {
        this.#keep(buffer.subarray(from, i + 1));
        out.push(this.#record(this.#offset + i + 1));
      }
    }
    if (this.#depth > 0) this.#keep(buffer.subarray(from));
    this.#offset += buffer.length;
    return out;
  }

  /** An element cut off by the end of the file comes out as it is; its format will report it as failed. */
  end(): RawRecord[] {
    return this.#depth === 0 ? [] : [this.#record(this.#offset)];
  }

  #string(c: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (c === BACKSLASH) this.#escaped = true;
    else if (c === QUOTE) this.#inString = false;
  }

  /** True where a record begins. */
  #opens(c: number, i: number): boolean {
    if (!this.#inList) {
      this.#inList = c === this.#opener;
      return false;
    }
    if (this.#depth++ > 0) return false;
    this.#startLine = this.#line;
    this.#startOffset = this.#offset + i;
    return true;
  }

  /** True where a record ends. */
  #closes(): boolean {
    if (this.#depth > 0) return --this.#depth === 0;
    this.#inList = false;
    return false;
  }

  #keep(part: Buffer): void {
    if (this.#kept > this.#maxBytes) return;
    this.#parts.push(Buffer.from(part));
    this.#kept += part.length;
  }

  #record(end: number): RawRecord {
    const whole = Buffer.concat(this.#parts);
    const bytes = end - this.#startOffset;
    const ref = { source: this.#source, line: this.#startLine, offset: this.#startOffset, bytes };
    this.#parts = [];
    this.#kept = 0;
    this.#depth = 0;
    if (bytes > this.#maxBytes) return { text: whole.subarray(0, OVERSIZE_TEXT).toString('utf8'), ref, oversize: true };
    return { text: whole.toString('utf8'), ref };
  }
}
