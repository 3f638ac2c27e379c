import { Buffer } from 'node:buffer';
import type { Attribution } from '../../model/attribution.ts';

/** Lines that wait are held as bytes, and no more of them: an answer of many violations is as long as a log. */
const MOST_BYTES = 24e6;
const BLOCK_CHARACTERS = 256 * 1024;

/** Attributions as lines of text, of which the first may be written before they are asked for. */
export class AttributionLines {
  readonly #write: (attribution: Attribution) => string;
  #blocks: Buffer[] = [];
  #count = 0;
  #bytes = 0;

  constructor(write: (attribution: Attribution) => string) {
    this.#write = write;
  }

  /**
   * Writes some more of them; `lines` must then be asked for the same ones, in the same order. False where there is none left,
   * or no room.
   */
  writeAhead(attributions: readonly Attribution[], mostBytes: number = MOST_BYTES): boolean {
    if (this.#count >= attributions.length || this.#bytes >= mostBytes) return false;
    let block = '';
    for (; this.#count < attributions.length && block.length < BLOCK_CHARACTERS; this.#count++)
      block += this.#line(attributions[this.#count] as Attribution);
    const bytes = Buffer.from(block);
    this.#blocks.push(bytes);
    this.#bytes += bytes.length;
    return true;
  }

  /** One or more lines at a time. */
  *lines(attributions: readonly Attribution[]): Generator<string> {
    for (const block of this.#blocks) yield block.toString();
    this.#blocks = [];
    for (let i = this.#count; i < attributions.length; i++) yield this.#line(attributions[i] as Attribution);
  }

  #line(attribution: Attribution): string {
    return `${this.#write(attribution)}\n`;
  }
}
