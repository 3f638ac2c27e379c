import { randomInt } from 'node:crypto';

const FEWEST = 64;
/** Whoever writes logs must not know which keys get equal hashes. No result depends on it. */
const SEED = randomInt(2 ** 32);

/**
 * Keys of so many words each, the ones put in last: each has a place below the limit. The one that was put in first is forgotten
 * for the next, as in a map (`forgetOldest`), but without an object for each.
 */
export class RecentKeys {
  readonly #words: number;
  readonly #limit: number;
  #keys: Uint32Array;
  /** One more than the place of the key that stands here or had to go on from here; 0 for none. */
  #slots: Uint32Array;
  #count = 0;
  #oldest = 0;
  /** Whether the key put in last was not there before. */
  wasNew = false;

  constructor(words: number, limit: number) {
    this.#words = words;
    this.#limit = limit;
    this.#keys = new Uint32Array(Math.min(FEWEST, limit) * words);
    this.#slots = new Uint32Array(FEWEST * 2);
  }

  /** The place of the key that stands there among other numbers; -1 where it is not known. */
  find(numbers: Uint32Array, at: number): number {
    return (this.#slots[this.#slotOf(numbers, at)] ?? 0) - 1;
  }

  put(numbers: Uint32Array, at: number): number {
    const known = this.find(numbers, at);
    this.wasNew = known < 0;
    if (known >= 0) return known;
    if (this.#count < this.#limit) return this.#add(numbers, at);
    const place = this.#oldest;
    this.#oldest = (place + 1) % this.#limit;
    this.#remove(this.#slotOf(this.#keys, place * this.#words));
    return this.#write(place, numbers, at);
  }

  #add(numbers: Uint32Array, at: number): number {
    if (this.#count * this.#words === this.#keys.length) this.#grow();
    return this.#write(this.#count++, numbers, at);
  }

  #write(place: number, numbers: Uint32Array, at: number): number {
    for (let i = 0; i < this.#words; i++) this.#keys[place * this.#words + i] = numbers[at + i] ?? 0;
    this.#slots[this.#slotOf(numbers, at)] = place + 1;
    return place;
  }

  #grow(): void {
    const keys = new Uint32Array(Math.min(this.#keys.length * 2, this.#limit * this.#words));
    keys.set(this.#keys);
    this.#keys = keys;
    if (this.#count * 2 < this.#slots.length) return;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let place = 0; place < this.#count; place++) this.#slots[this.#slotOf(keys, place * this.#words)] = place + 1;
  }

  /** Where a key stands, or would. */
  #slotOf(numbers: Uint32Array, at: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hashOf(numbers, at) & mask;
    for (let place = this.#slots[slot] ?? 0; place > 0; place = this.#slots[slot] ?? 0) {
      if (this.#isAt(place - 1, numbers, at)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
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
    return hash;
  }

  /** Those behind it that had to go on from here move up. */
  #remove(slot: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let free = slot;
    slots[free] = 0;
    for (let next = (free + 1) & mask; (slots[next] ?? 0) > 0; next = (next + 1) & mask) {
      const place = slots[next] ?? 0;
      const home = this.#hashOf(this.#keys, (place - 1) * this.#words) & mask;
      if (((next - home) & mask) < ((next - free) & mask)) continue;
      slots[free] = place;
      slots[next] = 0;
      free = next;
    }
  }
}
