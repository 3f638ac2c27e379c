type Numbers = Float64Array | Uint32Array;

const PAGE_BITS = 13;
const PAGE_ROWS = 2 ** PAGE_BITS;

/** Rows of numbers that grow page by page: copying all of them to grow would need the room twice. */
export class Pages<T extends Numbers> {
  readonly #make: (length: number) => T;
  readonly #columns: number;
  readonly #pages: T[] = [];

  constructor(make: (length: number) => T, columns: number) {
    this.#make = make;
    this.#columns = columns;
  }

  get(row: number, column: number): number {
    const page = this.#pages[row >>> PAGE_BITS];
    return page?.[(row & (PAGE_ROWS - 1)) * this.#columns + column] ?? 0;
  }

  set(row: number, column: number, value: number): void {
    const number = row >>> PAGE_BITS;
    while (this.#pages.length <= number) this.#pages.push(this.#make(PAGE_ROWS * this.#columns));
    const page = this.#pages[number];
    if (page !== undefined) page[(row & (PAGE_ROWS - 1)) * this.#columns + column] = value;
  }

  /** Lets go of the pages behind so many rows. */
  shorten(rows: number): void {
    this.#pages.length = Math.ceil(rows / PAGE_ROWS);
  }
}
