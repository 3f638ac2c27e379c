import { randomInt } from 'node:crypto';

const FEWEST = 64;
/** Whoever writes logs must not know which keys get equal hashes. No result depends on it. */
const SEED = randomInt(2 ** 32);

/**
 * Keys of so many words each, the ones put in last: each has a place of its own. The one that was put in first is forgotten
 * for the next, as in a map (`forgetOldest`), but without an object for each, and without looking it up: keys of equal hashes form
 * a chain from the last to the first, which ends where they are forgotten.
 */
export class RecentKeys {
  readonly #words: number;
  readonly #limit: number;
  /** By place: the low bits of a key's number. */
  #keys: Uint32Array;
  #hashes: Uint32Array;
  /** One more than the number of the key before it in its chain; 0 for none. */
  #before: Uint32Array;
  /** The same of the last key in each chain. */
  #last: Uint32Array;
  #mask: number;
  /** Keys are numbered as they are put in. */
  #count = 0;
  /** Whether the key put in last was not there before. */
  wasNew = false;

  constructor(words: number, limit: number) {
    const room = Math.min(FEWEST, powerFrom(limit));
    this.#words = words;
    this.#limit = limit;
    this.#keys = new Uint32Array(room * words);
    this.#hashes = new Uint32Array(room);
    this.#before = new Uint32Array(room);
    this.#last = new Uint32Array(room);
    this.#mask = room - 1;
  }

  /** The place of the key that stands there among other numbers; -1 where it is not known. */
  find(numbers: Uint32Array, at: number): number {
    return this.#placeOf(this.#hashOf(numbers, at), numbers, at);
  }

  /** Places are below the limit, or the next power of two. */
  put(numbers: Uint32Array, at: number): number {
    const hash = this.#hashOf(numbers, at);
    const known = this.#placeOf(hash, numbers, at);
    this.wasNew = known < 0;
    if (known >= 0) return known;
    if (this.#count === this.#hashes.length && this.#count < this.#limit) this.#grow();
    const place = this.#count++ & this.#mask;
    const to = place * this.#words;
    for (let i = 0; i < this.#words; i++) this.#keys[to + i] = numbers[at + i] ?? 0;
    this.#hashes[place] = hash;
    this.#before[place] = this.#last[hash & this.#mask] ?? 0;
    this.#last[hash & this.#mask] = this.#count;
    return place;
  }

  #placeOf(hash: number, numbers: Uint32Array, at: number): number {
    const forgotten = this.#count - this.#limit;
    let next = this.#last[hash & this.#mask] ?? 0;
    while (next > 0 && next > forgotten) {
      const place = (next - 1) & this.#mask;
      if (this.#hashes[place] === hash && this.#isAt(place, numbers, at)) return place;
      next = this.#before[place] ?? 0;
    }
    return -1;
  }

  /** Before the first key is forgotten, so all keep their places. */
  #grow(): void {
    const room = this.#hashes.length * 2;
    this.#mask = room - 1;
    this.#keys = grown(this.#keys);
    this.#hashes = grown(this.#hashes);
    this.#before = grown(this.#before);
    this.#last = new Uint32Array(room);
    for (let place = 0; place < this.#count; place++) {
      const chain = (this.#hashes[place] ?? 0) & this.#mask;
      this.#before[place] = this.#last[chain] ?? 0;
      this.#last[chain] = place + 1;
    }
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
}

function grown(numbers: Uint32Array): Uint32Array {
  const more = new Uint32Array(numbers.length * 2);
  more.set(numbers);
  return more;
}

function powerFrom(number: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, number)));
}
