const FIRST_CAPACITY = 1024;
/** Slots for each pair, at least: fuller tables are searched for long. */
const SLOTS_PER_PAIR = 2;

/** Pairs of whole numbers from 1 or 0 to 2^32 - 1, each once, in eight bytes a slot: a night starts millions of processes. */
export class PairSet {
  /** `first, second` of each slot; no first: the slot is free. */
  #slots = new Uint32Array(FIRST_CAPACITY * 2);
  #mask = FIRST_CAPACITY - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Nothing is kept of a pair whose first is 0. */
  add(first: number, second: number): void {
    const at = this.#slotOf(first, second);
    if (this.#slots[at] !== 0 || first === 0) return;
    this.#slots[at] = first;
    this.#slots[at + 1] = second;
    this.#size++;
    if (this.#size * SLOTS_PER_PAIR > this.#mask) this.#grow();
  }

  /** Forgets all pairs; the room stays. */
  clear(): void {
    this.#slots.fill(0);
    this.#size = 0;
  }

  /** `first, second` of each, in no order. */
  toArray(): Uint32Array {
    const out = new Uint32Array(2 * this.#size);
    let length = 0;
    for (let at = 0; at < this.#slots.length; at += 2) {
      const [first = 0, second = 0] = [this.#slots[at], this.#slots[at + 1]];
      if (first === 0) continue;
      out[length++] = first;
      out[length++] = second;
    }
    return out;
  }

  /** Where the pair stands, or would. */
  #slotOf(first: number, second: number): number {
    const slots = this.#slots;
    let slot = hashOf(first, second) & this.#mask;
    for (; slots[slot * 2] !== 0; slot = (slot + 1) & this.#mask)
      if (slots[slot * 2] === first && slots[slot * 2 + 1] === second) break;
    return slot * 2;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#mask = this.#slots.length / 2 - 1;
    for (let at = 0; at < old.length; at += 2) {
      const [first = 0, second = 0] = [old[at], old[at + 1]];
      if (first === 0) continue;
      const free = this.#slotOf(first, second);
      this.#slots[free] = first;
      this.#slots[free + 1] = second;
    }
  }
}

/** Scatters neighbours: pids are handed out in runs. The last steps of MurmurHash3. */
function hashOf(first: number, second: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return (hash ^ (hash >>> 13)) >>> 0;
}
