import { Buffer } from 'node:buffer';
import type { AlikeCall } from '../model/call-cutter.ts';
import type { ToolCallEvent } from '../model/event.ts';
import type { EventTime, Micros } from '../model/time.ts';
import type { Frame } from './call-frame.ts';
import type { NameTable, SaidTable } from './call-texts.ts';
import { compact } from './json.ts';

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
/** In `nanos`: the raw stamp is something else. */
export const OTHER_RAW = 0xffff;
/** In `start` and `end`: there is none. */
export const NONE = 0xffffffff;
const LARGEST = 0xfffffffd;

/** So many calls. Times but `at` are microseconds before or behind it. Columns that may be undefined are made when a row needs them. */
export interface Chunk {
  readonly tables: Tables;
  rows: number;
  readonly at: Float64Array;
  /** One more than what it is; 0 where it is the slack of the call, and what it lasted before `late`. */
  early: Uint32Array | undefined;
  late: Uint32Array | undefined;
  start: Uint32Array | undefined;
  readonly end: Uint32Array;
  readonly offset: Float64Array;
  readonly line: Uint32Array;
  readonly bytes: Uint32Array;
  readonly index: Uint32Array;
  /** The last three digits of a raw stamp that is the time in nanoseconds. */
  readonly nanos: Uint16Array;
  readonly frame: Uint32Array;
  readonly episode: Uint32Array;
  sandbox: Uint32Array | undefined;
  readonly said: Uint32Array;
  /** Where its id ends among all ids; it begins with the one before it. One byte a character, nothing for none. */
  readonly idEnd: Uint32Array;
  ids: Buffer;
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
    raws: undefined,
    odd: undefined,
    extras: undefined,
  };
}

/** Puts a call into the next row. */
export function putCall(chunk: Chunk, frame: number, event: ToolCallEvent): void {
  const row = chunk.rows;
  const { time, ref } = event;
  chunk.at[row] = time.at;
  chunk.offset[row] = ref.offset;
  chunk.line[row] = ref.line;
  chunk.bytes[row] = ref.bytes;
  chunk.index[row] = event.index;
  chunk.frame[row] = frame;
  chunk.episode[row] = chunk.tables.names.numberOf(event.episodeId);
  setSeldom(chunk, 'sandbox', row, chunk.tables.names.numberOf(event.sandboxId));
  chunk.said[row] = chunk.tables.said.numberOf(event);
  const nanos = nanosOf(time);
  chunk.nanos[row] = nanos;
  if (nanos === OTHER_RAW) setRare(chunk, 'raws', row, time.raw);
  const hasPlainId = putId(chunk, row, event.callId);
  if (!putTimes(chunk, row, event) || !hasPlainId) {
    const { start, end, callId } = event;
    setRare(chunk, 'odd', row, { lo: time.lo, hi: time.hi, start, end, callId });
  }
  const extras = extrasOf(event);
  if (extras !== undefined) setRare(chunk, 'extras', row, extras);
  chunk.rows++;
}

/** Numbers of what alike calls have in common. */
export interface Like {
  readonly frame: number;
  readonly sandbox: number;
}

/** Numbers of what a call that is like another has of its own. */
interface Own {
  readonly like: Like;
  readonly said: number;
  readonly episode: number;
}

/** Puts a call into the next row that another one is like. */
export function putAlike(chunk: Chunk, call: AlikeCall, own: Own): void {
  const { ref, start, end, nanos, callId } = call;
  const row = chunk.rows;
  const lasted = end - start;
  const { earlyUs, lateUs } = call.like.slack;
  chunk.at[row] = start;
  setSeldom(chunk, 'early', row, 0);
  setSeldom(chunk, 'late', row, 0);
  setSeldom(chunk, 'start', row, 0);
  chunk.end[row] = lasted;
  chunk.offset[row] = ref.offset;
  chunk.line[row] = ref.line;
  chunk.bytes[row] = ref.bytes;
  chunk.index[row] = 0;
  chunk.nanos[row] = nanos;
  chunk.frame[row] = own.like.frame;
  chunk.episode[row] = own.episode;
  setSeldom(chunk, 'sandbox', row, own.like.sandbox);
  chunk.said[row] = own.said;
  const isPlain = putId(chunk, row, callId);
  if (!isPlain || !fits(lasted) || lasted + lateUs > LARGEST) {
    const lo = (start - earlyUs) as Micros;
    const hi = (Math.max(end, start) + lateUs) as Micros;
    setRare(chunk, 'odd', row, { lo, hi, start, end, callId });
  }
  chunk.rows++;
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

/** False where they are farther apart than the columns can say. */
function putTimes(chunk: Chunk, row: number, { time, start, end, slack }: ToolCallEvent): boolean {
  const early = time.at - time.lo;
  const late = time.hi - time.at;
  const from = start === undefined ? NONE : start - time.at;
  const to = end === undefined ? NONE : end - time.at;
  const usualLate = (to === NONE ? 0 : Math.max(to, 0)) + slack.lateUs;
  setSeldom(chunk, 'early', row, early === slack.earlyUs ? 0 : early + 1);
  setSeldom(chunk, 'late', row, late === usualLate ? 0 : late + 1);
  setSeldom(chunk, 'start', row, from);
  chunk.end[row] = to;
  return fits(early) && fits(late) && (from === NONE || fits(from)) && (to === NONE || fits(to));
}

function fits(number: number): boolean {
  return number >= 0 && number <= LARGEST && Number.isInteger(number);
}

/** False where it has other characters than the column takes. */
function putId(chunk: Chunk, row: number, id: string | undefined): boolean {
  const from = row === 0 ? 0 : (chunk.idEnd[row - 1] ?? 0);
  chunk.idEnd[row] = from;
  if (id === undefined) return true;
  const ids = roomForIds(chunk, from + id.length);
  let all = id.length === 0 ? LARGEST : 0;
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    ids[from + i] = code;
    all |= code;
  }
  if (all > 0xff) return false;
  chunk.idEnd[row] = from + id.length;
  return true;
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

/** Digits of an epoch in microseconds, between 2001 and 2286. */
const MICROS_DIGITS = 16;
const NANOS_DIGITS = MICROS_DIGITS + 3;

function nanosOf({ raw, at }: EventTime): number {
  if (raw.length !== NANOS_DIGITS) return OTHER_RAW;
  let micros = 0;
  let nanos = 0;
  for (let i = 0; i < NANOS_DIGITS; i++) {
    const digit = raw.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return OTHER_RAW;
    if (i < MICROS_DIGITS) micros = micros * 10 + digit;
    else nanos = nanos * 10 + digit;
  }
  return micros === at && at >= 1e15 && at <= Number.MAX_SAFE_INTEGER ? nanos : OTHER_RAW;
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
