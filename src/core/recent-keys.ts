import { randomInt } from 'node:crypto';

const FEWEST = 64;
/** Whoever writes logs must not know which keys get equal hashes. No result depends on it. */
const SEED = randomInt(2 ** 32);

/** Of each key: its hash, and one more than the number of the key before it in its chain, 0 for none. */
const LINKS = 2;

/**
 * Keys of so many words each, the ones put in last: each has a place of its own. The one that was put in first is forgotten
 * for the next, as in a map (`forgetOldest`), but without an object for each, and without looking it up: keys of equal hashes form
 * a chain from the last to the first, which ends where they are forgotten.
 */
export class RecentKeys {
  readonly #words: number;
  readonly #limit: number;
  readonly #width: number;
  /** One entry for each place, the low bits of a key's number: key, values. */
  #entries: Uint32Array;
  /** Apart from them, close together: a processor's nearest memory holds more of what is looked for everywhere. */
  #links: Uint32Array;
  /** One more than the number of the last key in each chain. */
  #last: Uint32Array;
  #mask: number;
  /** Keys are numbered as they are put in. */
  #count = 0;
  /** Whether the key put in last was not there before. */
  wasNew = false;

  /** `values`: so many numbers stand with each key. */
  constructor(words: number, limit: number, values = 0) {
    const room = Math.min(FEWEST, powerFrom(limit));
    this.#words = words;
    this.#limit = limit;
    this.#width = words + values;
    this.#entries = new Uint32Array(room * this.#width);
    this.#links = new Uint32Array(room * LINKS);
    this.#last = new Uint32Array(room);
    this.#mask = room - 1;
  }

  /** The place of the key that stands there among other numbers; -1 where it is not known. */
  find(numbers: Uint32Array, at: number): number {
    return this.#placeOf(hashOfKey(numbers, at, this.#words), numbers, at);
  }

  /** Places are below the limit, or the next power of two. `hash`: see `hashOfKey`. Its values are those of the key that had its place. */
  put(numbers: Uint32Array, at: number, hash: number = hashOfKey(numbers, at, this.#words)): number {
    const known = this.#placeOf(hash, numbers, at);
    this.wasNew = known < 0;
    if (known >= 0) return known;
    if (this.#count > this.#mask && this.#count < this.#limit) this.#grow();
    const place = this.#count++ & this.#mask;
    const entries = this.#entries;
    const words = this.#words;
    const to = place * this.#width;
    for (let i = 0; i < words; i++) entries[to + i] = numbers[at + i] ?? 0;
    this.#link(this.#count, hash);
    return place;
  }

  /** How many places have been used: forgotten keys may still stand in some. */
  get places(): number {
    return Math.min(this.#count, this.#mask + 1);
  }

  value(place: number, n: number): number {
    return this.#entries[place * this.#width + this.#words + n] ?? 0;
  }

  setValue(place: number, n: number, value: number): void {
    this.#entries[place * this.#width + this.#words + n] = value;
  }

  /** Puts a key to the front of its chain, by one more than its number. */
  #link(next: number, hash: number): void {
    const chain = hash & this.#mask;
    const at = ((next - 1) & this.#mask) * LINKS;
    this.#links[at] = hash;
    this.#links[at + 1] = this.#last[chain] ?? 0;
    this.#last[chain] = next;
  }

  #placeOf(hash: number, numbers: Uint32Array, at: number): number {
    const links = this.#links;
    const mask = this.#mask;
    const forgotten = this.#count - this.#limit;
    let next = this.#last[hash & mask] ?? 0;
    while (next > 0 && next > forgotten) {
      const place = (next - 1) & mask;
      if (links[place * LINKS] === hash && this.#isAt(place * this.#width, numbers, at)) return place;
      next = links[place * LINKS + 1] ?? 0;
    }
    return -1;
  }

  /** Before the first key is forgotten, so all keep their places. */
  #grow(): void {
    const room = this.#last.length * 2;
    this.#entries = copied(this.#entries, room * this.#width);
    this.#links = copied(this.#links, room * LINKS);
    this.#last = new Uint32Array(room);
    this.#mask = room - 1;
    for (let place = 0; place < this.#count; place++) this.#link(place + 1, this.#links[place * LINKS] ?? 0);
  }

  #isAt(from: number, numbers: Uint32Array, at: number): boolean {
    for (let i = 0; i < this.#words; i++) if (this.#entries[from + i] !== numbers[at + i]) return false;
    return true;
  }
}

/** `before`: the hash of what stands before it, where both are one key. */
export function hashOfKey(numbers: Uint32Array, at: number, words: number, before: number = SEED): number {
  let hash = before;
  for (let i = 0; i < words; i++) {
    hash = Math.imul(hash ^ (numbers[at + i] ?? 0), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

function copied(numbers: Uint32Array, length: number): Uint32Array {
  const copy = new Uint32Array(length);
  copy.set(numbers);
  return copy;
}

function powerFrom(number: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, number)));
}
