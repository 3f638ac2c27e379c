import { randomInt } from 'node:crypto';

const FEWEST = 64;
/** Whoever writes logs must not know which keys get equal hashes. No result depends on it. */
const SEED = randomInt(2 ** 32);

/** Of each key: its hash, and one more than the number of the key before it in its chain, 0 for none. */
const LINKS = 2;
const NONE = new Uint32Array(0);

/**
 * Keys of so many words each, the ones put in last, one behind the other: equal ones too, of which the last is found. Putting one in
 * looks for nothing, and needs nothing but the next place. Only when a key is looked for are those linked that came since: keys of
 * equal hashes form a chain from the last to the first, which ends where they are forgotten.
 */
export class KeyRing {
  readonly #words: number;
  readonly #limit: number;
  readonly #width: number;
  /** One entry for each place, the low bits of a key's number: key, values. */
  #entries: Uint32Array;
  /** Apart from them, close together: a processor's nearest memory holds more of what is looked for everywhere. */
  #links: Uint32Array = NONE;
  /** One more than the number of the last key in each chain. */
  #last: Uint32Array = NONE;
  #mask: number;
  /** Keys are numbered as they are put in. */
  #count = 0;
  #linked = 0;

  /** `values`: so many numbers stand with each key. */
  constructor(words: number, limit: number, values = 0) {
    const room = Math.min(FEWEST, powerFrom(limit));
    this.#words = words;
    this.#limit = limit;
    this.#width = words + values;
    this.#entries = new Uint32Array(room * this.#width);
    this.#mask = room - 1;
  }

  /** Places are below the limit, or the next power of two. Values of the key are those of the one that had its place. */
  append(numbers: Uint32Array, at: number): number {
    if (this.#count > this.#mask && this.#count < this.#limit) this.#grow();
    const place = this.#count++ & this.#mask;
    const entries = this.#entries;
    const words = this.#words;
    const to = place * this.#width;
    for (let i = 0; i < words; i++) entries[to + i] = numbers[at + i] ?? 0;
    return place;
  }

  /** The place of the last key that equals the one that stands there among other numbers; -1 where it is not known. */
  find(numbers: Uint32Array, at: number): number {
    if (this.#linked < this.#count) this.#linkAll();
    const hash = hashOfKey(numbers, at, this.#words);
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

  #linkAll(): void {
    const room = this.#mask + 1;
    if (this.#last.length < room) {
      this.#links = new Uint32Array(room * LINKS);
      this.#last = new Uint32Array(room);
      this.#linked = 0;
    }
    for (let n = Math.max(this.#linked, this.#count - this.#limit); n < this.#count; n++) this.#link(n);
    this.#linked = this.#count;
  }

  /** Puts the key of a number to the front of its chain. */
  #link(number: number): void {
    const place = number & this.#mask;
    const hash = hashOfKey(this.#entries, place * this.#width, this.#words);
    const chain = hash & this.#mask;
    this.#links[place * LINKS] = hash;
    this.#links[place * LINKS + 1] = this.#last[chain] ?? 0;
    this.#last[chain] = number + 1;
  }

  /** Before the first key is forgotten, so all keep their places. */
  #grow(): void {
    const room = (this.#mask + 1) * 2;
    const entries = new Uint32Array(room * this.#width);
    entries.set(this.#entries);
    this.#entries = entries;
    this.#mask = room - 1;
  }

  #isAt(from: number, numbers: Uint32Array, at: number): boolean {
    for (let i = 0; i < this.#words; i++) if (this.#entries[from + i] !== numbers[at + i]) return false;
    return true;
  }
}

function hashOfKey(numbers: Uint32Array, at: number, words: number): number {
  let hash = SEED;
  for (let i = 0; i < words; i++) {
    hash = Math.imul(hash ^ (numbers[at + i] ?? 0), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

function powerFrom(number: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, number)));
}
