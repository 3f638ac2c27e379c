/** Beginning of a stream that is kept so that detection may look at it before it is read. */
const KEPT_BYTES = 24 * 1024 * 1024;

/** A pipe can be read once; this gives its beginning again to whoever opens it, and the rest to the one who reads on. */
export class Replay {
  readonly #source: AsyncIterator<Uint8Array>;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #spent = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** More was read than is kept: another reader would miss what lies between. */
  get spent(): boolean {
    return this.#spent;
  }

  async *open(): AsyncGenerator<Uint8Array> {
    for (let i = 0; ; i++) {
      const kept = this.#kept[i];
      if (kept !== undefined) {
        yield kept;
        continue;
      }
      const next = await this.#source.next();
      if (next.done) return;
      if (this.#spent || this.#keptBytes + next.value.length > KEPT_BYTES) {
        this.#spent = true;
        this.#kept = [];
      } else {
        this.#kept.push(next.value);
        this.#keptBytes += next.value.length;
      }
      yield next.value;
    }
  }
}
