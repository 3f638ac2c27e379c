/**
 * So much is asked of the system by itself and goes back to it as a whole. What is less stands among small things sooner or later
 * (mallopt(3), M_MMAP_THRESHOLD: up to 32 MB), and the process keeps it when it is free.
 */
const SLAB_BYTES = 33 * 2 ** 20;
/** Any array of numbers may begin at a multiple of it. */
const ALIGNED = 8;

/**
 * Room for many blocks of numbers that are needed for a part of a run, tens of megabytes in all. What nothing was written to takes
 * no memory, as the system fills pages with zeros when they are touched.
 */
export class Slabs {
  #slab = new ArrayBuffer(0);
  #full: ArrayBuffer[] = [];
  #used = 0;

  /** Zeros. */
  uint32(length: number): Uint32Array {
    const at = this.#take(length * Uint32Array.BYTES_PER_ELEMENT);
    return new Uint32Array(this.#slab, at, length);
  }

  /** Zeros. */
  uint16(length: number): Uint16Array {
    const at = this.#take(length * Uint16Array.BYTES_PER_ELEMENT);
    return new Uint16Array(this.#slab, at, length);
  }

  /**
   * Gives all of it back: no block has numbers any more. The buffer of an old object would stay until all old ones are looked at;
   * the young one that it is handed to goes with the next few.
   */
  free(): void {
    for (const slab of [...this.#full, this.#slab]) structuredClone(slab, { transfer: [slab] });
    this.#full = [];
    this.#slab = new ArrayBuffer(0);
    this.#used = 0;
  }

  #take(bytes: number): number {
    if (this.#used + bytes > this.#slab.byteLength) {
      this.#full.push(this.#slab);
      this.#slab = new ArrayBuffer(Math.max(SLAB_BYTES, bytes));
      this.#used = 0;
    }
    const at = this.#used;
    this.#used = Math.ceil((at + bytes) / ALIGNED) * ALIGNED;
    return at;
  }
}
