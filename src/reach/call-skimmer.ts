import { Buffer, isAscii } from 'node:buffer';
import { type CallBlock, CallPacker } from '../core/call-block.ts';
import { Uint32List } from '../core/uint32-list.ts';
import type { CallCutter, CutRecord } from '../model/call-cutter.ts';
import { NOTHING_LEFT, type Skimmed } from '../model/skimmed.ts';
import { createMatcher } from '../scan/matcher.ts';
import type { Area } from '../scan/memory.ts';
import { AlikeLines } from './alike-records.ts';
import { type Chunk, endOfPiece } from './skimmer.ts';

const NEWLINE = 10;
const RETURN = 13;
/** Of each chunk. */
const FREE_TRIES = 20;
const TRIES_A_CUT = 3;

/** What was cut from lines of a chunk, and which are still to be read. */
export interface SkimmedCalls extends Skimmed {
  readonly calls: CallBlock;
}

interface Context {
  /** Of the lines. */
  readonly source: string;
  /** Another number for each that skims the same file. */
  readonly writer: number;
  /** See `createMatcher`; without one no lines are compared. */
  readonly area?: Area | undefined;
}

/** Cuts tool calls from the lines of one file, chunk by chunk. Their lines and offsets are counted from the start of a stretch. */
export class CallSkimmer {
  readonly #cutter: CallCutter;
  readonly #source: string;
  readonly #packer: CallPacker;
  readonly #alike: AlikeLines | undefined;
  readonly #read = new Uint32List();
  #line = 0;
  /** Lines of the chunk that were tried, and those of them that were cut. */
  #tried = 0;
  #cut = 0;

  constructor(cutter: CallCutter, { source, writer, area }: Context) {
    this.#cutter = cutter;
    this.#source = source;
    this.#packer = new CallPacker(writer, cutter);
    const matcher = area === undefined || cutter.alike === undefined ? undefined : createMatcher(area);
    if (matcher !== undefined && cutter.alike !== undefined)
      this.#alike = new AlikeLines(matcher, cutter.alike, this.#packer);
  }

  /** The first line of a file is always to be read. */
  skim({ chunk, isFirst }: Chunk): SkimmedCalls {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // Behind the end of a line that began before.
    const from = buffer.indexOf(NEWLINE) + 1;
    const first = isFirst ? 0 : from;
    const to = buffer.lastIndexOf(NEWLINE) + 1;
    this.#read.clear();
    this.#line = 0;
    this.#tried = 0;
    this.#cut = 0;
    if (isFirst && to > 0) this.#toRead(0, from - 1);
    for (let at = from; at < to; ) {
      const end = endOfPiece(buffer.subarray(0, to), at);
      const piece = buffer.subarray(at, end);
      if (this.#alike?.load(piece) === true) this.#compareLines(piece, this.#alike, at, at - first);
      else if (isAscii(piece)) this.#skimText(piece.toString('latin1'), at, at - first);
      else this.#skimBytes(piece, at, at - first);
      at = end;
    }
    return {
      from: first,
      to,
      lines: this.#line,
      read: this.#read.toArray().slice(),
      ...NOTHING_LEFT,
      calls: this.#packer.take(),
    };
  }

  /** `base`: where it begins in the chunk; `offset`: from the start of the stretch. */
  #skimText(text: string, base: number, offset: number): void {
    for (let from = 0, to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from))
      this.#skimLine(text.slice(from, to), base + from, to - from, offset + from);
  }

  #skimBytes(bytes: Buffer, base: number, offset: number): void {
    for (let from = 0, to = bytes.indexOf(NEWLINE); to >= 0; from = to + 1, to = bytes.indexOf(NEWLINE, from))
      this.#skimLine(bytes.toString('utf8', from, to), base + from, to - from, offset + from);
  }

  #compareLines(bytes: Buffer, alike: AlikeLines, base: number, offset: number): void {
    for (let from = 0; from < bytes.length; ) {
      const rows = alike.scan(from);
      let isOutdated = false;
      for (let first = 0, last = 0; first < rows && !isOutdated; first = last + 1) {
        for (last = first; last + 1 < rows && alike.endOf(last) === 0; ) last++;
        const to = alike.endOf(last) - 1;
        const place = { line: this.#line, offset: offset + from, bytes: to - from };
        if (alike.add({ first, last }, place)) this.#line++;
        else {
          const records = this.#skimLine(bytes.toString('utf8', from, to), base + from, to - from, offset + from);
          // What was learned may hold for the rows that follow: they are compared again.
          isOutdated = records !== undefined && alike.learn({ first, last }, records);
        }
        from = to + 1;
      }
    }
  }

  /** The records that were cut from it, if it was. */
  #skimLine(text: string, from: number, bytes: number, offset: number): readonly CutRecord[] | undefined {
    const records = this.#isTried(text) ? this.#recordsOf(text, offset, bytes) : undefined;
    if (records === undefined || !this.#packer.add(records, this.#line)) {
      this.#toRead(from, from + bytes);
      return undefined;
    }
    this.#cut++;
    this.#line++;
    return records;
  }

  /** Trying is work for nothing where most lines cannot be cut. */
  #isTried(text: string): boolean {
    if (text.charCodeAt(text.length - 1) === RETURN) return false;
    return this.#line < FREE_TRIES || this.#tried < this.#cut * TRIES_A_CUT;
  }

  #recordsOf(text: string, offset: number, bytes: number): readonly CutRecord[] | undefined {
    this.#tried++;
    return this.#cutter.cut({ text, ref: { source: this.#source, line: this.#line, offset, bytes } });
  }

  #toRead(from: number, to: number): void {
    this.#read.push(this.#line++);
    this.#read.push(from);
    this.#read.push(to);
  }
}
