import { Buffer, isAscii } from 'node:buffer';
import type { LeaseBlock } from '../core/lease-block.ts';
import { LeasePacker } from '../core/lease-packer.ts';
import { Uint32List } from '../core/uint32-list.ts';
import type { Decoder } from '../model/format.ts';
import type { Skimmed } from '../model/skimmed.ts';
import type { SourceRef } from '../model/source.ts';
import { type Chunk, endOfPiece } from './skimmer.ts';

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const NONE = new Uint32Array(0);
/** Outcome of a record of which a lease was made; those that were skipped have the place of their reason, and 1. */
export const LEASE = 0;
const TO_READ = -1;
const MOST_REASONS = 200;
/** Of each chunk. */
const FREE_TRIES = 60;
const TRIES_A_RECORD = 3;

/** Numbers of a record in `records`. */
export const RECORD = { line: 0, from: 1, bytes: 2, outcome: 3 } as const;
export const RECORD_NUMBERS = 4;

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

interface Context {
  /** Of the records. */
  readonly source: string;
  /** The first line of a record; each line is one where there is none. */
  readonly starts: RegExp | undefined;
  /** A decoder that knows of no record. */
  readonly open: () => Decoder;
  /** Whether a record may stand in an envelope. */
  readonly isWrapped: (text: string) => boolean;
}

/** A record whose end was not seen yet. Its lines are not counted yet. */
interface Open {
  text: string;
  lines: number;
  /** Places in the chunk, without the last line feed. */
  readonly from: number;
  to: number;
  hasReturn: boolean;
}

/** Decodes records of one file, chunk by chunk, as far as it needs no others for them. */
export class RecordSkimmer {
  readonly #context: Context;
  readonly #read = new Uint32List();
  readonly #records = new Uint32List();
  #leases = new LeasePacker();
  #reasons: string[] = [];
  #decoder: Decoder;
  #buffer: Buffer = Buffer.alloc(0);
  /** Where the stretch begins in the chunk. */
  #first = 0;
  #line = 0;
  #tried = 0;
  #isGivenUp = false;
  #open: Open | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#decoder = context.open();
  }

  /** The first record of a file is always to be read, and so is the last of a chunk. */
  skim({ chunk, isFirst }: Chunk): SkimmedRecords {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const from = buffer.indexOf(NEWLINE) + 1;
    const to = buffer.lastIndexOf(NEWLINE) + 1;
    this.#buffer = buffer;
    this.#first = isFirst ? 0 : from;
    this.#begin();
    this.#toRead(this.#first, from);
    this.#decodeAll(from, to);
    if (this.#isGivenUp) {
      this.#begin();
      this.#toRead(this.#first, to);
    }
    return {
      from: this.#first,
      to,
      lines: this.#line,
      read: this.#read.toArray().slice(),
      later: NONE,
      lives: NONE,
      hosts: [],
      lastLeft: undefined,
      ahead: { records: this.#records.toArray().slice(), reasons: this.#reasons, leases: this.#leases.taken() },
    };
  }

  #begin(): void {
    this.#read.clear();
    this.#records.clear();
    this.#leases = new LeasePacker();
    this.#reasons = [];
    this.#line = 0;
    this.#tried = 0;
    this.#isGivenUp = false;
    this.#open = undefined;
  }

  #decodeAll(from: number, to: number): void {
    const stretch = this.#buffer.subarray(0, to);
    for (let at = from; at < to && !this.#isGivenUp; ) {
      const end = endOfPiece(stretch, at);
      const piece = stretch.subarray(at, end);
      if (isAscii(piece)) this.#addText(piece.toString('latin1'), at);
      else this.#addBytes(piece, at);
      at = end;
    }
    if (this.#open !== undefined) this.#toRead(this.#open.from, this.#open.to + 1);
  }

  /** `base`: where it begins in the chunk. */
  #addText(text: string, base: number): void {
    for (let from = 0, to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from))
      this.#add(text.slice(from, to), base + from, base + to);
  }

  #addBytes(bytes: Buffer, base: number): void {
    for (let from = 0, to = bytes.indexOf(NEWLINE); to >= 0; from = to + 1, to = bytes.indexOf(NEWLINE, from))
      this.#add(bytes.toString('utf8', from, to), base + from, base + to);
  }

  #add(text: string, from: number, to: number): void {
    const { starts } = this.#context;
    const hasReturn = text.charCodeAt(text.length - 1) === RETURN;
    const open = this.#open;
    if (starts === undefined || starts.test(text)) {
      if (open !== undefined) this.#close(open);
      this.#open = { text, lines: 1, from, to, hasReturn };
    } else if (open === undefined) this.#toRead(from, to + 1);
    else {
      open.text += `\n${text}`;
      open.lines++;
      open.to = to;
      open.hasReturn ||= hasReturn;
    }
  }

  #close({ text, lines, from, to, hasReturn }: Open): void {
    const offset = from - this.#first;
    const bytes = to - from;
    const isTried = !hasReturn && text.charCodeAt(0) > SPACE;
    const ref = { source: this.#context.source, line: this.#line, offset, bytes };
    const outcome = isTried ? this.#outcomeOf(text, ref) : TO_READ;
    if (outcome === TO_READ) this.#toRead(from, to + 1);
    else {
      this.#records.push(this.#line);
      this.#records.push(offset);
      this.#records.push(bytes);
      this.#records.push(outcome);
      this.#line += lines;
    }
    this.#tried++;
    const done = this.#records.length / RECORD_NUMBERS;
    // Trying is work for nothing where most records need others, or make more than a lease.
    if (this.#tried > FREE_TRIES && this.#tried > done * TRIES_A_RECORD) this.#isGivenUp = true;
  }

  #outcomeOf(text: string, ref: SourceRef): number {
    // Pieces of records that envelopes hold come out where the last of them stands: all are read in their order.
    if (this.#context.isWrapped(text)) this.#isGivenUp = true;
    const result = this.#decoder.decode({ text, ref });
    if (this.#decoder.isQuiet?.() === false) {
      this.#decoder = this.#context.open();
      return TO_READ;
    }
    if (result.status === 'skipped') return this.#placeOf(result.reason);
    const [event, more] = result.status === 'decoded' ? result.events : [];
    const isTaken = event?.kind === 'lease' && more === undefined && this.#leases.add(event);
    return isTaken ? LEASE : TO_READ;
  }

  #placeOf(reason: string): number {
    const known = this.#reasons.indexOf(reason);
    if (known >= 0) return known + 1;
    return this.#reasons.length < MOST_REASONS ? this.#reasons.push(reason) : TO_READ;
  }

  /** Lines from the beginning of one to behind the end of one. */
  #toRead(from: number, to: number): void {
    for (let at = from; at < to; ) {
      const end = this.#buffer.indexOf(NEWLINE, at);
      this.#read.push(this.#line++);
      this.#read.push(at);
      this.#read.push(end);
      at = end + 1;
    }
  }
}
