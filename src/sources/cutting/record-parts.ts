import { Buffer } from 'node:buffer';
import type { RawRecord } from '../../model/source.ts';

/** Longest text that is kept of a record over the limit, bytes. */
export const OVERSIZE_TEXT = 4096;

/** The bytes of one record of a document, as they come in; no more of them are kept than a record may have. */
export class RecordParts {
  readonly #source: string;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #kept = 0;
  #bytes = 0;
  #line = 1;
  #offset = 0;

  constructor(source: string, maxBytes: number) {
    this.#source = source;
    this.#maxBytes = maxBytes;
  }

  /** Where the next record begins in its file. */
  begin(line: number, offset: number): void {
    this.#line = line;
    this.#offset = offset;
  }

  add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#kept > this.#maxBytes) return;
    this.#parts.push(Buffer.from(part));
    this.#kept += part.length;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** The record of what was added since the last one. */
  take(): RawRecord {
    const whole = Buffer.concat(this.#parts);
    const isOversize = this.#bytes > this.#maxBytes;
    const ref = { source: this.#source, line: this.#line, offset: this.#offset, bytes: this.#bytes };
    this.#parts = [];
    this.#kept = 0;
    this.#bytes = 0;
    if (isOversize) return { text: whole.subarray(0, OVERSIZE_TEXT).toString('utf8'), ref, oversize: true };
    return { text: whole.toString('utf8'), ref };
  }
}
