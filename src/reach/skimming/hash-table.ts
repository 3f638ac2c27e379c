const FEWEST = 2 ** 10;
/** 4 MB. */
const MOST = 2 ** 18;

/** Two numbers for each of many hashes of 64 bits, zero until they are set; the hash 0 stands for none. */
export class HashTable {
  #hashes = new Uint32Array(FEWEST * 2);
  #values = new Int32Array(FEWEST * 2);
  #count = 0;

  /** `which`: 0 or 1. */
  get(low: number, high: number, which: number): number {
    const slot = this.#slotOf(low, high);
    return this.#isAt(slot, low, high) ? (this.#values[slot * 2 + which] ?? 0) : 0;
  }

  /** All are forgotten where there are too many. */
  set(low: number, high: number, which: number, value: number): void {
    if (this.#count * 2 >= this.#values.length / 2) this.#grow();
    const slot = this.#slotOf(low, high);
    if (!this.#isAt(slot, low, high)) {
      this.#count++;
      this.#hashes[slot * 2] = low;
      this.#hashes[slot * 2 + 1] = high;
    }
    this.#values[slot * 2 + which] = value;
  }

  clear(): void {
    this.#hashes.fill(0);
    this.#values.fill(0);
    this.#count = 0;
  }

  #isAt(slot: number, low: number, high: number): boolean {
    return this.#hashes[slot * 2] === low && this.#hashes[slot * 2 + 1] === high;
  }

  /** Where a hash stands, or would. */
  #slotOf(low: number, high: number): number {
    const mask = this.#hashes.length / 2 - 1;
    let slot = low & mask;
    while (!this.#isAt(slot, 0, 0) && !this.#isAt(slot, low, high)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [hashes, values] = [this.#hashes, this.#values];
    if (hashes.length >= MOST * 2) {
      this.clear();
      return;
    }
    this.#hashes = new Uint32Array(hashes.length * 2);
    this.#values = new Int32Array(values.length * 2);
    for (let i = 0; i < hashes.length; i += 2) {
      const [low = 0, high = 0] = [hashes[i], hashes[i + 1]];
      if (low === 0 && high === 0) continue;
      const slot = this.#slotOf(low, high);
      this.#hashes.set([low, high], slot * 2);
      this.#values.set([values[i] ?? 0, values[i + 1] ?? 0], slot * 2);
    }
  }
}
