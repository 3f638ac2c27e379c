import type { Buffer } from 'node:buffer';
import type { Look } from '../../model/format.ts';

/** A look at events keeps as many in mind. */
const MOST = 64;

/** Events that were left without a look, the last of the file before the line at hand: a look at what follows needs them. */
export class Skipped {
  readonly #look: Look;
  /** `from, to` of each in the chunk. */
  #spans: number[] = [];
  /** Of chunks before. */
  #texts: string[] = [];

  constructor(look: Look) {
    this.#look = look;
  }

  add(from: number, to: number): void {
    if (this.#spans.length >= 4 * MOST) this.#spans = this.#spans.slice(-2 * (MOST - 1));
    this.#spans.push(from, to);
  }

  /** Looks at them after all. `chunk`: where they stand. */
  lookAt(chunk: Buffer): void {
    if (this.#spans.length === 0 && this.#texts.length === 0) return;
    this.keep(chunk);
    for (const text of this.#texts) {
      const glance = this.#look(text);
      if (glance?.kind === 'socket') glance.isLeft = true;
    }
    this.#texts = [];
  }

  /** To be called before the chunk is gone. */
  keep(chunk: Buffer): void {
    const spans = this.#spans.slice(-2 * MOST);
    const [start = 0, end = 0] = [spans[0], spans.at(-1)];
    const text = chunk.toString('latin1', start, end);
    for (let i = 0; i < spans.length; i += 2)
      this.#texts.push(text.slice((spans[i] ?? 0) - start, (spans[i + 1] ?? 0) - start));
    this.#texts = this.#texts.slice(-MOST);
    this.#spans = [];
  }
}
