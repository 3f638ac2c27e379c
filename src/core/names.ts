import { randomBytes } from 'node:crypto';
import { ownText } from './text/own-text.ts';

const FREE = 0;

/** Numbers for texts, from 0 in the order in which they came. For hundreds of thousands of them a `Map` takes several times as long and as much. */
export class Names {
  readonly #texts: string[] = [];
  #hashes = new Uint32Array(8);
  /** Number of a text and 1, at the place that its hash tells or behind it. */
  #places = new Uint32Array(16);
  /** Nobody who writes logs can choose texts so that they all have one place. */
  readonly #seed = randomBytes(4).readUInt32LE();

  get length(): number {
    return this.#texts.length;
  }

  /** Known texts in the order of their numbers. */
  get texts(): readonly string[] {
    return this.#texts;
  }

  add(text: string): number {
    return this.#add(text, ownText);
  }

  /** A text that is no view of another one. */
  addOwn(text: string): number {
    return this.#add(text);
  }

  #add(text: string, own = asItIs): number {
    const hash = this.#hashOf(text);
    const place = this.#placeOf(text, hash);
    const known = this.#places[place] ?? FREE;
    if (known !== FREE) return known - 1;
    const number = this.#texts.push(own(text)) - 1;
    this.#hashes[number] = hash;
    this.#places[place] = number + 1;
    if (this.#texts.length === this.#hashes.length) this.#grow();
    return number;
  }

  numberOf(text: string): number | undefined {
    const known = this.#places[this.#placeOf(text, this.#hashOf(text))] ?? FREE;
    return known === FREE ? undefined : known - 1;
  }

  /** Where it stands, or would. */
  #placeOf(text: string, hash: number): number {
    const last = this.#places.length - 1;
    let place = hash & last;
    for (let known = this.#places[place] ?? FREE; known !== FREE; known = this.#places[place] ?? FREE) {
      if (this.#hashes[known - 1] === hash && this.#texts[known - 1] === text) return place;
      place = (place + 1) & last;
    }
    return place;
  }

  #hashOf(text: string): number {
    let hash = this.#seed;
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash >>> 0;
  }

  #grow(): void {
    const hashes = new Uint32Array(this.#hashes.length * 2);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#places = new Uint32Array(hashes.length * 2);
    const last = this.#places.length - 1;
    for (let number = 0; number < this.#texts.length; number++) {
      let place = (hashes[number] ?? 0) & last;
      while (this.#places[place] !== FREE) place = (place + 1) & last;
      this.#places[place] = number + 1;
    }
  }
}

function asItIs(text: string): string {
  return text;
}
