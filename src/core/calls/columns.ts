import type { ToolCallEvent } from '../../model/event.ts';
import type { CallBlock } from './block.ts';
import { CHUNK_ROWS, type Chunk, emptyChunk, type Tables } from './chunk.ts';
import { copyRows, learnNumbers, type Numbers, type Place } from './copy.ts';
import { type Frame, Frames } from './frame.ts';
import { Glimpse } from './glimpse.ts';
import { type IdFacts, IdsInChunks } from './ids.ts';
import { type CallNumbers, NumbersInChunks } from './numbers.ts';
import { putCall } from './put.ts';
import { eventOf } from './row.ts';
import { emptied, sealed } from './seal.ts';
import { tellingRows } from './telling.ts';
import { NameTable, SaidTable } from './texts.ts';

/** Tool calls in the order in which they were read. An array is one as well. */
export interface CallLog extends Iterable<ToolCallEvent> {
  readonly length: number;
  at(row: number): ToolCallEvent | undefined;
  /** The same for one look: it is only valid until the next glance at any call. */
  glance?(row: number): ToolCallEvent | undefined;
  /** Of its calls, where that is faster than looking at each. */
  readonly ids?: IdFacts;
  /** Where calls stand in columns. */
  readonly numbers?: CallNumbers;
}

const ONE = new Uint32Array(1);

/** The call in a row, for one look at it: what it is may be another call a moment later. */
export function glance(calls: CallLog, row: number): ToolCallEvent | undefined {
  return calls.glance === undefined ? calls.at(row) : calls.glance(row);
}

/** All calls, or those in some rows, for one look at each. */
export function glances(calls: CallLog, rows?: ArrayLike<number>): Iterable<ToolCallEvent> {
  return { [Symbol.iterator]: () => new Glances(calls, rows) };
}

/** Makes nothing for each call, not even the answer that says it is not the last. */
class Glances implements Iterator<ToolCallEvent> {
  readonly #calls: CallLog;
  readonly #rows: ArrayLike<number> | undefined;
  readonly #result: { value: ToolCallEvent; done: boolean };
  #n = 0;

  constructor(calls: CallLog, rows: ArrayLike<number> | undefined) {
    this.#calls = calls;
    this.#rows = rows;
    this.#result = { value: undefined as unknown as ToolCallEvent, done: false };
  }

  next(): IteratorResult<ToolCallEvent> {
    const length = this.#rows?.length ?? this.#calls.length;
    while (this.#n < length) {
      const n = this.#n++;
      const event = glance(this.#calls, this.#rows === undefined ? n : (this.#rows[n] ?? n));
      if (event === undefined) continue;
      this.#result.value = event;
      return this.#result;
    }
    return { value: undefined, done: true };
  }
}

/**
 * Tool calls in columns: an event of its own costs a kilobyte, and nights have millions of them. What is given out is made anew
 * each time and equal to what came in, less the tool's output.
 */
export class CallColumns implements CallLog {
  readonly #chunks: Chunk[] = [];
  readonly ids: IdFacts = new IdsInChunks(this.#chunks);
  readonly numbers: CallNumbers = new NumbersInChunks(this.#chunks);
  readonly #frames = new Frames();
  readonly #tables: Tables = { frames: this.#frames.all, names: new NameTable(), said: new SaidTable() };
  readonly #writers = new Map<number, Numbers>();
  readonly #glimpse = new Glimpse(this.#tables);
  #length = 0;
  #telling: { readonly of: number; readonly rows: Uint32Array } | undefined;

  get length(): number {
    return this.#length;
  }

  push(event: ToolCallEvent): void {
    putCall(this.#open(), this.#frames.numberOf(event), event);
    this.#length++;
  }

  /** To be called for each block once, in the order in which its writer made them. */
  learn(block: CallBlock): Numbers {
    const numbers = learnNumbers(this.#writers.get(block.writer), block, this.#frames, this.#tables);
    this.#writers.set(block.writer, numbers);
    return numbers;
  }

  /** Forgets who wrote blocks: those of another file follow. */
  forgetWriters(): void {
    this.#writers.clear();
  }

  nameOf(name: number): string | undefined {
    return this.#tables.names.names[name];
  }

  frameOf(numbers: Numbers, frame: number): Frame | undefined {
    return this.#frames.all[numbers.frames[frame] ?? 0];
  }

  /** A call that stands in a block, made anew, without its place. */
  peek({ calls }: CallBlock, first: number, numbers: Numbers): ToolCallEvent | undefined {
    const chunk = emptyChunk(this.#tables, 1);
    copyRows(chunk, { from: calls, first, numbers, place: { line: 0, offset: 0, indexes: ONE } });
    return eventOf(chunk, 0);
  }

  /** Calls that stand in a block from a row on, as many as there are indexes. */
  copy({ calls }: CallBlock, from: number, numbers: Numbers, place: Place): void {
    const { indexes } = place;
    for (let done = 0; done < indexes.length; ) {
      const chunk = this.#open();
      const count = Math.min(indexes.length - done, CHUNK_ROWS - chunk.rows);
      const part = { ...place, indexes: indexes.subarray(done, done + count) };
      copyRows(chunk, { from: calls, first: from + done, numbers, place: part });
      done += count;
    }
    this.#length += indexes.length;
  }

  /** The chunk that has room for one more. */
  #open(): Chunk {
    const last = this.#chunks[this.#chunks.length - 1];
    if (last !== undefined && last.rows < CHUNK_ROWS) return last;
    if (last !== undefined) this.#chunks[this.#chunks.length - 1] = sealed(last);
    const chunk = last === undefined ? emptyChunk(this.#tables) : emptied(last);
    this.#chunks.push(chunk);
    return chunk;
  }

  /** See `tellingRows`. */
  telling(): Uint32Array {
    if (this.#telling?.of !== this.#length)
      this.#telling = { of: this.#length, rows: tellingRows(this.#chunks, this.#tables.names.names.length) };
    return this.#telling.rows;
  }

  at(row: number): ToolCallEvent | undefined {
    const chunk = this.#chunks[Math.floor(row / CHUNK_ROWS)];
    return chunk === undefined ? undefined : eventOf(chunk, row % CHUNK_ROWS);
  }

  glance(row: number): ToolCallEvent | undefined {
    return this.#glimpse.turnTo(this.#chunks[Math.floor(row / CHUNK_ROWS)], row % CHUNK_ROWS);
  }

  *[Symbol.iterator](): Generator<ToolCallEvent> {
    for (let row = 0; row < this.#length; row++) {
      const event = this.at(row);
      if (event !== undefined) yield event;
    }
  }
}
