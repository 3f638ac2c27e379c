import { Buffer } from 'node:buffer';

const NOTHING: Buffer = Buffer.alloc(0);

/** Pulls exact numbers of bytes out of chunks of any size. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest = NOTHING;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Bytes at hand, not yet taken. */
  get rest(): Buffer {
    return this.#rest;
  }

  /** Waits until `count` bytes are at hand; false when the source ends before. */
  async fill(count: number): Promise<boolean> {
    let last = this.#rest;
    let total = last.length;
    const parts: Buffer[] = [];
    while (total < count) {
      // What the source gave may be gone when it is asked for more.
      if (last.length > 0) parts.push(Buffer.from(last));
      const next = await this.#source.next();
      last = next.done ? NOTHING : Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
      if (next.done) break;
      total += last.length;
    }
    this.#rest = parts.length === 0 ? last : Buffer.concat([...parts, last]);
    return total >= count;
  }

  take(count: number): Buffer {
    const out = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return out;
  }

  /** Reads the source to its end: a damaged file still counts for its hash. */
  async drain(): Promise<void> {
    this.#rest = NOTHING;
    while (!(await this.#source.next()).done);
  }

  /** Lets go of the source; an open file is closed. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
