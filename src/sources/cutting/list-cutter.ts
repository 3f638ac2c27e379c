import { Buffer } from 'node:buffer';
import type { RawRecord } from '../../model/source.ts';
import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, NEWLINE, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-bytes.ts';
import { RecordParts } from './record-parts.ts';

/** Where a document carries records: in its lists, or under names of their own. */
export type Carrying = 'lists' | 'members';

/**
 * Cuts the records out of documents that only carry them. Of `lists` the outermost count, however deep in objects, and other members
 * tell nothing of a record: `{"trajectories":[…]}`, `{"data":{"items":[…]}}`. Of `members` each is one: `{"ID":{…},"ID":{…}}`.
 * Memory: one record.
 */
export class ListCutter {
  readonly #parts: RecordParts;
  /** What opens a list of records. */
  readonly #opener: number;
  #inList = false;
  #inString = false;
  #escaped = false;
  /** Containers that are open inside an element of a list. */
  #depth = 0;
  #line = 1;
  #offset = 0;

  constructor(source: string, maxBytes: number, carrying: Carrying) {
    this.#opener = carrying === 'lists' ? OPEN_BRACKET : OPEN_BRACE;
    this.#parts = new RecordParts(source, maxBytes);
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
        this.#parts.add(buffer.subarray(from, i + 1));
        out.push(this.#parts.take());
      }
    }
    if (this.#depth > 0) this.#parts.add(buffer.subarray(from));
    this.#offset += buffer.length;
    return out;
  }

  /** An element cut off by the end of the file comes out as it is; its format will report it as failed. */
  end(): RawRecord[] {
    return this.#parts.isEmpty ? [] : [this.#parts.take()];
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
    this.#parts.begin(this.#line, this.#offset + i);
    return true;
  }

  /** True where a record ends. */
  #closes(): boolean {
    if (this.#depth > 0) return --this.#depth === 0;
    this.#inList = false;
    return false;
  }
}
