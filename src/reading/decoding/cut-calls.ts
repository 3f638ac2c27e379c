import type { CallBlock } from '../../core/calls/block.ts';
import type { CallColumns } from '../../core/calls/columns.ts';
import { type Numbers, noNumbers, spanOf } from '../../core/calls/copy.ts';
import type { CutLines } from '../../model/call-cutter.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import type { SourceRef } from '../../model/source.ts';
import type { SkimmedCalls } from '../../reach/skimming/call-skimmer.ts';
import type { Tally } from '../counting/tally.ts';
import type { Emit, Taking } from './taking.ts';

/** Numbers of a line and of a record in a block. */
const LINE = 2;
const RECORD = 2;
const NONE = new Uint32Array(0);

/** Puts calls that were cut from lines among those that are read, in the order of the lines. */
export class CutCalls implements CutLines, Taking {
  readonly #calls: CallColumns;
  readonly #tally: Tally;
  readonly #emit: Emit;
  #base: Pick<SourceRef, 'line' | 'offset'> = { line: 0, offset: 0 };
  #block: CallBlock | undefined;
  #numbers: Numbers = noNumbers();
  /** Of the block: the line that comes next, and the first record and call that stand in it. */
  #line = 0;
  #record = 0;
  #call = 0;
  #width = 0;
  /** Of the calls of lines that were taken. */
  #indexes = NONE;
  #indexed = 0;
  lines = 0;
  calls = 0;
  words: Uint32Array = NONE;

  /** `emit` takes what lines make known of others. */
  constructor(calls: CallColumns, tally: Tally, emit: Emit) {
    this.#calls = calls;
    this.#tally = tally;
    this.#emit = emit;
    calls.forgetWriters();
  }

  /** Takes note of what was cut from a chunk, before its other lines are read. */
  left(skimmed: Skimmed, base: Pick<SourceRef, 'line' | 'offset'>): void {
    if (!isCut(skimmed)) return;
    const { calls: block } = skimmed;
    this.#base = base;
    this.#block = block;
    this.#numbers = this.#calls.learn(block);
    this.#line = 0;
    this.#record = 0;
    this.#call = 0;
    this.words = block.words;
    this.#width = block.words.length / (block.records.length / RECORD);
    this.#indexes = new Uint32Array(block.calls.rows);
    const span = spanOf(block.calls, (frame) => this.#calls.frameOf(this.#numbers, frame)?.basis !== 'none');
    if (span !== undefined) this.#tally.see(span);
  }

  /** Whether lines that were cut come before a line. */
  isDue(line: number): boolean {
    return this.#dueBefore(line, this.#line) > this.#line;
  }

  async takeUntil(line: number): Promise<void> {
    for (let end = this.#dueBefore(line, Infinity); this.#line < end; ) {
      this.lines = (end - this.#line) / LINE;
      this.#indexed = 0;
      const { lines, events } = this.#tally.admit(this);
      // The calls of a line come behind what it makes known of others.
      const own = events.length > 0 ? this.#callsOf(lines - 1) : 0;
      this.#copy(0, this.#indexed - own);
      if (events.length > 0) await this.#emit(events);
      this.#copy(this.#indexed - own, this.#indexed);
      this.#record += this.endOf(lines - 1);
      this.#line += lines * LINE;
    }
  }

  /** Behind the lines of the block that come before a line; looks no farther than one of them. */
  #dueBefore(line: number, most: number): number {
    const { lines = NONE } = this.#block ?? {};
    let at = this.#line;
    while (at <= most && at < lines.length && (lines[at] ?? 0) + this.#base.line < line) at += LINE;
    return at;
  }

  endOf(line: number): number {
    return (this.#block?.lines[this.#line + line * LINE + 1] ?? 0) - this.#record;
  }

  #callsOf(line: number): number {
    let calls = 0;
    for (let record = line > 0 ? this.endOf(line - 1) : 0; record < this.endOf(line); record++)
      if (this.isCall(record)) calls++;
    return calls;
  }

  wordsOf(record: number): number {
    return (this.#record + record) * this.#width;
  }

  episodeOf(record: number): string | undefined {
    return this.#calls.nameOf(this.episodeNumberOf(record));
  }

  episodeNumberOf(record: number): number {
    return this.#numbers.names[this.#block?.records[(this.#record + record) * RECORD] ?? 0] ?? 0;
  }

  isCall(record: number): boolean {
    return this.#block?.records[(this.#record + record) * RECORD + 1] === 1;
  }

  nextCall(): ToolCallEvent | undefined {
    return this.#block && this.#calls.peek(this.#block, this.#call + this.#indexed, this.#numbers);
  }

  setIndex(index: number): void {
    this.#indexes[this.#indexed++] = index;
  }

  #copy(from: number, to: number): void {
    if (this.#block === undefined || from === to) return;
    const { line, offset } = this.#base;
    const indexes = this.#indexes.subarray(from, to);
    this.#calls.copy(this.#block, this.#call, this.#numbers, { line, offset, indexes });
    this.#call += to - from;
    this.calls += to - from;
  }
}

function isCut(skimmed: Skimmed): skimmed is SkimmedCalls {
  return 'calls' in skimmed;
}
