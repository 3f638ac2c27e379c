import type { Micros } from '../../model/time.ts';
import { Uint32List } from '../packed/uint32-list.ts';
import type { CallBlock, CallRows } from './block.ts';
import { type Chunk, type Column, roomForIds, setRare, setSeldom, type Tables } from './chunk.ts';
import type { Frames } from './frame.ts';
import { isQuoted } from './texts.ts';

/** What the numbers of a writer are in a log. */
export interface Numbers {
  readonly frames: number[];
  readonly names: number[];
  /** Of texts, and of arguments that are still to be read. */
  readonly said: number[];
  readonly quoted: Uint32List;
}

export function noNumbers(): Numbers {
  return { frames: [], names: [], said: [], quoted: new Uint32List() };
}

/** Numbers of one writer, as its blocks tell them one after the other. */
export function learnNumbers(known: Numbers | undefined, block: CallBlock, frames: Frames, tables: Tables): Numbers {
  const numbers = known === undefined || block.isFirst ? noNumbers() : known;
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
  const quoted = tables.said.addQuoted(block.quoted);
  for (let place = 0; place < block.quoted.ends.length; place++) numbers.quoted.push(quoted(place));
  return numbers;
}

/** Where the lines of a block begin in their file, and which calls of their episodes it is that are copied. */
export interface Place {
  readonly line: number;
  readonly offset: number;
  readonly indexes: Uint32Array;
}

interface Copying {
  readonly from: CallRows;
  /** The first of the rows that are copied. */
  readonly first: number;
  readonly numbers: Numbers;
  readonly place: Place;
}

/** Copies rows of a block into the next rows of a chunk that has room for them, column by column. */
export function copyRows(chunk: Chunk, copying: Copying): void {
  const { from, first, numbers, place } = copying;
  const row = chunk.rows;
  const count = place.indexes.length;
  const part = (column: Column): Column => column.subarray(first, first + count);
  chunk.at.set(part(from.at), row);
  chunk.end.set(part(from.end), row);
  chunk.bytes.set(part(from.bytes), row);
  chunk.nanos.set(part(from.nanos), row);
  chunk.index.set(place.indexes, row);
  for (let i = 0; i < count; i++) {
    chunk.offset[row + i] = (from.offset[first + i] ?? 0) + place.offset;
    chunk.line[row + i] = (from.line[first + i] ?? 0) + place.line;
    chunk.frame[row + i] = numbers.frames[from.frame[first + i] ?? 0] ?? 0;
    chunk.episode[row + i] = numbers.names[from.episode[first + i] ?? 0] ?? 0;
    chunk.said[row + i] = saidOf(from.said[first + i] ?? 0, numbers);
  }
  copySeldom(chunk, copying);
  copyIds(chunk, copying);
  chunk.rows += count;
}

function saidOf(number: number, { said, quoted }: Numbers): number {
  return isQuoted(number) ? quoted.at((number - 1) / 2) : (said[number / 2] ?? 0);
}

function copySeldom(chunk: Chunk, { from, first, numbers, place }: Copying): void {
  for (let i = 0; i < place.indexes.length; i++) {
    const [row, source] = [chunk.rows + i, first + i];
    if (from.early !== undefined) setSeldom(chunk, 'early', row, from.early[source] ?? 0);
    if (from.late !== undefined) setSeldom(chunk, 'late', row, from.late[source] ?? 0);
    if (from.start !== undefined) setSeldom(chunk, 'start', row, from.start[source] ?? 0);
    if (from.sandbox !== undefined) setSeldom(chunk, 'sandbox', row, numbers.names[from.sandbox[source] ?? 0] ?? 0);
    if (from.raws?.[source] !== undefined) setRare(chunk, 'raws', row, from.raws[source]);
    if (from.odd?.[source] !== undefined) setRare(chunk, 'odd', row, from.odd[source]);
    if (from.extras?.[source] !== undefined) setRare(chunk, 'extras', row, from.extras[source]);
  }
}

function copyIds(chunk: Chunk, { from: { ids, idEnd }, first, place }: Copying): void {
  const row = chunk.rows;
  const count = place.indexes.length;
  const begin = first === 0 ? 0 : (idEnd[first - 1] ?? 0);
  const to = row === 0 ? 0 : (chunk.idEnd[row - 1] ?? 0);
  const end = idEnd[first + count - 1] ?? begin;
  roomForIds(chunk, to + end - begin).set(ids.subarray(begin, end), to);
  for (let i = 0; i < count; i++) chunk.idEnd[row + i] = (idEnd[first + i] ?? 0) - begin + to;
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
