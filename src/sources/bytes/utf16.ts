import { Buffer } from 'node:buffer';
import type { ByteReader } from './byte-reader.ts';

/** As Windows writes text: told by its byte order mark, or by the halves of the first two letters. */
export type Utf16 = 'utf-16le' | 'utf-16be';

export function utf16Of(head: Uint8Array): Utf16 | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = head;
  if (a === 0xff && b === 0xfe && !(c === 0 && d === 0)) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (isLetter(a) && b === 0 && isLetter(c) && d === 0) return 'utf-16le';
  return a === 0 && isLetter(b) && c === 0 && isLetter(d) ? 'utf-16be' : undefined;
}

function isLetter(byte: number): boolean {
  return byte >= 32 && byte < 127;
}

/** The same text in UTF-8, without its mark. */
export async function* utf8Of(reader: ByteReader, encoding: Utf16): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  while (await reader.fill(1)) {
    const text = decoder.decode(reader.take(reader.rest.length), { stream: true });
    if (text !== '') yield Buffer.from(text);
  }
  const rest = decoder.decode();
  if (rest !== '') yield Buffer.from(rest);
}
