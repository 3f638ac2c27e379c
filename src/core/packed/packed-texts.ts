import { Buffer } from 'node:buffer';
import { Uint32List } from './uint32-list.ts';

const FEWEST_BYTES = 1 << 16;

/** Texts one behind the other, and where each ends. */
export interface TextBytes {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** Texts as bytes: a thread hands them on as one, where it would copy each. */
export class PackedTexts {
  #bytes: Uint8Array = new Uint8Array(FEWEST_BYTES);
  readonly #ends = new Uint32List();
  #end = 0;

  /** Its place among them. */
  add(text: string): number {
    const bytes = Buffer.from(text);
    return this.addBytes(bytes, 0, bytes.length);
  }

  addBytes(bytes: Uint8Array, from: number, to: number): number {
    while (this.#end + to - from > this.#bytes.length) {
      const more = new Uint8Array(this.#bytes.length * 2);
      more.set(this.#bytes);
      this.#bytes = more;
    }
    for (let i = from; i < to; i++) this.#bytes[this.#end++] = bytes[i] ?? 0;
    this.#ends.push(this.#end);
    return this.#ends.length - 1;
  }

  /** Those that were added since the last time. */
  taken(): TextBytes {
    const told = { bytes: this.#bytes.slice(0, this.#end), ends: this.#ends.toArray().slice() };
    this.#ends.clear();
    this.#end = 0;
    return told;
  }
}

export function textAt({ bytes, ends }: TextBytes, place: number): string {
  const from = place === 0 ? 0 : (ends[place - 1] ?? 0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', from, ends[place]);
}
