import { Buffer, isAscii } from 'node:buffer';
import type { Heading } from '../../model/format.ts';
import { type Continues, endOfUnits } from './units.ts';

export const NEWLINE = 10;
/** Strings up to this length live and die in V8's young generation. */
const PIECE_BYTES = 96 * 1024;

/** A chunk of a file, or the one that it begins with. */
export interface Chunk {
  readonly chunk: Uint8Array;
  readonly isFirst: boolean;
  /** Whether it begins with a line; told by the chunk before where this is absent. */
  readonly startsLine?: boolean;
  /** Of chunks that several looks share: the headings before this one, see `Format.headings`. */
  readonly heading?: Heading;
}

/** Lines of a chunk that stand together: from the start of one to behind the line feed of one. */
export interface Stretch {
  readonly chunk: Buffer;
  readonly from: number;
  readonly to: number;
}

/** A piece of a stretch, which begins and ends with a line too. */
export interface Piece {
  readonly bytes: Buffer;
  /** Where it begins in the chunk. */
  readonly base: number;
}

export function endsLine(chunk: Uint8Array): boolean {
  return chunk.at(-1) === NEWLINE;
}

/** The lines that begin and end in a chunk; the first is not known to be whole unless the chunk `startsLine`. */
export function stretchOf(bytes: Uint8Array, { startsLine }: { readonly startsLine: boolean }): Stretch {
  const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    chunk,
    from: startsLine ? 0 : chunk.indexOf(NEWLINE) + 1,
    to: chunk.lastIndexOf(NEWLINE) + 1,
  };
}

/** With `continues` each ends between events, where that can be. */
export function* piecesOf({ chunk, from, to }: Stretch, continues?: Continues): Generator<Piece> {
  const lines = chunk.subarray(0, to);
  for (let base = from; base < to; ) {
    const end = endOfPiece(lines, base, continues);
    yield { bytes: chunk.subarray(base, end), base };
    base = end;
  }
}

/** `lines` ends with a line. */
function endOfPiece(lines: Buffer, from: number, continues: Continues | undefined): number {
  if (from + PIECE_BYTES >= lines.length) return lines.length;
  const last = lines.lastIndexOf(NEWLINE, from + PIECE_BYTES) + 1;
  if (last <= from) return lines.indexOf(NEWLINE, from) + 1;
  const units = continues === undefined ? 0 : endOfUnits(lines.subarray(from, last), continues);
  return units > 0 ? from + units : last;
}

/** Each line without its line feed, and where it stands in the chunk. */
export function eachLine({ bytes, base }: Piece, take: (line: string, from: number, to: number) => void): void {
  if (isAscii(bytes)) {
    const text = bytes.toString('latin1');
    for (let from = 0, to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from))
      take(text.slice(from, to), base + from, base + to);
    return;
  }
  for (let from = 0, to = bytes.indexOf(NEWLINE); to >= 0; from = to + 1, to = bytes.indexOf(NEWLINE, from))
    take(bytes.toString('utf8', from, to), base + from, base + to);
}
