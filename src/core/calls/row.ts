import { Buffer } from 'node:buffer';
import type { ToolCallEvent } from '../../model/event.ts';
import type { Mutable } from '../../model/mutable.ts';
import type { EventTime, Micros } from '../../model/time.ts';
import { type Chunk, NONE, risen } from './chunk.ts';
import type { Frame } from './frame.ts';
import { OTHER_RAW, rawOfNumber } from './raw.ts';

export function atOf({ at, ramps }: Chunk, row: number): Micros {
  return risen(at, ramps.at, row) as Micros;
}

export const lineOf = ({ line, ramps }: Chunk, row: number): number => risen(line, ramps.line, row);
export const offsetOf = ({ offset, ramps }: Chunk, row: number): number => risen(offset, ramps.offset, row);
export const bytesOf = ({ bytes, ramps }: Chunk, row: number): number => risen(bytes, ramps.bytes, row);
export const saidOf = ({ said, ramps }: Chunk, row: number): number => risen(said, ramps.said, row);

/** Where its id ends among all. */
export const idEndOf = ({ idEnd, ramps }: Chunk, row: number): number => (row < 0 ? 0 : risen(idEnd, ramps.idEnd, row));

export function rawOf(chunk: Chunk, row: number): string {
  return rawOfNumber(chunk.nanos[row] ?? OTHER_RAW, atOf(chunk, row)) ?? chunk.raws?.[row] ?? '';
}

export function loOf(chunk: Chunk, row: number): Micros {
  const odd = chunk.odd?.[row];
  if (odd !== undefined) return odd.lo;
  const early = chunk.early?.[row] ?? 0;
  return (atOf(chunk, row) - (early === 0 ? slackOf(chunk, row).earlyUs : early - 1)) as Micros;
}

export function hiOf(chunk: Chunk, row: number): Micros {
  const odd = chunk.odd?.[row];
  if (odd !== undefined) return odd.hi;
  const late = chunk.late?.[row] ?? 0;
  if (late > 0) return (atOf(chunk, row) + late - 1) as Micros;
  const lasted = risen(chunk.end, chunk.ramps.end, row);
  return (atOf(chunk, row) + (lasted === NONE ? 0 : lasted) + slackOf(chunk, row).lateUs) as Micros;
}

const NO_SLACK = { earlyUs: 0, lateUs: 0 };

function slackOf({ frame, tables }: Chunk, row: number): Frame['slack'] {
  return tables.frames[frame[row] ?? 0]?.slack ?? NO_SLACK;
}

export function boundOf(chunk: Chunk, row: number, bound: 'start' | 'end'): Micros | undefined {
  const odd = chunk.odd?.[row];
  if (odd !== undefined) return odd[bound];
  const behind = bound === 'end' ? risen(chunk.end, chunk.ramps.end, row) : (chunk.start?.[row] ?? 0);
  return behind === NONE ? undefined : ((atOf(chunk, row) + behind) as Micros);
}

export function idOf(chunk: Chunk, row: number): string | undefined {
  const strange = chunk.odd?.[row];
  if (strange !== undefined) return strange.callId;
  const [from, to] = [idEndOf(chunk, row - 1), idEndOf(chunk, row)];
  if (from === to) return undefined;
  return latin1Behind(chunk.idPrefix, chunk.ids, from, to);
}

/** Where a text is put together: of two texts V8 makes one that holds both. */
const piece = Buffer.alloc(256);

function latin1Behind(prefix: Buffer, bytes: Buffer, from: number, to: number): string {
  const length = prefix.length + to - from;
  if (prefix.length === 0) return bytes.toString('latin1', from, to);
  if (length > piece.length) return prefix.toString('latin1') + bytes.toString('latin1', from, to);
  prefix.copy(piece);
  bytes.copy(piece, prefix.length, from, to);
  return piece.toString('latin1', 0, length);
}

export function commandOf(chunk: Chunk, row: number): string | undefined {
  return chunk.tables.said.commandOf(saidOf(chunk, row), toolOf(chunk, row));
}

export function argumentsTextOf(chunk: Chunk, row: number): string | undefined {
  return chunk.tables.said.argumentsTextOf(saidOf(chunk, row), toolOf(chunk, row));
}

function toolOf({ tables, frame }: Chunk, row: number): string {
  return tables.frames[frame[row] ?? 0]?.name ?? '';
}

/** The call in a row of a chunk, made anew. */
export function eventOf(chunk: Chunk, row: number): ToolCallEvent | undefined {
  const { frames, names } = chunk.tables;
  const frame = row < chunk.rows ? frames[chunk.frame[row] ?? 0] : undefined;
  if (frame === undefined) return undefined;
  const event: Mutable<ToolCallEvent> = {
    kind: 'tool-call',
    time: timeOf(chunk, row, frame),
    ref: {
      source: frame.source,
      line: lineOf(chunk, row),
      offset: offsetOf(chunk, row),
      bytes: bytesOf(chunk, row),
    },
    format: frame.format,
    clock: frame.clock,
    episodeId: names.names[chunk.episode[row] ?? 0] ?? '',
    index: chunk.index[row] ?? 0,
    name: frame.name,
    startBasis: frame.startBasis,
    endBasis: frame.endBasis,
    slack: frame.slack,
    executed: frame.executed,
    trust: frame.trust,
  };
  const callId = idOf(chunk, row);
  const command = commandOf(chunk, row);
  const argumentsText = argumentsTextOf(chunk, row);
  const sandboxId = names.names[chunk.sandbox?.[row] ?? 0];
  const start = boundOf(chunk, row, 'start');
  const end = boundOf(chunk, row, 'end');
  if (frame.host !== undefined) event.host = frame.host;
  if (callId !== undefined) event.callId = callId;
  if (command !== undefined) event.command = command;
  if (argumentsText !== undefined) event.argumentsText = argumentsText;
  if (sandboxId !== undefined) event.sandboxId = sandboxId;
  if (start !== undefined) event.start = start;
  if (end !== undefined) event.end = end;
  if (frame.status !== undefined) event.status = frame.status;
  const extras = chunk.extras?.[row];
  return extras === undefined ? event : Object.assign(event, extras.rest);
}

function timeOf(chunk: Chunk, row: number, { basis, zone, stepUs }: Frame): EventTime {
  const time: Mutable<EventTime> = {
    at: atOf(chunk, row),
    lo: loOf(chunk, row),
    hi: hiOf(chunk, row),
    raw: rawOf(chunk, row),
    basis,
    zone,
    stepUs,
  };
  const extra = chunk.extras?.[row];
  if (extra?.yearAssumed !== undefined) time.yearAssumed = extra.yearAssumed;
  if (extra?.observed !== undefined) time.observed = extra.observed;
  return time;
}
