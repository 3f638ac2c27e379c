import { randomInt } from 'node:crypto';

const FEWEST = 64;
/** Whoever writes logs must not know which keys get equal hashes. No result depends on it. */
const SEED = randomInt(2 ** 32);

/** Numbers of a slot. */
const SLOT = 2;

/**
 * Keys of so many words each, the ones put in last: each has a place below the limit. The one that was put in first is forgotten
 * for the next, as in a map (`forgetOldest`), but without an object for each.
 */
export class RecentKeys {
  readonly #words: number;
  readonly #limit: number;
  /** By place. */
  #keys: Uint32Array;
  #hashes: Uint32Array;
  /** The hash of a key, so that others seldom have to be fetched, and one more than its place; 0 for none. */
  #slots = new Uint32Array(FEWEST * 2 * SLOT);
  #count = 0;
  #oldest = 0;
  /** Whether the key put in last was not there before. */
  wasNew = false;

  constructor(words: number, limit: number) {
    this.#words = words;
    this.#limit = limit;
    this.#keys = new Uint32Array(Math.min(FEWEST, limit) * words);
    this.#hashes = new Uint32Array(Math.min(FEWEST, limit));
  }

  /** The place of the key that stands there among other numbers; -1 where it is not known. */
  find(numbers: Uint32Array, at: number): number {
    return (this.#slots[this.#slotOf(this.#hashOf(numbers, at), numbers, at) + 1] ?? 0) - 1;
  }

  put(numbers: Uint32Array, at: number): number {
    const hash = this.#hashOf(numbers, at);
    const slot = this.#slotOf(hash, numbers, at);
    const known = (this.#slots[slot + 1] ?? 0) - 1;
    this.wasNew = known < 0;
    if (known >= 0) return known;
    if (this.#count === this.#limit) return this.#replaceOldest(hash, numbers, at);
    if (this.#count < this.#hashes.length) return this.#write(slot, this.#count++, hash, numbers, at);
    this.#grow();
    return this.#write(this.#slotOf(hash, numbers, at), this.#count++, hash, numbers, at);
  }

  #replaceOldest(hash: number, numbers: Uint32Array, at: number): number {
    const place = this.#oldest;
    this.#oldest = (place + 1) % this.#limit;
    this.#remove(place);
    return this.#write(this.#freeSlot(hash), place, hash, numbers, at);
  }

  #write(slot: number, place: number, hash: number, numbers: Uint32Array, at: number): number {
    for (let i = 0; i < this.#words; i++) this.#keys[place * this.#words + i] = numbers[at + i] ?? 0;
    this.#hashes[place] = hash;
    this.#slots[slot] = hash;
    this.#slots[slot + 1] = place + 1;
    return place;
  }

  #grow(): void {
    const room = Math.min(this.#hashes.length * 2, this.#limit);
    const [keys, hashes] = [this.#keys, this.#hashes];
    this.#keys = new Uint32Array(room * this.#words);
    this.#keys.set(keys);
    this.#hashes = new Uint32Array(room);
    this.#hashes.set(hashes);
    if (room * 2 * SLOT <= this.#slots.length) return;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let place = 0; place < this.#count; place++) {
      const slot = this.#freeSlot(hashes[place] ?? 0);
      this.#slots[slot] = hashes[place] ?? 0;
      this.#slots[slot + 1] = place + 1;
    }
  }

  /** Where a key stands, or would. */
  #slotOf(hash: number, numbers: Uint32Array, at: number): number {
    const slots = this.#slots;
    const mask = slots.length / SLOT - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = slots[slot * SLOT + 1] ?? 0;
      if (place === 0 || (slots[slot * SLOT] === hash && this.#isAt(place - 1, numbers, at))) return slot * SLOT;
    }
  }

  #freeSlot(hash: number): number {
    const slots = this.#slots;
    const mask = slots.length / SLOT - 1;
    let slot = hash & mask;
    while ((slots[slot * SLOT + 1] ?? 0) > 0) slot = (slot + 1) & mask;
    return slot * SLOT;
  }

  #isAt(place: number, numbers: Uint32Array, at: number): boolean {
    const from = place * this.#words;
    for (let i = 0; i < this.#words; i++) if (this.#keys[from + i] !== numbers[at + i]) return false;
    return true;
  }

  #hashOf(numbers: Uint32Array, at: number): number {
    let hash = SEED;
    for (let i = 0; i < this.#words; i++) {
      hash = Math.imul(hash ^ (numbers[at + i] ?? 0), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash >>> 0;
  }

  /** Those behind it that had to go on from here move up. */
  #remove(place: number): void {
    const slots = this.#slots;
    const mask = slots.length / SLOT - 1;
    let free = (this.#hashes[place] ?? 0) & mask;
    while (slots[free * SLOT + 1] !== place + 1) free = (free + 1) & mask;
    slots[free * SLOT + 1] = 0;
    for (let next = (free + 1) & mask; (slots[next * SLOT + 1] ?? 0) > 0; next = (next + 1) & mask) {
      const home = (slots[next * SLOT] ?? 0) & mask;
      if (((next - home) & mask) < ((next - free) & mask)) continue;
      slots[free * SLOT] = slots[next * SLOT] ?? 0;
      slots[free * SLOT + 1] = slots[next * SLOT + 1] ?? 0;
      slots[next * SLOT + 1] = 0;
      free = next;
    }
  }
}
