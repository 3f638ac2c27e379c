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

  constructor(write: (attribution: Attribution) => string) {
    this.#write = write;
  }

  /** `lines` must then be asked for the same ones, in the same order. */
  writeAhead(attributions: readonly Attribution[], mostBytes: number = MOST_BYTES): void {
    let bytes = 0;
    while (this.#count < attributions.length && bytes < mostBytes) {
      let block = '';
      for (; this.#count < attributions.length && block.length < BLOCK_CHARACTERS; this.#count++)
        block += this.#line(attributions[this.#count] as Attribution);
      bytes += this.#blocks[this.#blocks.push(Buffer.from(block)) - 1]?.length ?? 0;
    }
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
