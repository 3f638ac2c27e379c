/** Of so few numbers V8 holds an array in half the bytes of a typed one, which has a buffer beside it. */
const FEW = 32;

/** Numbers below 2^32, four bytes each: tens of millions fit where as many references would not. */
export class Uint32List {
  #numbers = new Uint32Array(4);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#numbers.length) this.#grow(this.#length * 2);
    this.#numbers[this.#length++] = value;
  }

  /** The number in a place, 0 where there is none. */
  at(place: number): number {
    return place < this.#length ? (this.#numbers[place] ?? 0) : 0;
  }

  /** Puts another number in a place that has one. */
  put(place: number, value: number): void {
    this.#numbers[place] = value;
  }

  /** The number that was added so many ago; 0 is the last. */
  last(ago: number): number | undefined {
    return this.#numbers[this.#length - 1 - ago];
  }

  /** Makes the last number larger. */
  countUp(by: number): void {
    this.#numbers[this.#length - 1] = (this.last(0) ?? 0) + by;
  }

  /** Forgets all numbers; the room stays. */
  clear(): void {
    this.#length = 0;
  }

  append(other: Uint32List): void {
    const length = this.#length + other.#length;
    if (length > this.#numbers.length) this.#grow(length);
    this.#numbers.set(other.toArray(), this.#length);
    this.#length = length;
  }

  /** A view, not a copy. */
  toArray(): Uint32Array {
    return this.#numbers.subarray(0, this.#length);
  }

  copy(): Uint32Array | readonly number[] {
    const length = this.#length;
    if (length > FEW) return this.#numbers.slice(0, length);
    const few = new Array<number>(length);
    for (let i = 0; i < length; i++) few[i] = this.#numbers[i] ?? 0;
    return few;
  }

  #grow(capacity: number): void {
    const grown = new Uint32Array(capacity);
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}
