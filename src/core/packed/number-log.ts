import type { Overflow } from '../../model/overflow.ts';

const BLOCK_BYTES = 65_536;
/** No whole number that a double holds exactly takes as many. */
const MOST_BYTES = 10;
/** Below this, bits can be taken from a number. */
const SMALL = 2 ** 31;

interface Room {
  /** How many bytes may be in memory. */
  readonly most: number;
  /** Where the others go, block by block. */
  readonly overflow?: Overflow | undefined;
}

interface Block {
  /** In memory, or where it stands in the overflow. */
  readonly held: Uint8Array | number;
  /** Behind its last number. */
  readonly end: number;
}

/** Whole numbers one after the other, seven bits to a byte: small ones take one. */
export class NumberLog {
  readonly #most: number;
  readonly #overflow: Overflow | undefined;
  readonly #full: Block[] = [];
  #block = new Uint8Array(BLOCK_BYTES);
  #end = 0;
  #heldBytes = 0;

  constructor({ most, overflow }: Room) {
    this.#most = most;
    this.#overflow = overflow;
  }

  put(value: number): void {
    if (this.#end > BLOCK_BYTES - MOST_BYTES) this.#begin();
    this.#putRest(value);
  }

  /** To be read by `nextSigned`: the first byte has a bit for the sign. */
  putSigned(value: number): void {
    if (this.#end > BLOCK_BYTES - MOST_BYTES) this.#begin();
    const size = Math.abs(value);
    const first = (size % 64) | (value < 0 ? 64 : 0);
    if (size < 64) this.#block[this.#end++] = first;
    else {
      this.#block[this.#end++] = first | 128;
      this.#putRest(Math.floor(size / 64));
    }
  }

  /** What was put in so far, from the first. */
  reader(): NumberReader {
    return new NumberReader([...this.#full, { held: this.#block, end: this.#end }], this.#overflow);
  }

  #putRest(value: number): void {
    const block = this.#block;
    let end = this.#end;
    let rest = value;
    for (; rest >= SMALL; rest = Math.floor(rest / 128)) block[end++] = (rest % 128) | 128;
    for (; rest > 127; rest >>>= 7) block[end++] = (rest & 127) | 128;
    block[end++] = rest;
    this.#end = end;
  }

  #begin(): void {
    const place =
      this.#heldBytes + BLOCK_BYTES > this.#most ? this.#overflow?.write(numbersOf(this.#block)) : undefined;
    this.#full.push({ held: place ?? this.#block, end: this.#end });
    if (place === undefined) {
      this.#heldBytes += BLOCK_BYTES;
      this.#block = new Uint8Array(BLOCK_BYTES);
    }
    this.#end = 0;
  }
}

/** Reads the numbers of a log in their order. */
export class NumberReader {
  readonly #blocks: readonly Block[];
  readonly #overflow: Overflow | undefined;
  #next = 0;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  constructor(blocks: readonly Block[], overflow: Overflow | undefined) {
    this.#blocks = blocks;
    this.#overflow = overflow;
  }

  /** 0 behind the last. */
  next(): number {
    if (this.#at === this.#end) this.#open();
    return this.#rest(1);
  }

  nextSigned(): number {
    if (this.#at === this.#end) this.#open();
    const first = this.#block[this.#at++] ?? 0;
    const size = (first & 63) + (first > 127 ? this.#rest(64) : 0);
    return (first & 64) === 0 ? size : -size;
  }

  #rest(unit: number): number {
    const block = this.#block;
    let at = this.#at;
    let value = 0;
    let byte = 128;
    for (let of = unit; byte > 127; of *= 128) {
      byte = block[at++] ?? 0;
      value += (byte & 127) * of;
    }
    this.#at = at;
    return value;
  }

  #open(): void {
    const block = this.#blocks[this.#next++];
    this.#at = 0;
    this.#end = block?.end ?? 0;
    if (typeof block?.held !== 'number') this.#block = block?.held ?? new Uint8Array(0);
    else {
      const numbers = new Uint32Array(BLOCK_BYTES / 4);
      this.#overflow?.read(block.held, numbers);
      this.#block = new Uint8Array(numbers.buffer);
    }
  }
}

function numbersOf(block: Uint8Array): Uint32Array {
  return new Uint32Array(block.buffer, 0, BLOCK_BYTES / 4);
}
