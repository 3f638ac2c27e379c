import type { ToolCallEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { type Chunk, type Column, type Extras, emptyChunk, type Tables } from './chunk.ts';
import type { Frame } from './frame.ts';
import {
  argumentsTextOf,
  atOf,
  boundOf,
  bytesOf,
  commandOf,
  hiOf,
  idOf,
  lineOf,
  loOf,
  offsetOf,
  rawOf,
} from './row.ts';

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
  #chunk: Chunk;
  #row = 0;
  #frame: Frame | undefined;

  constructor(tables: Tables) {
    this.#chunk = emptyChunk(tables, 0);
  }

  /** Turns to another call; undefined where there is none. */
  turnTo(chunk: Chunk | undefined, row: number): ToolCallEvent | undefined {
    const frame = chunk === undefined || row >= chunk.rows ? undefined : chunk.tables.frames[chunk.frame[row] ?? 0];
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
    return atOf(this.#chunk, this.#row);
  }

  get lo() {
    return loOf(this.#chunk, this.#row);
  }

  get hi() {
    return hiOf(this.#chunk, this.#row);
  }

  get line() {
    return lineOf(this.#chunk, this.#row);
  }

  get offset() {
    return offsetOf(this.#chunk, this.#row);
  }

  get bytes() {
    return bytesOf(this.#chunk, this.#row);
  }

  get index() {
    return this.#chunk.index[this.#row] ?? 0;
  }

  get start() {
    return boundOf(this.#chunk, this.#row, 'start');
  }

  get end() {
    return boundOf(this.#chunk, this.#row, 'end');
  }

  get raw() {
    return rawOf(this.#chunk, this.#row);
  }

  get episodeId() {
    return this.#name(this.#chunk.episode) ?? '';
  }

  get callId() {
    return idOf(this.#chunk, this.#row);
  }

  get command() {
    return commandOf(this.#chunk, this.#row);
  }

  get argumentsText() {
    return argumentsTextOf(this.#chunk, this.#row);
  }

  get sandboxId() {
    return this.#name(this.#chunk.sandbox);
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

  #name(column: Column | undefined): string | undefined {
    return this.#chunk.tables.names.names[column?.[this.#row] ?? 0];
  }
}
