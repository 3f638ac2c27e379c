import { Buffer } from 'node:buffer';
import { CHUNK_ROWS, type Chunk, type Column, emptyChunk, type Ramp } from './chunk.ts';

/** A copy of a chunk that is full, in as few bytes as its numbers need: a third of what they took. */
export function sealed(chunk: Chunk): Chunk {
  const { rows, tables, early, late, start, sandbox, raws, odd, extras } = chunk;
  const prefix = prefixOf(chunk);
  const at = shrunk(chunk.at, rows);
  const end = shrunk(chunk.end, rows);
  const offset = shrunk(chunk.offset, rows);
  const line = shrunk(chunk.line, rows);
  const bytes = shrunk(chunk.bytes, rows);
  const said = shrunk(chunk.said, rows);
  const ids = withoutPrefix(chunk, prefix);
  const idEnd = shrunk(chunk.idEnd, rows, prefix);
  const seldom = (column: Column | undefined): Column | undefined => column && narrowed(column, rows);
  return {
    tables,
    rows,
    ramps: {
      at: at.ramp,
      end: end.ramp,
      offset: offset.ramp,
      line: line.ramp,
      bytes: bytes.ramp,
      said: said.ramp,
      idEnd: { ...idEnd.ramp, base: idEnd.ramp.base - prefix },
    },
    at: at.column,
    early: seldom(early),
    late: seldom(late),
    start: seldom(start),
    end: end.column,
    offset: offset.column,
    line: line.column,
    bytes: bytes.column,
    index: narrowed(chunk.index, rows),
    nanos: narrowed(chunk.nanos, rows),
    frame: narrowed(chunk.frame, rows),
    episode: narrowed(chunk.episode, rows),
    sandbox: seldom(sandbox),
    said: said.column,
    idEnd: idEnd.column,
    ids,
    idPrefix: Buffer.from(new Uint8Array(chunk.ids.subarray(0, prefix)).buffer),
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
  readonly ramp: Ramp;
  readonly column: Column;
}

/** Where all numbers are the same. */
const ZEROS = new Uint8Array(CHUNK_ROWS);

/** The numbers less what they grow by from row to row, or less the least of them. `less`: so much more for each row. */
function shrunk(numbers: Column, rows: number, less = 0): Shrunk {
  const [first, last] = [numbers[0] ?? 0, numbers[rows - 1] ?? 0];
  const slope = Math.floor((last - first) / Math.max(1, rows - 1)) - less;
  const [least, greatest, isWhole] = rangeOf(numbers, rows, less);
  const steep = slope > 0 ? rangeOf(numbers, rows, slope + less) : undefined;
  const isSteep = steep !== undefined && steep[1] - steep[0] < greatest - least;
  const ramp = isSteep ? { base: steep[0], slope } : { base: least, slope: 0 };
  const range = isSteep ? steep[1] - steep[0] : greatest - least;
  const column = isWhole && least >= 0 ? columnFor(range, rows) : undefined;
  if (column === undefined) return { ramp: { base: 0, slope: -less }, column: numbers.slice(0, rows) };
  const step = ramp.slope + less;
  if (column !== ZEROS) for (let row = 0; row < rows; row++) column[row] = (numbers[row] ?? 0) - ramp.base - step * row;
  return { ramp, column };
}

/** The least and the greatest number, less so much for each row, and whether all are whole. */
function rangeOf(numbers: Column, rows: number, slope: number): readonly [number, number, boolean] {
  let least = Infinity;
  let greatest = -Infinity;
  let isWhole = true;
  for (let row = 0; row < rows; row++) {
    const number = (numbers[row] ?? 0) - slope * row;
    if (number < least) least = number;
    if (number > greatest) greatest = number;
    if (Math.floor(number) !== number) isWhole = false;
  }
  return [least, greatest, isWhole && greatest <= Number.MAX_SAFE_INTEGER];
}

/** The numbers as they are, in as few bytes as they need. */
function narrowed(numbers: Column, rows: number): Column {
  const [, greatest] = rangeOf(numbers, rows, 0);
  const column = columnFor(greatest, rows);
  if (column === undefined) return numbers.slice(0, rows);
  if (column !== ZEROS) column.set(numbers.subarray(0, rows));
  return column;
}

/** Undefined where numbers are too large to be made smaller. */
function columnFor(greatest: number, rows: number): Column | undefined {
  if (greatest === 0 && rows <= ZEROS.length) return ZEROS;
  if (greatest <= 0xff) return new Uint8Array(rows);
  if (greatest <= 0xffff) return new Uint16Array(rows);
  return greatest <= 0xffffffff ? new Uint32Array(rows) : undefined;
}

/** How many bytes all ids begin with, less one at least: an id of which nothing is left would be none. */
function prefixOf({ rows, ids, idEnd }: Chunk): number {
  let length = (idEnd[0] ?? 0) - 1;
  for (let row = 1; row < rows && length > 0; row++) {
    const from = idEnd[row - 1] ?? 0;
    length = Math.min(length, (idEnd[row] ?? 0) - from - 1);
    for (let i = 0; i < length; i++) if (ids[i] !== ids[from + i]) length = i;
  }
  return Math.max(0, length);
}

function withoutPrefix({ rows, ids, idEnd }: Chunk, prefix: number): Buffer {
  const length = (idEnd[rows - 1] ?? 0) - prefix * rows;
  const rest = new Uint8Array(length);
  for (let row = 0, to = 0; row < rows; row++) {
    const from = (row === 0 ? 0 : (idEnd[row - 1] ?? 0)) + prefix;
    const end = idEnd[row] ?? 0;
    for (let i = from; i < end; i++) rest[to++] = ids[i] ?? 0;
  }
  return Buffer.from(rest.buffer);
}
