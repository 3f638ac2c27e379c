import type { ToolCallEvent } from '../model/event.ts';
import type { EventTime, Micros } from '../model/time.ts';

/** Tool calls in the order in which they were read. An array is one as well. */
export interface CallLog extends Iterable<ToolCallEvent> {
  readonly length: number;
  at(row: number): ToolCallEvent | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What many calls have in common: one object for all of them. */
type Frame = Pick<
  ToolCallEvent,
  'format' | 'clock' | 'name' | 'startBasis' | 'endBasis' | 'slack' | 'executed' | 'trust'
> &
  Pick<EventTime, 'basis' | 'zone' | 'stepUs'> & {
    readonly host: string | undefined;
    readonly source: string;
    readonly status: ToolCallEvent['status'];
  };

type InColumns = 'kind' | 'time' | 'ref' | 'episodeId' | 'index' | 'callId' | 'command' | 'argumentsText' | 'sandboxId';
/** No rule or report reads what a tool answered, and it is the longest part of most calls. */
type Forgotten = 'output';
type Rest = Omit<ToolCallEvent, keyof Frame | InColumns | 'start' | 'end' | Forgotten>;

/** A field that is new in the model has to be named here, or this does not compile. */
const REST = Object.keys({
  exit: true,
  background: true,
  cwd: true,
  agentPath: true,
  containerId: true,
  pid: true,
  step: true,
  execs: true,
  truncated: true,
} satisfies Record<keyof Rest, true>) as readonly (keyof Rest)[];

/** What few calls have. */
interface Extras {
  readonly rest: Rest;
  readonly yearAssumed: true | undefined;
  readonly observed: Micros | undefined;
}

const CHUNK_ROWS = 4096;
/** at, lo, hi, start, end, line, offset, bytes, index; NaN for what is not known. */
const NUMBERS = 9;
/** raw stamp, episode, call id, command, arguments, sandbox. */
const TEXTS = 6;

interface Chunk {
  readonly numbers: Float64Array;
  readonly texts: (string | undefined)[];
  readonly frames: (Frame | undefined)[];
  /** Made when the first row of the chunk needs it. */
  extras: (Extras | undefined)[] | undefined;
}

const RECENT_FRAMES = 8;
const MOST_NAMES = 200_000;

/**
 * Tool calls in columns: an event of its own costs a kilobyte, and nights have millions of them. What is given out is made anew
 * each time and equal to what came in, less the tool's output.
 */
export class CallColumns implements CallLog {
  readonly #chunks: Chunk[] = [];
  readonly #frames = new Map<string, Frame>();
  #recent: readonly Frame[] = [];
  readonly #names = new Map<string, string>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(event: ToolCallEvent): void {
    const at = this.#length % CHUNK_ROWS;
    if (at === 0) this.#chunks.push(emptyChunk());
    const chunk = this.#chunks[this.#chunks.length - 1];
    if (chunk === undefined) return;
    const { time, ref } = event;
    chunk.frames[at] = this.#frameOf(event);
    const { numbers } = chunk;
    const n = at * NUMBERS;
    numbers[n] = time.at;
    numbers[n + 1] = time.lo;
    numbers[n + 2] = time.hi;
    numbers[n + 3] = event.start ?? Number.NaN;
    numbers[n + 4] = event.end ?? Number.NaN;
    numbers[n + 5] = ref.line;
    numbers[n + 6] = ref.offset;
    numbers[n + 7] = ref.bytes;
    numbers[n + 8] = event.index;
    this.#putTexts(chunk.texts, at * TEXTS, event);
    const extras = extrasOf(event);
    if (extras !== undefined) {
      chunk.extras ??= [];
      chunk.extras[at] = extras;
    }
    this.#length++;
  }

  #putTexts(texts: (string | undefined)[], t: number, event: ToolCallEvent): void {
    texts[t] = event.time.raw;
    texts[t + 1] = this.#shared(event.episodeId);
    texts[t + 2] = event.callId;
    texts[t + 3] = event.command;
    texts[t + 4] = event.argumentsText;
    texts[t + 5] = event.sandboxId === undefined ? undefined : this.#shared(event.sandboxId);
  }

  /** One string for all equal ones; parsers make a new one for each record. */
  #shared(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (this.#names.size >= MOST_NAMES) this.#names.clear();
    this.#names.set(name, name);
    return name;
  }

  #frameOf(event: ToolCallEvent): Frame {
    for (const frame of this.#recent) if (fits(frame, event)) return frame;
    const made = frameOf(event);
    const key = JSON.stringify(Object.values(made));
    const frame = this.#frames.get(key) ?? made;
    if (frame === made) this.#frames.set(key, frame);
    this.#recent = [frame, ...this.#recent.slice(0, RECENT_FRAMES - 1)];
    return frame;
  }

  at(row: number): ToolCallEvent | undefined {
    const chunk = this.#chunks[Math.floor(row / CHUNK_ROWS)];
    return chunk === undefined ? undefined : eventOf(chunk, row % CHUNK_ROWS);
  }

  *[Symbol.iterator](): Generator<ToolCallEvent> {
    for (const chunk of this.#chunks) {
      for (let at = 0; at < CHUNK_ROWS; at++) {
        const event = eventOf(chunk, at);
        if (event === undefined) return;
        yield event;
      }
    }
  }
}

