import { isHeading } from '../../core/decoded.ts';
import type { Decoded, Decoder } from '../../model/format.ts';
import type { SourceRef } from '../../model/source.ts';

/** What a piece of a rotated log tells the one that goes on with it. */
export interface HandedOver {
  /** Its path. */
  readonly from: string;
  /** See `Decoder.held`. */
  readonly held: unknown;
  /** Lines that say how those behind them are read, which a program may write only when it starts. */
  readonly headings: readonly string[];
}

/** Those of a log that states its columns again and again would take memory, and the last ones hold. */
const MOST = 32;

/** Keeps the headings of a file, and tells whether records stand before them. */
export class Headings {
  #lines: string[] = [];
  #isOwn = true;
  /** Records were read under the headings of the piece before. */
  isUnderOthers = false;

  /** Shows a decoder the headings of the piece before. */
  begin(decoder: Decoder, headings: readonly string[], source: string): void {
    const ref: SourceRef = { source, line: 0, offset: 0, bytes: 0 };
    for (const text of headings) decoder.decode({ text, ref });
    this.#lines = [...headings];
    this.#isOwn = headings.length === 0;
  }

  note(text: string, result: Decoded): void {
    if (result.status === 'skipped') {
      if (isHeading(result.reason)) this.#add(text);
    } else if (!this.#isOwn) this.isUnderOthers = true;
  }

  #add(text: string): void {
    if (this.#lines.length === MOST) this.#lines.shift();
    this.#lines.push(text);
    this.#isOwn = true;
  }

  /** For the next piece. */
  get lines(): readonly string[] {
    return this.#lines;
  }
}
