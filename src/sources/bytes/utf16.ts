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

/** The same text in UTF-8, without its mark. What somebody else wrote behind it in another encoding stays as it is. */
export async function* utf8Of(reader: ByteReader, encoding: Utf16): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  let offset = 0;
  let held: Uint8Array = Buffer.alloc(0);
  let isPlain = false;
  while (await reader.fill(1)) {
    const bytes: Buffer = Buffer.concat([held, reader.take(reader.rest.length)]);
    const plainAt: number = isPlain ? 0 : plainFrom(bytes, offset);
    isPlain ||= bytes.length - plainAt >= PLAIN_RUN;
    const text = decoder.decode(bytes.subarray(0, plainAt), { stream: true });
    if (text !== '') yield Buffer.from(text);
    offset += plainAt;
    held = bytes.subarray(plainAt);
    if (!isPlain) continue;
    yield held;
    held = Buffer.alloc(0);
  }
  const rest = isPlain ? '' : decoder.decode(held);
  if (rest !== '') yield Buffer.from(rest);
}

/** In UTF-16 no so many bytes behind one another are letters, signs and line ends of ASCII: every second is NUL, or of a script. */
const PLAIN_RUN = 64;

/** Where a run of plain bytes begins that is long enough, or reaches to the end of these; their length where there is none. */
function plainFrom(bytes: Uint8Array, offset: number): number {
  let from = 0;
  for (let i = 0; i < bytes.length && i - from < PLAIN_RUN; i++) if (!isPlainByte(bytes[i] ?? 0)) from = i + 1;
  // A plain half of a letter before the run is of that letter.
  const isHalf = (offset + from) % 2 === 1 && from < bytes.length && bytes[from - 1] !== 0xbf;
  return isHalf ? from + 1 : from;
}

function isPlainByte(byte: number): boolean {
  return isLetter(byte) || byte === 9 || byte === 10 || byte === 13;
}
