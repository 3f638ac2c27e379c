import { Buffer } from 'node:buffer';
import type { RawRecord } from '../model/source.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const NEWLINE = 10;

/** Cuts JSON documents: the elements of one top-level array, or values that follow each other, however they are printed. */
export class JsonCutter {
  readonly #source: string;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #kept = 0;
  #bytes = 0;
  #depth = 0;
  #inArray = false;
  #decided = false;
  #inString = false;
  #escaped = false;
  #line = 1;
  #offset = 0;
  #startLine = 1;
  #startOffset = 0;

  constructor(source: string, maxBytes: number) {
    this.#source = source;
    this.#maxBytes = maxBytes;
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
          this.#startLine = this.#line;
          this.#startOffset = this.#offset + i;
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
      this.#keep(buffer.subarray(from, i + 1));
      out.push(this.#record());
      from = -1;
    }
    if (this.#depth > 0 && from >= 0) this.#keep(buffer.subarray(from));
    this.#offset += buffer.length;
    return out;
  }

  /** A document cut off by the end of the file comes out as it is; its format will report it as failed. */
  end(): RawRecord[] {
    return this.#bytes === 0 ? [] : [this.#record()];
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#kept >= this.#maxBytes) return;
    this.#parts.push(Buffer.from(part));
    this.#kept += part.length;
  }

  #record(): RawRecord {
    const oversize = this.#bytes > this.#maxBytes;
    const whole = Buffer.concat(this.#parts);
    const ref = { source: this.#source, line: this.#startLine, offset: this.#startOffset, bytes: this.#bytes };
    this.#parts = [];
    this.#kept = 0;
    this.#bytes = 0;
    this.#depth = 0;
    if (oversize) return { text: whole.subarray(0, 4096).toString('utf8'), ref, oversize: true };
    return { text: whole.toString('utf8'), ref };
  }
}
