/**
 * So much is asked of the system by itself and goes back to it as a whole. What is less stands among small things sooner or later
 * (mallopt(3), M_MMAP_THRESHOLD: up to 32 MB), and the process keeps it when it is free.
 */
const SLAB_BYTES = 33 * 2 ** 20;
/** Any array of numbers may begin at a multiple of it. */
const ALIGNED = 8;

/**
 * Room for many blocks of numbers that are needed for a part of a run, tens of megabytes in all: it is free once nobody holds
 * `Slabs` nor a block. What nothing was written to takes no memory, as the system fills pages with zeros when they are touched.
 */
export class Slabs {
  #slab = new ArrayBuffer(0);
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

  #take(bytes: number): number {
    if (this.#used + bytes > this.#slab.byteLength) {
      this.#slab = new ArrayBuffer(Math.max(SLAB_BYTES, bytes));
      this.#used = 0;
    }
    const at = this.#used;
    this.#used = Math.ceil((at + bytes) / ALIGNED) * ALIGNED;
    return at;
  }
}