function emptyChunk(): Chunk {
  return {
    numbers: new Float64Array(CHUNK_ROWS * NUMBERS),
    texts: new Array<string | undefined>(CHUNK_ROWS * TEXTS),
    frames: new Array<Frame | undefined>(CHUNK_ROWS),
    extras: undefined,
  };
}

function frameOf(event: ToolCallEvent): Frame {
  return {
    format: event.format,
    clock: event.clock,
    name: event.name,
    startBasis: event.startBasis,
    endBasis: event.endBasis,
    slack: event.slack,
    executed: event.executed,
    trust: event.trust,
    basis: event.time.basis,
    zone: event.time.zone,
    stepUs: event.time.stepUs,
    host: event.host,
    source: event.ref.source,
    status: event.status,
  };
}

function fits(frame: Frame, event: ToolCallEvent): boolean {
  return (
    frame.host === event.host &&
    frame.name === event.name &&
    frame.clock === event.clock &&
    frame.status === event.status &&
    frame.source === event.ref.source &&
    frame.format === event.format &&
    frame.startBasis === event.startBasis &&
    frame.endBasis === event.endBasis &&
    frame.executed === event.executed &&
    frame.trust === event.trust &&
    frame.basis === event.time.basis &&
    frame.zone === event.time.zone &&
    frame.stepUs === event.time.stepUs &&
    frame.slack.earlyUs === event.slack.earlyUs &&
    frame.slack.lateUs === event.slack.lateUs
  );
}

function extrasOf(event: ToolCallEvent): Extras | undefined {
  const { yearAssumed, observed } = event.time;
  let rest: Mutable<Rest> | undefined;
  for (const key of REST) {
    if (event[key] === undefined) continue;
    rest ??= {};
    copyField(rest, event, key);
  }
  return rest === undefined && yearAssumed === undefined && observed === undefined
    ? undefined
    : { rest: rest ?? {}, yearAssumed, observed };
}

function copyField<K extends keyof Rest>(to: Mutable<Rest>, from: Rest, key: K): void {
  to[key] = from[key];
}

function eventOf(chunk: Chunk, at: number): ToolCallEvent | undefined {
  const frame = chunk.frames[at];
  if (frame === undefined) return undefined;
  const { numbers, texts } = chunk;
  const n = at * NUMBERS;
  const t = at * TEXTS;
  const number = (i: number): number => numbers[n + i] ?? 0;
  const event: Mutable<ToolCallEvent> = {
    kind: 'tool-call',
    time: timeOf(chunk, at, frame),
    ref: { source: frame.source, line: number(5), offset: number(6), bytes: number(7) },
    format: frame.format,
    clock: frame.clock,
    episodeId: texts[t + 1] ?? '',
    index: number(8),
    name: frame.name,
    startBasis: frame.startBasis,
    endBasis: frame.endBasis,
    slack: frame.slack,
    executed: frame.executed,
    trust: frame.trust,
  };
  const [callId, command, argumentsText, sandboxId] = [texts[t + 2], texts[t + 3], texts[t + 4], texts[t + 5]];
  if (frame.host !== undefined) event.host = frame.host;
  if (callId !== undefined) event.callId = callId;
  if (command !== undefined) event.command = command;
  if (argumentsText !== undefined) event.argumentsText = argumentsText;
  if (sandboxId !== undefined) event.sandboxId = sandboxId;
  if (!Number.isNaN(number(3))) event.start = number(3) as Micros;
  if (!Number.isNaN(number(4))) event.end = number(4) as Micros;
  if (frame.status !== undefined) event.status = frame.status;
  const extras = chunk.extras?.[at];
  return extras === undefined ? event : Object.assign(event, extras.rest);
}

function timeOf({ numbers, texts, extras }: Chunk, at: number, { basis, zone, stepUs }: Frame): EventTime {
  const n = at * NUMBERS;
  const time: Mutable<EventTime> = {
    at: (numbers[n] ?? 0) as Micros,
    lo: (numbers[n + 1] ?? 0) as Micros,
    hi: (numbers[n + 2] ?? 0) as Micros,
    raw: texts[at * TEXTS] ?? '',
    basis,
    zone,
    stepUs,
  };
  const extra = extras?.[at];
  if (extra?.yearAssumed !== undefined) time.yearAssumed = extra.yearAssumed;
  if (extra?.observed !== undefined) time.observed = extra.observed;
  return time;
}
