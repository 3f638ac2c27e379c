import type { ToolCallEvent } from '../model/event.ts';
import type { SourceRef } from '../model/source.ts';
import type { EventTime, Micros } from '../model/time.ts';
import { type Chunk, type Extras, emptyChunk, NUMBER, NUMBERS, rawOf, TEXT, TEXTS } from './call-chunk.ts';
import type { Frame } from './call-frame.ts';

/** Fields as they are where the record does not say. */
type Fields<T> = { readonly [K in keyof T]-?: T[K] | undefined };

/**
 * One call after the other without an object for each: its fields, and those of its time and place, are read from the columns
 * when they are asked for. Good for one look at each of a million; nothing may keep it.
 */
export class Glimpse implements Fields<Omit<ToolCallEvent, 'time' | 'ref'>>, Fields<EventTime>, Fields<SourceRef> {
  readonly kind = 'tool-call';
  /** Forgotten, see `Forgotten`. */
  readonly output = undefined;
  #chunk: Chunk = emptyChunk();
  #row = 0;
  #frame: Frame | undefined;

  /** Turns to another call; undefined where there is none. */
  turnTo(chunk: Chunk | undefined, row: number): ToolCallEvent | undefined {
    const frame = chunk?.frames[row];
    if (chunk === undefined || frame === undefined) return undefined;
    this.#chunk = chunk;
    this.#row = row;
    this.#frame = frame;
    // It has every field of a call, though it says `undefined` where a call has none.
    return this as unknown as ToolCallEvent;
  }

  get time(): EventTime {
    return this as unknown as EventTime;
  }

  get ref(): SourceRef {
    return this as unknown as SourceRef;
  }

  get format() {
    return this.#frame?.format;
  }

  get clock() {
    return this.#frame?.clock;
  }

  get name() {
    return this.#frame?.name;
  }

  get startBasis() {
    return this.#frame?.startBasis;
  }

  get endBasis() {
    return this.#frame?.endBasis;
  }

  get slack() {
    return this.#frame?.slack;
  }

  get executed() {
    return this.#frame?.executed;
  }

  get trust() {
    return this.#frame?.trust;
  }

  get basis() {
    return this.#frame?.basis;
  }

  get zone() {
    return this.#frame?.zone;
  }

  get stepUs() {
    return this.#frame?.stepUs;
  }

  get host() {
    return this.#frame?.host;
  }

  get source() {
    return this.#frame?.source;
  }

  get status() {
    return this.#frame?.status;
  }

  get at() {
    return this.#number(NUMBER.at) as Micros;
  }

  get lo() {
    return this.#number(NUMBER.lo) as Micros;
  }

  get hi() {
    return this.#number(NUMBER.hi) as Micros;
  }

  get line() {
    return this.#number(NUMBER.line);
  }

  get offset() {
    return this.#number(NUMBER.offset);
  }

  get bytes() {
    return this.#number(NUMBER.bytes);
  }

  get index() {
    return this.#number(NUMBER.index);
  }

  get start() {
    const at = this.#number(NUMBER.start);
    return Number.isNaN(at) ? undefined : (at as Micros);
  }

  get end() {
    const at = this.#number(NUMBER.end);
    return Number.isNaN(at) ? undefined : (at as Micros);
  }

  get raw() {
    return rawOf(this.#chunk, this.#row);
  }

  get episodeId() {
    return this.#text(TEXT.episodeId) ?? '';
  }

  get callId() {
    return this.#text(TEXT.callId);
  }

  get command() {
    return this.#text(TEXT.command);
  }

  get argumentsText() {
    return this.#text(TEXT.argumentsText);
  }

  get sandboxId() {
    return this.#text(TEXT.sandboxId);
  }

  get yearAssumed() {
    return this.#extras?.yearAssumed;
  }

  get observed() {
    return this.#extras?.observed;
  }

  get exit() {
    return this.#extras?.rest.exit;
  }

  get background() {
    return this.#extras?.rest.background;
  }

  get cwd() {
    return this.#extras?.rest.cwd;
  }

  get agentPath() {
    return this.#extras?.rest.agentPath;
  }

  get containerId() {
    return this.#extras?.rest.containerId;
  }

  get pid() {
    return this.#extras?.rest.pid;
  }

  get step() {
    return this.#extras?.rest.step;
  }

  get execs() {
    return this.#extras?.rest.execs;
  }

  get truncated() {
    return this.#extras?.rest.truncated;
  }

  get #extras(): Extras | undefined {
    return this.#chunk.extras?.[this.#row];
  }

  #number(column: number): number {
    return this.#chunk.numbers[this.#row * NUMBERS + column] ?? 0;
  }

  #text(column: number): string | undefined {
    return this.#chunk.texts[this.#row * TEXTS + column];
  }
}
