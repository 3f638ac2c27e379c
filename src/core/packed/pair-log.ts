import type { Overflow } from '../../model/overflow.ts';
import { PairSet } from './pair-set.ts';

/** Pairs of a block: 64 KB, put together in a table of 128 KB. */
const PAIRS = 8_000;

/** Pairs of whole numbers, as `PairSet` takes them, in blocks that leave memory: each once in a block, and in the order of blocks. */
export class PairLog {
  readonly #overflow: Overflow | undefined;
  /** In memory, or where they are in the overflow. */
  readonly #full: (Uint32Array | number)[] = [];
  readonly #last = new PairSet();

  /** `overflow`: where full blocks go; they stay in memory where there is none, or it has no room. */
  constructor(overflow?: Overflow) {
    this.#overflow = overflow;
  }

  add(first: number, second: number): void {
    this.#last.add(first, second);
    if (this.#last.size < PAIRS) return;
    const block = this.#last.toArray();
    this.#full.push(this.#overflow?.write(block) ?? block);
    this.#last.clear();
  }

  /** `first, second` of each, the last block first. */
  *blocks(): Generator<Uint32Array> {
    if (this.#last.size > 0) yield this.#last.toArray();
    const read = new Uint32Array(2 * PAIRS);
    for (const block of this.#full.toReversed()) {
      if (typeof block === 'number') this.#overflow?.read(block, read);
      yield typeof block === 'number' ? read : block;
    }
  }
}
