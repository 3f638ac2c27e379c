import { Buffer } from 'node:buffer';
import type { Look } from '../../model/format.ts';

const NEWLINE = 10;
/** Lines before the end of a stretch in which its last unit is looked for first. */
const TAIL_BYTES = 16 * 1024;

/** Whether a line goes on with the event of one before it, see `Look.continues`. */
export type Continues = NonNullable<Look['continues']>;

/** The line feed behind the unit that begins at a place of a text which ends with one: a line, or those of an event that stand together. */
export function endOfUnit(text: string, from: number, continues: Continues | undefined): number {
  let to = text.indexOf('\n', from);
  if (continues === undefined) return to;
  while (to + 1 < text.length && continues(text, from, to + 1)) to = text.indexOf('\n', to + 1);
  return to;
}

/** The same of bytes. */
export function endOfUnitAt(bytes: Buffer, from: number, continues: Continues): number {
  let to = bytes.indexOf(NEWLINE, from);
  const first = bytes.toString('latin1', from, to + 1);
  for (let next = to; next + 1 < bytes.length; to = next) {
    next = bytes.indexOf(NEWLINE, to + 1);
    if (!continues(first + bytes.toString('latin1', to + 1, next + 1), 0, first.length)) break;
  }
  return to;
}

/** Behind the last unit but one of a stretch that begins with a line: the last may go on behind it. 0 where it holds no two. */
export function endOfUnits(bytes: Uint8Array, continues: Continues): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.lastIndexOf(NEWLINE) + 1;
  for (let size = TAIL_BYTES; ; size *= 4) {
    const start = size >= end ? 0 : buffer.indexOf(NEWLINE, end - size) + 1;
    const last = startOfLast(buffer.toString('latin1', start, end), continues);
    if (last > 0) return start + last;
    if (size >= end) return 0;
  }
}

/** Where the last unit of a text begins. */
function startOfLast(text: string, continues: Continues): number {
  let last = 0;
  for (let from = 0; from < text.length; from = endOfUnit(text, from, continues) + 1) last = from;
  return last;
}
