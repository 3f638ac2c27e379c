import { Buffer } from 'node:buffer';
import { Uint32List } from '../packed/uint32-list.ts';

/** Texts one behind the other, as they stand between quotes in JSON; where each ends. */
export interface QuotedPart {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

const FEWEST_BYTES = 1024;

/** Puts together texts that are told to others part by part. */
export class QuotedWriter {
  #bytes = Buffer.alloc(FEWEST_BYTES);
  #length = 0;
  readonly #ends = new Uint32List();
  /** How many were told before. */
  #told = 0;

  /** The number of a text that stands there among other bytes. */
  add(bytes: Buffer, from: number, to: number): number {
    const length = this.#length + to - from;
    if (length > this.#bytes.length) {
      const more = Buffer.alloc(length * 2);
      more.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = more;
    }
    bytes.copy(this.#bytes, this.#length, from, to);
    this.#length = length;
    this.#ends.push(length);
    return this.#told + this.#ends.length - 1;
  }

  /** What was added since the last time. */
  take(): QuotedPart {
    const part = { bytes: new Uint8Array(this.#bytes.subarray(0, this.#length)), ends: this.#ends.toArray().slice() };
    this.#told += part.ends.length;
    this.#length = 0;
    this.#ends.clear();
    return part;
  }
}

interface Part extends QuotedPart {
  /** The number of its first text. */
  readonly first: number;
}

/** All that was told: a text is made when it is asked for. */
export class QuotedTexts {
  readonly #parts: Part[] = [];
  #count = 0;

  /** The number of its first text; those of the others follow. */
  add({ bytes, ends }: QuotedPart): number {
    const first = this.#count;
    if (ends.length > 0) this.#parts.push({ first, bytes, ends });
    this.#count += ends.length;
    return first;
  }

  bodyOf(number: number): string {
    const { first, bytes, ends } = this.#partOf(number);
    const from = number === first ? 0 : (ends[number - first - 1] ?? 0);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', from, ends[number - first] ?? 0);
  }

  #partOf(number: number): Part {
    let [low, high] = [0, this.#parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#parts[middle]?.first ?? 0) <= number) low = middle;
      else high = middle - 1;
    }
    return this.#parts[low] ?? NO_PART;
  }
}

const NO_PART: Part = { first: 0, bytes: new Uint8Array(0), ends: new Uint32Array(0) };
