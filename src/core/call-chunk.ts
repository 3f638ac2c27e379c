import type { ToolCallEvent } from '../model/event.ts';
import type { EventTime, Micros } from '../model/time.ts';
import type { Frame } from './call-frame.ts';
import { compact } from './json.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

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

export const CHUNK_ROWS = 4096;
/** NaN for what is not known. `nanos`: the last three digits of a raw stamp that is the time in nanoseconds. */
export const NUMBER = {
  at: 0,
  lo: 1,
  hi: 2,
  start: 3,
  end: 4,
  line: 5,
  offset: 6,
  bytes: 7,
  index: 8,
  nanos: 9,
} as const;
export const NUMBERS = 10;
export const TEXT = { raw: 0, episodeId: 1, callId: 2, command: 3, argumentsText: 4, sandboxId: 5 } as const;
export const TEXTS = 6;

/** So many calls. */
export interface Chunk {
  readonly numbers: Float64Array;
  readonly texts: (string | undefined)[];
  readonly frames: (Frame | undefined)[];
  /** Made when the first row of the chunk needs it. */
  extras: (Extras | undefined)[] | undefined;
}

export function emptyChunk(): Chunk {
  return {
    numbers: new Float64Array(CHUNK_ROWS * NUMBERS),
    texts: new Array<string | undefined>(CHUNK_ROWS * TEXTS),
    frames: new Array<Frame | undefined>(CHUNK_ROWS),
    extras: undefined,
  };
}

export function putNumbers(numbers: Float64Array, n: number, { time, ref, start, end, index }: ToolCallEvent): void {
  numbers[n + NUMBER.at] = time.at;
  numbers[n + NUMBER.lo] = time.lo;
  numbers[n + NUMBER.hi] = time.hi;
  numbers[n + NUMBER.start] = start ?? Number.NaN;
  numbers[n + NUMBER.end] = end ?? Number.NaN;
  numbers[n + NUMBER.line] = ref.line;
  numbers[n + NUMBER.offset] = ref.offset;
  numbers[n + NUMBER.bytes] = ref.bytes;
  numbers[n + NUMBER.index] = index;
  numbers[n + NUMBER.nanos] = nanosOf(time);
}

/** Digits of an epoch in microseconds, between 2001 and 2286. */
const MICROS_DIGITS = 16;
const NANOS_DIGITS = MICROS_DIGITS + 3;

function nanosOf({ raw, at }: EventTime): number {
  if (raw.length !== NANOS_DIGITS) return Number.NaN;
  let micros = 0;
  let nanos = 0;
  for (let i = 0; i < NANOS_DIGITS; i++) {
    const digit = raw.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    if (i < MICROS_DIGITS) micros = micros * 10 + digit;
    else nanos = nanos * 10 + digit;
  }
  return micros === at && at >= 1e15 && at <= Number.MAX_SAFE_INTEGER ? nanos : Number.NaN;
}

export function rawOf({ numbers, texts }: Chunk, row: number): string {
  const n = row * NUMBERS;
  const nanos = numbers[n + NUMBER.nanos] ?? Number.NaN;
  if (Number.isNaN(nanos)) return texts[row * TEXTS + TEXT.raw] ?? '';
  return `${numbers[n + NUMBER.at] ?? 0}${String(nanos).padStart(3, '0')}`;
}

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

/** The call in a row of a chunk, made anew. */
export function eventOf(chunk: Chunk, row: number): ToolCallEvent | undefined {
  const frame = chunk.frames[row];
  if (frame === undefined) return undefined;
  const { numbers, texts } = chunk;
  const n = row * NUMBERS;
  const t = row * TEXTS;
  const number = (i: number): number => numbers[n + i] ?? 0;
  const event: Mutable<ToolCallEvent> = {
    kind: 'tool-call',
    time: timeOf(chunk, row, frame),
    ref: {
      source: frame.source,
      line: number(NUMBER.line),
      offset: number(NUMBER.offset),
      bytes: number(NUMBER.bytes),
    },
    format: frame.format,
    clock: frame.clock,
    episodeId: texts[t + TEXT.episodeId] ?? '',
    index: number(NUMBER.index),
    name: frame.name,
    startBasis: frame.startBasis,
    endBasis: frame.endBasis,
    slack: frame.slack,
    executed: frame.executed,
    trust: frame.trust,
  };
  const callId = texts[t + TEXT.callId];
  const command = texts[t + TEXT.command];
  const argumentsText = texts[t + TEXT.argumentsText];
  const sandboxId = texts[t + TEXT.sandboxId];
  if (frame.host !== undefined) event.host = frame.host;
  if (callId !== undefined) event.callId = callId;
  if (command !== undefined) event.command = command;
  if (argumentsText !== undefined) event.argumentsText = argumentsText;
  if (sandboxId !== undefined) event.sandboxId = sandboxId;
  if (!Number.isNaN(number(NUMBER.start))) event.start = number(NUMBER.start) as Micros;
  if (!Number.isNaN(number(NUMBER.end))) event.end = number(NUMBER.end) as Micros;
  if (frame.status !== undefined) event.status = frame.status;
  const extras = chunk.extras?.[row];
  return extras === undefined ? event : Object.assign(event, extras.rest);
}

function timeOf(chunk: Chunk, row: number, { basis, zone, stepUs }: Frame): EventTime {
  const { numbers, extras } = chunk;
  const n = row * NUMBERS;
  const time: Mutable<EventTime> = {
    at: (numbers[n + NUMBER.at] ?? 0) as Micros,
    lo: (numbers[n + NUMBER.lo] ?? 0) as Micros,
    hi: (numbers[n + NUMBER.hi] ?? 0) as Micros,
    raw: rawOf(chunk, row),
    basis,
    zone,
    stepUs,
  };
  const extra = extras?.[row];
  if (extra?.yearAssumed !== undefined) time.yearAssumed = extra.yearAssumed;
  if (extra?.observed !== undefined) time.observed = extra.observed;
  return time;
}
