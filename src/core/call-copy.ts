import type { Micros } from '../model/time.ts';
import type { CallBlock, CallRows } from './call-block.ts';
import { type Chunk, roomForIds, setRare, setSeldom, type Tables } from './call-chunk.ts';
import type { Frames } from './call-frame.ts';

/** What the numbers of a writer are in a log. */
export interface Numbers {
  readonly frames: number[];
  readonly names: number[];
  readonly said: number[];
}

/** Numbers of one writer, as its blocks tell them one after the other. */
export function learnNumbers(known: Numbers | undefined, block: CallBlock, frames: Frames, tables: Tables): Numbers {
  const numbers = known === undefined || block.isFirst ? { frames: [], names: [], said: [] } : known;
  for (const frame of block.frames) numbers.frames.push(frames.add(frame));
  for (const name of block.names) numbers.names.push(tables.names.numberOf(name));
  for (const [i, command] of block.commands.entries()) {
    const argumentsText = block.argumentsTexts[i];
    numbers.said.push(
      tables.said.numberOf({
        ...(command === undefined ? {} : { command }),
        ...(argumentsText === undefined ? {} : { argumentsText }),
      }),
    );
  }
  return numbers;
}

/** Where the lines of a block begin in their file, and which call of its episode it is that is copied. */
export interface Place {
  readonly line: number;
  readonly offset: number;
  readonly index: number;
}

/** Copies a row of a block into the next row of a chunk. */
export function copyRow(chunk: Chunk, from: CallRows, source: number, numbers: Numbers, place: Place): void {
  const row = chunk.rows++;
  chunk.at[row] = from.at[source] ?? 0;
  setSeldom(chunk, 'early', row, from.early?.[source] ?? 0);
  setSeldom(chunk, 'late', row, from.late?.[source] ?? 0);
  setSeldom(chunk, 'start', row, from.start?.[source] ?? 0);
  chunk.end[row] = from.end[source] ?? 0;
  chunk.offset[row] = (from.offset[source] ?? 0) + place.offset;
  chunk.line[row] = (from.line[source] ?? 0) + place.line;
  chunk.bytes[row] = from.bytes[source] ?? 0;
  chunk.index[row] = place.index;
  chunk.nanos[row] = from.nanos[source] ?? 0;
  chunk.frame[row] = numbers.frames[from.frame[source] ?? 0] ?? 0;
  chunk.episode[row] = numbers.names[from.episode[source] ?? 0] ?? 0;
  setSeldom(chunk, 'sandbox', row, numbers.names[from.sandbox?.[source] ?? 0] ?? 0);
  chunk.said[row] = numbers.said[from.said[source] ?? 0] ?? 0;
  copyId(chunk, row, from, source);
  if (from.raws?.[source] !== undefined) setRare(chunk, 'raws', row, from.raws[source]);
  if (from.odd?.[source] !== undefined) setRare(chunk, 'odd', row, from.odd[source]);
  if (from.extras?.[source] !== undefined) setRare(chunk, 'extras', row, from.extras[source]);
}

function copyId(chunk: Chunk, row: number, { ids, idEnd }: CallRows, source: number): void {
  const first = source === 0 ? 0 : (idEnd[source - 1] ?? 0);
  const length = (idEnd[source] ?? 0) - first;
  const from = row === 0 ? 0 : (chunk.idEnd[row - 1] ?? 0);
  const own = roomForIds(chunk, from + length);
  for (let i = 0; i < length; i++) own[from + i] = ids[first + i] ?? 0;
  chunk.idEnd[row] = from + length;
}

/** The first and the last moment of some rows; undefined where none has one. */
export function spanOf(from: CallRows, isTimed: (frame: number) => boolean): readonly [Micros, Micros] | undefined {
  let [first, last] = [Infinity, -Infinity];
  for (let row = 0; row < from.rows; row++) {
    const at = from.at[row] ?? 0;
    if (!isTimed(from.frame[row] ?? 0)) continue;
    if (at < first) first = at;
    if (at > last) last = at;
  }
  return first <= last ? [first as Micros, last as Micros] : undefined;
}
