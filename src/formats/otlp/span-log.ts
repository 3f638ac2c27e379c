/** Which span it was, under which other one, and which episode it names. */
export interface Kin {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly key: string | undefined;
}

/** Of the ids: 16 bytes of the trace, 8 of the span, 8 of its parent, which are all zeros where there is none. */
const WORDS = 8;
const SPAN = 4;
const PARENT = 6;
const FIRST_ROWS = 64;

/** The spans noted last, up to a limit; the ids as numbers, because there are millions. */
export class SpanLog {
  readonly #limit: number;
  #words = new Uint32Array(0);
  readonly #keys: (string | undefined)[] = [];
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False where the ids are no lower-case hex of the usual length. */
  note({ traceId, spanId, parentId, key }: Kin): boolean {
    const row = this.#count % this.#limit;
    const at = row * WORDS;
    if (at >= this.#words.length) this.#grow();
    const words = this.#words;
    if (!putHex(words, at, traceId, SPAN) || !putHex(words, at + SPAN, spanId, PARENT - SPAN)) return false;
    if (parentId === undefined) words.fill(0, at + PARENT, at + WORDS);
    else if (!putHex(words, at + PARENT, parentId, WORDS - PARENT)) return false;
    this.#keys[row] = key;
    this.#count++;
    return true;
  }

  #grow(): void {
    const rows = Math.min(this.#limit, Math.max(FIRST_ROWS, (this.#words.length / WORDS) * 2));
    const words = new Uint32Array(rows * WORDS);
    words.set(this.#words);
    this.#words = words;
  }

  /** In the order in which they were noted. */
  *all(): Generator<Kin> {
    for (let n = Math.max(0, this.#count - this.#limit); n < this.#count; n++) {
      const row = n % this.#limit;
      const at = row * WORDS;
      const hex = (from: number, to: number): string => hexOf(this.#words.subarray(at + from, at + to));
      const parentId = hex(PARENT, WORDS);
      yield {
        traceId: hex(0, SPAN),
        spanId: hex(SPAN, PARENT),
        parentId: /[^0]/.test(parentId) ? parentId : undefined,
        key: this.#keys[row],
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
