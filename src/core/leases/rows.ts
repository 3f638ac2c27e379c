/** Of a host or address that is not stated. */
export const NO_NAME = 2 ** 32 - 1;

export const NUMBER = { start: 0, end: 1, offset: 2 } as const;
const NUMBERS = 3;
export const WORD = { sandbox: 0, host: 1, ip: 2, frame: 3, line: 4, bytes: 5, nth: 6 } as const;
const WORDS = 7;

const PAGE_BITS = 12;
const PAGE_ROWS = 1 << PAGE_BITS;
const IN_PAGE = PAGE_ROWS - 1;

/** A plain lease in numbers: of its names, of its frame, and how many leases came before it. */
export type LeaseRow = Readonly<Record<keyof typeof NUMBER | keyof typeof WORD, number>>;

interface Page {
  readonly numbers: Float64Array;
  readonly words: Uint32Array;
}

/** Rows as one thread hands them to another. */
export interface HandedRows {
  readonly pages: readonly Page[];
  readonly length: number;
}

/** Rows of numbers in pages: growing copies nothing, and only the last page has room that is not used. */
export class LeaseRows {
  readonly #pages: Page[];
  #length: number;

  constructor({ pages, length }: HandedRows = { pages: [], length: 0 }) {
    this.#pages = [...pages];
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  push(lease: LeaseRow): void {
    if (this.#length === this.#pages.length * PAGE_ROWS) this.#pages.push(newPage());
    const { numbers, words } = this.#pages[this.#length >> PAGE_BITS] as Page;
    const row = this.#length++ & IN_PAGE;
    const n = row * NUMBERS;
    numbers[n + NUMBER.start] = lease.start;
    numbers[n + NUMBER.end] = lease.end;
    numbers[n + NUMBER.offset] = lease.offset;
    const w = row * WORDS;
    words[w + WORD.sandbox] = lease.sandbox;
    words[w + WORD.host] = lease.host;
    words[w + WORD.ip] = lease.ip;
    words[w + WORD.frame] = lease.frame;
    words[w + WORD.line] = lease.line;
    words[w + WORD.bytes] = lease.bytes;
    words[w + WORD.nth] = lease.nth;
  }

  number(row: number, column: number): number {
    return this.#pages[row >> PAGE_BITS]?.numbers[(row & IN_PAGE) * NUMBERS + column] ?? 0;
  }

  word(row: number, column: number): number {
    return this.#pages[row >> PAGE_BITS]?.words[(row & IN_PAGE) * WORDS + column] ?? 0;
  }

  /** To be read only: no row can be added to a page that is cut off. */
  handed(): HandedRows {
    const last = this.#length & IN_PAGE;
    const pages = this.#pages.map((page, n) =>
      last > 0 && n === this.#pages.length - 1
        ? { numbers: page.numbers.slice(0, last * NUMBERS), words: page.words.slice(0, last * WORDS) }
        : page,
    );
    return { pages, length: this.#length };
  }
}

function newPage(): Page {
  return { numbers: new Float64Array(PAGE_ROWS * NUMBERS), words: new Uint32Array(PAGE_ROWS * WORDS) };
}
