import { Buffer } from 'node:buffer';

/** Pulls exact numbers of bytes out of chunks of any size. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Bytes at hand, not yet taken. */
  get rest(): Buffer {
    return this.#rest;
  }

  /** Waits until `count` bytes are at hand; false when the source ends before. */
  async fill(count: number): Promise<boolean> {
    if (this.#rest.length >= count) return true;
    const parts: Buffer[] = this.#rest.length === 0 ? [] : [this.#rest];
    let total = this.#rest.length;
    let ended = false;
    while (total < count && !ended) {
      const next = await this.#source.next();
      if (next.done) ended = true;
      else {
        parts.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
        total += next.value.byteLength;
      }
    }
    this.#rest = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    return total >= count;
  }

  take(count: number): Buffer {
    const out = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return out;
  }

  /** Reads the source to its end: a damaged file still counts for its hash. */
  async drain(): Promise<void> {
    this.#rest = Buffer.alloc(0);
    while (!(await this.#source.next()).done);
  }

  /** Lets go of the source; an open file is closed. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
