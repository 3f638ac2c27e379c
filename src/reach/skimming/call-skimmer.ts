import { type CallBlock, CallPacker } from '../../core/calls/block.ts';
import type { CallCutter, CutRecord } from '../../model/call-cutter.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import { createMatcher } from '../../scan/matcher.ts';
import type { Area } from '../../scan/memory.ts';
import { AlikeLines, type LinePlace } from './alike-records.ts';
import { type Chunk, eachLine, type Piece, piecesOf, stretchOf } from './chunk.ts';
import { SkimNotes } from './skim-notes.ts';

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
  readonly #notes = new SkimNotes();
  /** Where the stretch begins in the chunk. */
  #first = 0;
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
    const stretch = stretchOf(chunk, { startsLine: false });
    const { from, to } = stretch;
    this.#first = isFirst ? 0 : from;
    this.#notes.clear();
    this.#tried = 0;
    this.#cut = 0;
    if (isFirst && to > 0) this.#notes.read(0, from - 1);
    for (const piece of piecesOf(stretch)) {
      if (this.#alike?.load(piece.bytes) === true) this.#compareLines(piece, this.#alike);
      else eachLine(piece, (line, start, end) => this.#skimLine(line, start, end));
    }
    return { from: this.#first, to, ...this.#notes.taken(), lastLeft: undefined, calls: this.#packer.take() };
  }

  #compareLines({ bytes, base }: Piece, alike: AlikeLines): void {
    for (let from = 0; from < bytes.length; ) {
      const rows = alike.scan(from);
      let isOutdated = false;
      for (let first = 0, last = 0; first < rows && !isOutdated; first = last + 1) {
        for (last = first; last + 1 < rows && alike.endOf(last) === 0; ) last++;
        const to = alike.endOf(last) - 1;
        if (alike.add({ first, last }, this.#placeOf(base + from, base + to))) this.#notes.left();
        else {
          const records = this.#skimLine(bytes.toString('utf8', from, to), base + from, base + to);
          // What was learned may hold for the rows that follow: they are compared again.
          isOutdated = records !== undefined && alike.learn({ first, last }, records);
        }
        from = to + 1;
      }
    }
  }

  /** The records that were cut from it, if it was. */
  #skimLine(text: string, from: number, to: number): readonly CutRecord[] | undefined {
    const records = this.#isTried(text) ? this.#recordsOf(text, this.#placeOf(from, to)) : undefined;
    if (records === undefined || !this.#packer.add(records, this.#notes.line)) {
      this.#notes.read(from, to);
      return undefined;
    }
    this.#cut++;
    this.#notes.left();
    return records;
  }

  /** Trying is work for nothing where most lines cannot be cut. */
  #isTried(text: string): boolean {
    if (text.charCodeAt(text.length - 1) === RETURN) return false;
    return this.#notes.line < FREE_TRIES || this.#tried < this.#cut * TRIES_A_CUT;
  }

  #recordsOf(text: string, place: LinePlace): readonly CutRecord[] | undefined {
    this.#tried++;
    return this.#cutter.cut({ text, ref: { source: this.#source, ...place } });
  }

  #placeOf(from: number, to: number): LinePlace {
    return { line: this.#notes.line, offset: from - this.#first, bytes: to - from };
  }
}
