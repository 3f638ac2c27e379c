import { Buffer } from 'node:buffer';
import type { RawRecord } from '../model/source.ts';
import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, NEWLINE, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-bytes.ts';
import { RecordParts } from './record-parts.ts';

/** Cuts JSON documents: the elements of one top-level array, or values that follow each other, however they are printed. */
export class JsonCutter {
  readonly #parts: RecordParts;
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
    let from = this.#depth > 0 ? 0 : -1;
    for (let i = 0; i < buffer.length; i++) {
      const c = buffer[i];
      if (c === NEWLINE) this.#line++;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (c === BACKSLASH) this.#escaped = true;
        else if (c === QUOTE) this.#inString = false;
        continue;
      }
      if (c === QUOTE) {
        this.#inString = this.#depth > 0;
        continue;
      }
      if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        if (this.#depth === 0) {
          if (!this.#decided && c === OPEN_BRACKET) {
            this.#inArray = true;
            this.#decided = true;
            continue;
          }
          this.#decided = true;
          from = i;
          this.#parts.begin(this.#line, this.#offset + i);
        }
        this.#depth++;
        continue;
      }
      if (c !== CLOSE_BRACE && c !== CLOSE_BRACKET) continue;
      if (this.#depth === 0) {
        if (c === CLOSE_BRACKET && this.#inArray) {
          this.#inArray = false;
          this.#decided = false;
        }
        continue;
      }
      this.#depth--;
      if (this.#depth > 0) continue;
      this.#parts.add(buffer.subarray(from, i + 1));
      out.push(this.#parts.take());
      from = -1;
    }
    if (this.#depth > 0 && from >= 0) this.#parts.add(buffer.subarray(from));
    this.#offset += buffer.length;
    return out;
  }

  /** A document cut off by the end of the file comes out as it is; its format will report it as failed. */
  end(): RawRecord[] {
    return this.#parts.isEmpty ? [] : [this.#parts.take()];
  }
}
