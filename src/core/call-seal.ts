import { Buffer } from 'node:buffer';
import { type Chunk, type Column, emptyChunk } from './call-chunk.ts';

/** A copy of a chunk that is full, in as few bytes as its numbers need: about half of what they took. */
export function sealed(chunk: Chunk): Chunk {
  const { rows, tables, early, late, start, sandbox, raws, odd, extras } = chunk;
  const at = shrunk(chunk.at, rows);
  const end = shrunk(chunk.end, rows);
  const offset = shrunk(chunk.offset, rows);
  const line = shrunk(chunk.line, rows);
  const bytes = shrunk(chunk.bytes, rows);
  const whole = (column: Column): Column => shrunk(column, rows, 0).column;
  return {
    tables,
    rows,
    bases: { at: at.base, end: end.base, offset: offset.base, line: line.base, bytes: bytes.base },
    at: at.column,
    early,
    late,
    start,
    end: end.column,
    offset: offset.column,
    line: line.column,
    bytes: bytes.column,
    index: whole(chunk.index),
    nanos: whole(chunk.nanos),
    frame: whole(chunk.frame),
    episode: whole(chunk.episode),
    sandbox,
    said: whole(chunk.said),
    idEnd: whole(chunk.idEnd),
    ids: Buffer.from(new Uint8Array(chunk.ids.subarray(0, rows === 0 ? 0 : chunk.idEnd[rows - 1])).buffer),
    raws,
    odd,
    extras,
  };
}

/** The same chunk without its calls: for others. */
export function emptied(chunk: Chunk): Chunk {
  const { ids, ...none } = emptyChunk(chunk.tables, 0);
  const { at, end, offset, line, bytes, index, nanos, frame, episode, said, idEnd } = chunk;
  return { ...none, ids: chunk.ids, at, end, offset, line, bytes, index, nanos, frame, episode, said, idEnd };
}

interface Shrunk {
  readonly base: number;
  readonly column: Column;
}

/** The numbers less a base, mostly the least of them. */
function shrunk(numbers: Column, rows: number, base?: number): Shrunk {
  let least = Infinity;
  let greatest = -Infinity;
  let isWhole = true;
  for (let row = 0; row < rows; row++) {
    const number = numbers[row] ?? 0;
    if (number < least) least = number;
    if (number > greatest) greatest = number;
    isWhole &&= Number.isSafeInteger(number);
  }
  const from = base ?? least;
  const column = isWhole ? columnFor(greatest - from, rows) : undefined;
  if (column === undefined || from < 0) return { base: 0, column: numbers.slice(0, rows) };
  for (let row = 0; row < rows; row++) column[row] = (numbers[row] ?? 0) - from;
  return { base: from, column };
}

/** Undefined where numbers are too large to be made smaller. */
function columnFor(greatest: number, rows: number): Column | undefined {
  if (greatest <= 0xff) return new Uint8Array(rows);
  if (greatest <= 0xffff) return new Uint16Array(rows);
  return greatest <= 0xffffffff ? new Uint32Array(rows) : undefined;
}
