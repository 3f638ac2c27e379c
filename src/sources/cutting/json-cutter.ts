import { Buffer } from 'node:buffer';
import type { RawRecord } from '../../model/source.ts';
import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, NEWLINE, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-bytes.ts';
import { RecordParts } from './record-parts.ts';

const SPACE = 32;
const COMMA = 44;
/** Bytes of a BOM, of which no text that begins a line consists. */
const BEYOND_ASCII = 128;

/**
 * Cuts JSON documents: the elements of one top-level array, or values that follow each other, however they are printed. A line between
 * documents that is none is a record of its own: it may be of another log.
 */
export class JsonCutter {
  readonly #parts: RecordParts;
  /** Of a line between documents. */
  #isText = false;
  /** No document stands before on the line. */
  #startsLine = true;
  #depth = 0;
  #inArray = false;
  #decided = false;
  #inString = false;
  #escaped = false;
  #line = 1;
  #offset = 0;

  constructor(source: string, maxBytes: number) {
    this.#parts = new RecordParts(source, maxBytes);
  }

  push(chunk: Uint8Array): RawRecord[] {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const out: RawRecord[] = [];
    let from = this.#depth > 0 || this.#isText ? 0 : -1;
    for (let i = 0; i < buffer.length; i++) {
      const c = buffer[i] as number;
      if (c === NEWLINE) {
        this.#line++;
        this.#startsLine = true;
      }
      if (this.#isText) {
        if (c !== NEWLINE) continue;
        this.#isText = false;
        this.#parts.add(buffer.subarray(from, i));
        out.push(this.#parts.take());
        from = -1;
      } else if (this.#inString) this.#passString(c);
      else if (this.#begins(c)) {
        this.#parts.begin(this.#line, this.#offset + i);
        from = i;
      } else if (c === QUOTE) this.#inString = this.#depth > 0;
      else if ((c === CLOSE_BRACE || c === CLOSE_BRACKET) && this.#closes(c)) {
        this.#parts.add(buffer.subarray(from, i + 1));
        out.push(this.#parts.take());
        from = -1;
      }
    }
    if (from >= 0) this.#parts.add(buffer.subarray(from));
    this.#offset += buffer.length;
    return out;
  }

  #passString(c: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (c === BACKSLASH) this.#escaped = true;
    else if (c === QUOTE) this.#inString = false;
  }

  /** Whether a record begins here: a line that is no document, or a document. */
  #begins(c: number): boolean {
    if (this.#depth === 0 && this.#beginsText(c)) {
      this.#isText = true;
      return true;
    }
    return (c === OPEN_BRACE || c === OPEN_BRACKET) && this.#opens(c);
  }

  /** Whether this bracket opens a document: not one inside another, nor the list of all. */
  #opens(c: number): boolean {
    if (this.#depth > 0) {
      this.#depth++;
      return false;
    }
    const isList = !this.#decided && c === OPEN_BRACKET;
    this.#decided = true;
    if (isList) this.#inArray = true;
    else this.#depth = 1;
    return !isList;
  }

  /** Whether this bracket closes a document; behind the list of all, another list may begin. */
  #closes(c: number): boolean {
    if (this.#depth === 0) {
      if (c !== CLOSE_BRACKET || !this.#inArray) return false;
      this.#inArray = false;
      this.#decided = false;
      return false;
    }
    this.#depth--;
    if (this.#depth > 0) return false;
    this.#startsLine = false;
    return true;
  }

  #beginsText(c: number): boolean {
    if (!this.#startsLine || this.#inArray || c <= SPACE || c >= BEYOND_ASCII || c === COMMA) return false;
    return c !== OPEN_BRACE && c !== OPEN_BRACKET && c !== CLOSE_BRACE && c !== CLOSE_BRACKET;
  }

  /** A document cut off by the end of the file comes out as it is; its format will report it as failed. */
  end(): RawRecord[] {
    return this.#parts.isEmpty ? [] : [this.#parts.take()];
  }
}
