import type { Buffer } from 'node:buffer';
import type { AlikeCall } from '../../model/call-cutter.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import { type Chunk, extrasOf, NONE, roomForIds, setRare, setSeldom } from './chunk.ts';
import { OTHER_RAW, rawNumberOf } from './raw.ts';

const LARGEST = 0xfffffffd;

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
  const nanos = rawNumberOf(time);
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

/** What alike calls have in common. */
export interface Like {
  readonly frame: number;
  readonly sandbox: number;
  readonly slack: ToolCallEvent['slack'];
}

/** Numbers of what a call that is like another has of its own. */
interface Own {
  readonly like: Like;
  readonly said: number;
  readonly episode: number;
}

/** A call that is like another, but for its id. */
export interface AlikeRow extends Own {
  readonly start: number;
  readonly end: number;
  readonly nanos: number;
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Puts a call into the next row that another one is like. */
export function putAlike(chunk: Chunk, { ref, start, end, nanos, callId }: AlikeCall, own: Own): void {
  const { line, offset, bytes } = ref;
  const row = { ...own, start, end, nanos, line, offset, bytes };
  const isPlain = putId(chunk, chunk.rows, callId);
  if (!putAlikeRow(chunk, row) || !isPlain) putOdd(chunk, row, callId);
  chunk.rows++;
}

/** The same of one whose id stands there among other bytes. */
export function putAlikeBytes(chunk: Chunk, row: AlikeRow, ids: Buffer, from: number, to: number): void {
  const first = chunk.rows === 0 ? 0 : (chunk.idEnd[chunk.rows - 1] ?? 0);
  const own = roomForIds(chunk, first + to - from);
  for (let i = from; i < to; i++) own[first + i - from] = ids[i] ?? 0;
  chunk.idEnd[chunk.rows] = first + to - from;
  if (!putAlikeRow(chunk, row)) putOdd(chunk, row, ids.toString('latin1', from, to));
  chunk.rows++;
}

/** False where its times are farther apart than the columns can say. */
function putAlikeRow(chunk: Chunk, call: AlikeRow): boolean {
  const { like, start, end } = call;
  const row = chunk.rows;
  const lasted = end - start;
  chunk.at[row] = start;
  // Other calls of the chunk may have them.
  if (chunk.early !== undefined) chunk.early[row] = 0;
  if (chunk.late !== undefined) chunk.late[row] = 0;
  if (chunk.start !== undefined) chunk.start[row] = 0;
  chunk.end[row] = lasted;
  chunk.offset[row] = call.offset;
  chunk.line[row] = call.line;
  chunk.bytes[row] = call.bytes;
  chunk.index[row] = 0;
  chunk.nanos[row] = call.nanos;
  chunk.frame[row] = like.frame;
  chunk.episode[row] = call.episode;
  if (chunk.sandbox !== undefined || like.sandbox !== 0) setSeldom(chunk, 'sandbox', row, like.sandbox);
  chunk.said[row] = call.said;
  return fits(lasted) && lasted + like.slack.lateUs <= LARGEST;
}

function putOdd(chunk: Chunk, { like, start, end }: AlikeRow, callId: string): void {
  const lo = (start - like.slack.earlyUs) as Micros;
  const hi = (Math.max(end, start) + like.slack.lateUs) as Micros;
  setRare(chunk, 'odd', chunk.rows, { lo, hi, start: start as Micros, end: end as Micros, callId });
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
