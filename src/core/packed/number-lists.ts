/** Lists take memory chunk by chunk; the last word of one tells where the next of its list begins. */
const CHUNK = 64;
const LINK = CHUNK - 4;
const PAGE = 65_536;

/** So many lists of numbers that mostly grow: kept is by how much, in a byte or two. */
export class NumberLists {
  readonly #words: Uint32Array[] = [];
  readonly #bytes: Uint8Array[] = [];
  /** Nothing stands in the first chunk: where 0 is told, there is none. */
  #room = CHUNK;
  /** Of each list, where it begins and where its next byte goes, its last number and how many it has. */
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #last: Uint32Array;
  readonly #lengths: Uint32Array;

  constructor(lists: number) {
    this.#starts = new Uint32Array(lists);
    this.#ends = new Uint32Array(lists);
    this.#last = new Uint32Array(lists);
    this.#lengths = new Uint32Array(lists);
  }

  add(list: number, number: number): void {
    const more = number - (this.#last[list] ?? 0);
    let rest = more < 0 ? -2 * more - 1 : 2 * more;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#put(list, (rest % 128) | 128);
    this.#put(list, rest);
    this.#last[list] = number;
    this.#lengths[list] = (this.#lengths[list] ?? 0) + 1;
  }

  /** The numbers of a list, from the smallest to the greatest. */
  of(list: number): Iterable<number> & { readonly length: number } {
    return new OneList(this, list);
  }

  lengthOf(list: number): number {
    return this.#lengths[list] ?? 0;
  }

  #put(list: number, byte: number): void {
    const end = this.#ends[list] ?? 0;
    const at = end === 0 || end % CHUNK === LINK ? this.#follow(list, end) : end;
    const page = this.#bytes[Math.floor(at / PAGE)];
    if (page !== undefined) page[at % PAGE] = byte;
    this.#ends[list] = at + 1;
  }

  /** Where the next chunk of a list begins. */
  #follow(list: number, end: number): number {
    const chunk = this.#room;
    this.#room += CHUNK;
    while (this.#words.length * PAGE < this.#room) {
      const words = new Uint32Array(PAGE / 4);
      this.#words.push(words);
      this.#bytes.push(new Uint8Array(words.buffer));
    }
    const before = this.#words[Math.floor(end / PAGE)];
    if (end === 0) this.#starts[list] = chunk;
    else if (before !== undefined) before[(end % PAGE) / 4] = chunk;
    return chunk;
  }

  read(list: number): Uint32Array {
    const numbers = new Uint32Array(this.#lengths[list] ?? 0);
    let at = this.#starts[list] ?? 0;
    let last = 0;
    for (let i = 0; i < numbers.length; i++) {
      let code = 0;
      for (let unit = 1, byte = 128; byte > 127; unit *= 128) {
        if (at % CHUNK === LINK) at = this.#words[Math.floor(at / PAGE)]?.[(at % PAGE) / 4] ?? 0;
        byte = this.#bytes[Math.floor(at / PAGE)]?.[at % PAGE] ?? 0;
        at++;
        code += (byte & 127) * unit;
      }
      last += code % 2 === 0 ? code / 2 : -(code + 1) / 2;
      numbers[i] = last;
    }
    return numbers.sort();
  }
}

/** There may be many lists: one takes no closures. */
class OneList {
  readonly #lists: NumberLists;
  readonly #list: number;

  constructor(lists: NumberLists, list: number) {
    this.#lists = lists;
    this.#list = list;
  }

  get length(): number {
    return this.#lists.lengthOf(this.#list);
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#lists.read(this.#list).values();
  }
}
