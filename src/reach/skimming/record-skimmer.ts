import { Buffer } from 'node:buffer';
import type { LeaseBlock } from '../../core/leases/block.ts';
import { Uint32List } from '../../core/packed/uint32-list.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import type { SourceRef } from '../../model/source.ts';
import type { AlikeOutcomes, Compared } from './alike-outcomes.ts';
import { type Chunk, eachLine, NEWLINE, type Piece, piecesOf, type Stretch, stretchOf } from './chunk.ts';
import { type OutcomesContext, RecordOutcomes, TO_READ } from './record-outcomes.ts';
import { SkimNotes } from './skim-notes.ts';

const RETURN = 13;
const SPACE = 32;
/** Of each chunk. */
const FREE_TRIES = 60;
const TRIES_A_RECORD = 3;

/** Numbers of a record in `records`. */
export const AHEAD = { line: 0, from: 1, bytes: 2, outcome: 3 } as const;
export const AHEAD_NUMBERS = 4;

/** What became of the records that need no others. */
export interface RecordBlock {
  /** Of each: its first line, its place in bytes from the start of the stretch, its length, and what became of it. */
  readonly records: Uint32Array;
  readonly reasons: readonly string[];
  readonly leases: LeaseBlock;
}

export interface SkimmedRecords extends Skimmed {
  readonly ahead: RecordBlock;
}

interface Context extends OutcomesContext {
  /** Of the records. */
  readonly source: string;
  /** The first line of a record; each line is one where there is none. */
  readonly starts: RegExp | undefined;
}

/** A record whose end was not seen yet. Its lines are not counted yet. */
interface Open {
  /** Undefined where it was not made yet. */
  text: string | undefined;
  lines: number;
  /** How its line compares with others, where it has one that was compared. */
  compared: Compared | undefined;
  /** Places in the chunk, without the last line feed. */
  readonly from: number;
  to: number;
  hasReturn: boolean;
}

/** Decodes records of one file, chunk by chunk, as far as it needs no others for them. */
export class RecordSkimmer {
  readonly #context: Context;
  readonly #notes = new SkimNotes();
  readonly #records = new Uint32List();
  readonly #outcomes: RecordOutcomes;
  #buffer: Buffer = Buffer.alloc(0);
  /** Where the stretch begins in the chunk. */
  #first = 0;
  #tried = 0;
  #isGivenUp = false;
  #open: Open | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#outcomes = new RecordOutcomes(context);
  }

  /** The first record of a file is always to be read, and so is the last of a chunk. */
  skim({ chunk, isFirst }: Chunk): SkimmedRecords {
    const stretch = stretchOf(chunk, { startsLine: false });
    const { from, to } = stretch;
    this.#buffer = stretch.chunk;
    this.#first = isFirst ? 0 : from;
    this.#begin();
    this.#toRead(this.#first, from);
    this.#decodeAll(stretch);
    if (this.#isGivenUp) {
      this.#begin();
      this.#toRead(this.#first, to);
    }
    return {
      from: this.#first,
      to,
      ...this.#notes.taken(),
      lastLeft: undefined,
      ahead: {
        records: this.#records.toArray().slice(),
        reasons: this.#outcomes.reasons,
        leases: this.#outcomes.taken(),
      },
    };
  }

  #begin(): void {
    this.#notes.clear();
    this.#records.clear();
    this.#outcomes.taken();
    this.#tried = 0;
    this.#isGivenUp = false;
    this.#open = undefined;
  }

  #decodeAll(stretch: Stretch): void {
    const { alike } = this.#outcomes;
    for (const piece of piecesOf(stretch)) {
      if (alike?.load(piece.bytes) === true) this.#compareLines(piece, alike);
      else eachLine(piece, (line, from, to) => this.#add(line, from, to));
      if (this.#isGivenUp) break;
    }
    if (this.#open === undefined) return;
    this.#wholeOf(this.#open);
    this.#toRead(this.#open.from, this.#open.to + 1);
  }

  #compareLines({ bytes, base }: Piece, alike: AlikeOutcomes): void {
    for (let from = 0; from < bytes.length && !this.#isGivenUp; ) {
      const rows = alike.scan(from);
      this.#outcomes.isOutdated = false;
      for (let row = 0; row < rows && !this.#outcomes.isOutdated; row++) {
        const to = alike.endOf(row);
        const compared = alike.comparedAt(row);
        if (bytes[to - 1] !== RETURN && alike.isKnown(compared))
          this.#start(undefined, base + from, base + to, compared);
        else this.#add(bytes.toString('utf8', from, to), base + from, base + to, compared);
        from = to + 1;
      }
    }
  }

  #add(text: string, from: number, to: number, compared?: Compared): void {
    const { starts } = this.#context;
    const open = this.#open;
    if (starts === undefined || starts.test(text)) this.#start(text, from, to, compared);
    else if (open === undefined) this.#toRead(from, to + 1);
    else {
      open.text = `${open.text ?? this.#buffer.toString('utf8', open.from, open.to)}\n${text}`;
      open.lines++;
      open.to = to;
      open.hasReturn ||= isReturn(text);
    }
  }

  #start(text: string | undefined, from: number, to: number, compared: Compared | undefined): void {
    if (this.#open !== undefined) this.#close(this.#open);
    this.#open = { text, lines: 1, from, to, compared, hasReturn: text !== undefined && isReturn(text) };
  }

  #close(open: Open): void {
    const { from, to, lines } = open;
    const ref = { source: this.#context.source, line: this.#notes.line, offset: from - this.#first, bytes: to - from };
    const outcome = this.#outcomeOf(open, ref);
    if (outcome === TO_READ) this.#toRead(from, to + 1);
    else {
      this.#records.push(ref.line);
      this.#records.push(ref.offset);
      this.#records.push(ref.bytes);
      this.#records.push(outcome);
      this.#notes.left(lines);
    }
    this.#tried++;
    const done = this.#records.length / AHEAD_NUMBERS;
    // Trying is work for nothing where most records need others, or make more than a lease.
    if (this.#tried > FREE_TRIES && this.#tried > done * TRIES_A_RECORD) this.#isGivenUp = true;
  }

  #outcomeOf({ text, lines, from, to, compared, hasReturn }: Open, ref: SourceRef): number {
    const own = lines === 1 && !hasReturn ? compared : undefined;
    const known = own && this.#outcomes.known({ compared: own, from, to }, this.#buffer, ref);
    if (known !== undefined) return known;
    const whole = this.#wholeOf({ text, from, to });
    if (hasReturn || whole === '' || whole.charCodeAt(0) <= SPACE) return TO_READ;
    return this.#outcomes.decoded({ text: whole, ref }, own);
  }

  /** Its text. Pieces of records that envelopes hold come out where the last of them stands: all are read in their order. */
  #wholeOf({ text, from, to }: Pick<Open, 'text' | 'from' | 'to'>): string {
    const whole = text ?? this.#buffer.toString('utf8', from, to);
    this.#isGivenUp ||= this.#outcomes.isWrapped(whole);
    return whole;
  }

  /** Lines from the beginning of one to behind the end of one. */
  #toRead(from: number, to: number): void {
    for (let at = from; at < to; ) {
      const end = this.#buffer.indexOf(NEWLINE, at);
      this.#notes.read(at, end);
      at = end + 1;
    }
  }
}

function isReturn(text: string): boolean {
  return text.charCodeAt(text.length - 1) === RETURN;
}
