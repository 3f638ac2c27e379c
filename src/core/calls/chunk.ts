import { Buffer } from 'node:buffer';
import type { ToolCallEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import { compact } from '../json/json.ts';
import type { Frame } from './frame.ts';
import type { NameTable, SaidTable } from './texts.ts';

type InColumns = 'kind' | 'time' | 'ref' | 'episodeId' | 'index' | 'callId' | 'command' | 'argumentsText' | 'sandboxId';
/** No rule or report reads what a tool answered, and it is the longest part of most calls. */
type Forgotten = 'output';
type Rest = Omit<ToolCallEvent, keyof Frame | InColumns | 'start' | 'end' | Forgotten>;

/** What few calls have. */
export interface Extras {
  readonly rest: Rest;
  readonly yearAssumed: true | undefined;
  readonly observed: Micros | undefined;
}

/** What does not fit into the columns of the others. */
interface Odd {
  readonly lo: Micros;
  readonly hi: Micros;
  readonly start: Micros | undefined;
  readonly end: Micros | undefined;
  readonly callId: string | undefined;
}

/** What the rows of all chunks of a log refer to by numbers. */
export interface Tables {
  readonly frames: readonly Frame[];
  /** Of episodes and sandboxes. */
  readonly names: NameTable;
  readonly said: SaidTable;
}

export const CHUNK_ROWS = 4096;
const ID_BYTES = 16;
const NO_BYTES = Buffer.alloc(0);
/** In `start` and `end`: there is none. */
export const NONE = 0xffffffff;

/** Numbers, of as few bytes each as they need. */
export type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** What is to be added to the numbers of a column: so much, and so much for each row. */
export interface Ramp {
  readonly base: number;
  readonly slope: number;
}

interface Ramps {
  readonly at: Ramp;
  readonly end: Ramp;
  readonly offset: Ramp;
  readonly line: Ramp;
  readonly bytes: Ramp;
  readonly said: Ramp;
  readonly idEnd: Ramp;
}

const FLAT: Ramp = { base: 0, slope: 0 };
const NO_RAMPS: Ramps = { at: FLAT, end: FLAT, offset: FLAT, line: FLAT, bytes: FLAT, said: FLAT, idEnd: FLAT };

/** The number in a row of a column. */
export function risen(column: Column, { base, slope }: Ramp, row: number): number {
  return (column[row] ?? 0) + base + slope * row;
}

/** So many calls. Times but `at` are microseconds before or behind it. Columns that may be undefined are made when a row needs them. */
export interface Chunk {
  readonly tables: Tables;
  rows: number;
  readonly ramps: Ramps;
  readonly at: Column;
  /** One more than what it is; 0 where it is the slack of the call, and what it lasted before `late`. */
  early: Column | undefined;
  late: Column | undefined;
  start: Column | undefined;
  readonly end: Column;
  readonly offset: Column;
  readonly line: Column;
  readonly bytes: Column;
  readonly index: Column;
  /** How the raw stamp follows from the time, see `raw.ts`: mostly the last three digits of nanoseconds. */
  readonly nanos: Column;
  readonly frame: Column;
  readonly episode: Column;
  sandbox: Column | undefined;
  readonly said: Column;
  /** Where its id ends among all ids; it begins with the one before it. One byte a character, nothing for none. */
  readonly idEnd: Column;
  ids: Buffer;
  /** What all ids begin with, which stands nowhere else. */
  readonly idPrefix: Buffer;
  /** Made when the first row of the chunk needs them. */
  raws: (string | undefined)[] | undefined;
  odd: (Odd | undefined)[] | undefined;
  extras: (Extras | undefined)[] | undefined;
}

export function emptyChunk(tables: Tables, rows = CHUNK_ROWS): Chunk {
  const numbers = () => new Uint32Array(rows);
  return {
    tables,
    rows: 0,
    ramps: NO_RAMPS,
    at: new Float64Array(rows),
    early: undefined,
    late: undefined,
    start: undefined,
    end: numbers(),
    offset: new Float64Array(rows),
    line: numbers(),
    bytes: numbers(),
    index: numbers(),
    nanos: new Uint16Array(rows),
    frame: numbers(),
    episode: numbers(),
    sandbox: undefined,
    said: numbers(),
    idEnd: numbers(),
    ids: Buffer.alloc(rows * ID_BYTES),
    idPrefix: NO_BYTES,
    raws: undefined,
    odd: undefined,
    extras: undefined,
  };
}

/** In a column of numbers that is made for the first one but 0. */
export function setSeldom(
  chunk: Chunk,
  name: 'early' | 'late' | 'start' | 'sandbox',
  row: number,
  value: number,
): void {
  const known = chunk[name];
  if (known !== undefined) known[row] = value;
  else if (value !== 0) {
    const column = new Uint32Array(chunk.at.length);
    column[row] = value;
    chunk[name] = column;
  }
}

/** In a column that few chunks have. */
export function setRare<K extends 'raws' | 'odd' | 'extras'>(
  chunk: Chunk,
  name: K,
  row: number,
  value: NonNullable<Chunk[K]>[number] | undefined,
): void {
  const list: (typeof value)[] = chunk[name] ?? [];
  list[row] = value;
  Object.assign(chunk, { [name]: list });
}

/** Where ids are put, with room for so many bytes. */
export function roomForIds(chunk: Chunk, bytes: number): Buffer {
  if (bytes > chunk.ids.length) {
    const ids = Buffer.alloc(Math.max(chunk.ids.length * 2, bytes));
    ids.set(chunk.ids);
    chunk.ids = ids;
  }
  return chunk.ids;
}

/** Undefined where a call has nothing but what stands in columns and frames. */
export function extrasOf(event: ToolCallEvent): Extras | undefined {
  const { yearAssumed, observed } = event.time;
  const rest = restOf(event);
  return rest === undefined && yearAssumed === undefined && observed === undefined
    ? undefined
    : { rest: rest ?? {}, yearAssumed, observed };
}

/** One by one: a call of a million has no time for loops over names. */
function restOf(event: ToolCallEvent): Rest | undefined {
  const { exit, background, cwd, agentPath, containerId, pid, step, execs, truncated } = event;
  const isBare =
    exit === undefined &&
    background === undefined &&
    cwd === undefined &&
    agentPath === undefined &&
    containerId === undefined &&
    pid === undefined &&
    step === undefined &&
    execs === undefined &&
    truncated === undefined;
  if (isBare) return undefined;
  // A field that is new in the model has to be named here, or this does not compile.
  const all: Required<{ [K in keyof Rest]: Rest[K] | undefined }> = {
    exit,
    background,
    cwd,
    agentPath,
    containerId,
    pid,
    step,
    execs,
    truncated,
  };
  return compact(all);
}
