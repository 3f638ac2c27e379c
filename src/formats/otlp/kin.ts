import { sha256 } from '../../core/digest.ts';

/** Of a span: 16 bytes of its trace's id, 8 of its own, 8 of its parent's, which are all zeros where there is none. */
export const KIN = { trace: 0, span: 4, parent: 6 } as const;
export const KIN_WORDS = 8;

interface Ids {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
}

/** Puts the ids of a span among other numbers. Equal words are equal ids. */
export function putKin(words: Uint32Array, at: number, { traceId, spanId, parentId }: Ids): void {
  putId(words, at + KIN.trace, traceId, KIN.span - KIN.trace);
  putId(words, at + KIN.span, spanId, KIN.parent - KIN.span);
  if (parentId === undefined) words.fill(0, at + KIN.parent, at + KIN_WORDS);
  else putId(words, at + KIN.parent, parentId, KIN_WORDS - KIN.parent);
}

/** Digits of a word. */
const DIGITS = 8;
const NO_DIGIT = 16;
/** By the code of a character: lower-case hex. */
const VALUES = new Uint8Array(128).fill(NO_DIGIT);
for (let value = 0; value < NO_DIGIT; value++) VALUES[value.toString(NO_DIGIT).charCodeAt(0)] = value;

/** What is no hex of the usual length is as good as never the same as another id. */
function putId(words: Uint32Array, at: number, text: string, count: number): void {
  if (!putHex(words, at, text, count)) putHex(words, at, sha256(text).slice(0, count * DIGITS), count);
}

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

/** The trace's id, where it is as ids are. */
export function traceIdOf(words: Uint32Array, at: number): string {
  return hexOf(words, at + KIN.trace, KIN.span - KIN.trace);
}

/** The span's own id, where it is as ids are. */
export function spanIdOf(words: Uint32Array, at: number): string {
  return hexOf(words, at + KIN.span, KIN.parent - KIN.span);
}

/** Undefined where there is none. */
export function parentIdOf(words: Uint32Array, at: number): string | undefined {
  const id = hexOf(words, at + KIN.parent, KIN_WORDS - KIN.parent);
  return /[^0]/.test(id) ? id : undefined;
}

function hexOf(words: Uint32Array, at: number, count: number): string {
  let text = '';
  for (let i = 0; i < count; i++) text += (words[at + i] ?? 0).toString(NO_DIGIT).padStart(DIGITS, '0');
  return text;
}
