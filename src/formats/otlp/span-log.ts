/** Which span it was, under which other one, and which episode it names. */
export interface Kin {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly key: string | undefined;
}

/** Of the ids: 16 bytes of the trace, 8 of the span, 8 of its parent, which are all zeros where there is none; and its key. */
const WORDS = 9;
const SPAN = 4;
const PARENT = 6;
const KEY = 8;
const FIRST_ROWS = 64;

/** Spans in the order in which they were noted, as numbers, because there are very many; as many as there is room for. */
export class SpanLog {
  readonly #most: number;
  #words = new Uint32Array(FIRST_ROWS * WORDS);
  /** 0 for none. */
  readonly #keys: (string | undefined)[] = [undefined];
  readonly #numbers = new Map<string | undefined, number>([[undefined, 0]]);
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** False, and nothing is noted, where there is no more room, or the ids are no lower-case hex of the usual length. */
  note({ traceId, spanId, parentId, key }: Kin): boolean {
    if (this.#count >= this.#most) return false;
    const at = this.#count * WORDS;
    if (at >= this.#words.length) this.#grow();
    const words = this.#words;
    if (!putHex(words, at, traceId, SPAN) || !putHex(words, at + SPAN, spanId, PARENT - SPAN)) return false;
    if (parentId === undefined) words.fill(0, at + PARENT, at + KEY);
    else if (!putHex(words, at + PARENT, parentId, KEY - PARENT)) return false;
    words[at + KEY] = this.#numberOf(key);
    this.#count++;
    return true;
  }

  #numberOf(key: string | undefined): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#keys.push(key) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
  }

  *all(): Generator<Kin> {
    for (let at = 0; at < this.#count * WORDS; at += WORDS) {
      const hex = (from: number, to: number): string => hexOf(this.#words.subarray(at + from, at + to));
      const parentId = hex(PARENT, KEY);
      yield {
        traceId: hex(0, SPAN),
        spanId: hex(SPAN, PARENT),
        parentId: /[^0]/.test(parentId) ? parentId : undefined,
        key: this.#keys[this.#words[at + KEY] ?? 0],
      };
    }
  }
}

/** Digits of a word. */
const DIGITS = 8;
const NO_DIGIT = 16;
/** By the code of a character. */
const VALUES = new Uint8Array(128).fill(NO_DIGIT);
for (let value = 0; value < NO_DIGIT; value++) VALUES[value.toString(NO_DIGIT).charCodeAt(0)] = value;

function putHex(words: Uint32Array, at: number, text: string, count: number): boolean {
  if (text.length !== count * DIGITS) return false;
  let all = 0;
  for (let n = 0, i = 0; n < count; n++) {
    let word = 0;
    for (const end = i + DIGITS; i < end; i++) {
      const digit = VALUES[text.charCodeAt(i)] ?? NO_DIGIT;
      all |= digit;
      word = (word << 4) | digit;
    }
    words[at + n] = word;
  }
  return all < NO_DIGIT;
}

function hexOf(words: Uint32Array): string {
  return Array.from(words, (word) => word.toString(16).padStart(DIGITS, '0')).join('');
}
