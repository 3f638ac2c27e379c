import type { Buffer } from 'node:buffer';
import type { CallCutter, CutRecord, Said } from '../../model/call-cutter.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import { type QuotedPart, QuotedWriter } from '../json/quoted-texts.ts';
import { Uint32List } from '../packed/uint32-list.ts';
import { type Chunk, emptyChunk, type Tables } from './chunk.ts';
import { type Frame, Frames } from './frame.ts';
import { type AlikeRow, type Like, putAlike, putAlikeBytes, putCall } from './put.ts';
import { NameTable, quotedNumber, SaidTable } from './texts.ts';

/** Rows of calls without what they refer to. */
export type CallRows = Omit<Chunk, 'tables' | 'ids' | 'idPrefix' | 'ramps'> & { readonly ids: Uint8Array };

/** What was cut from some lines, as threads hand it on. What its rows refer to by numbers, this block or those before it told. */
export interface CallBlock {
  /** Numbers mean something only among blocks of one writer. */
  readonly writer: number;
  /** They begin anew. */
  readonly isFirst: boolean;
  readonly frames: readonly Frame[];
  readonly names: readonly (string | undefined)[];
  readonly commands: readonly (string | undefined)[];
  readonly argumentsTexts: readonly (string | undefined)[];
  /** Arguments that are still to be read. */
  readonly quoted: QuotedPart;
  /** Of each line: its number, and where its records end among all. */
  readonly lines: Uint32Array;
  /** Of each record: the name of its episode, and whether it is a call. */
  readonly records: Uint32Array;
  /** So many of each record, see `CallCutter`. */
  readonly words: Uint32Array;
  readonly calls: CallRows;
}

/** More are not cut from the lines of one chunk. */
const MOST_ROWS = 8192;
/** Texts that are remembered until numbers begin anew. */
const MOST_TEXTS = 50_000;

/** Puts together what is cut from lines. */
export class CallPacker {
  readonly #writer: number;
  readonly #cutter: CallCutter;
  #frames = new Frames();
  #tables: Tables = newTables(this.#frames);
  #quoted = new QuotedWriter();
  #told = { frames: 0, names: 0, said: 0 };
  #isFirst = true;
  #chunk = emptyChunk(this.#tables, MOST_ROWS);
  readonly #lines = new Uint32List();
  readonly #records = new Uint32List();
  #words = new Uint32Array(MOST_ROWS);
  #count = 0;
  /** By the objects that calls share. */
  #likes = new Map<ToolCallEvent, Like>();
  #said = new Map<Said, number>();
  /** Another one when numbers begin anew: those told before mean nothing any more. */
  edition = 0;

  constructor(writer: number, cutter: CallCutter) {
    this.#writer = writer;
    this.#cutter = cutter;
  }

  /** The records of one more line. False where there is no room for them. */
  add(records: readonly CutRecord[], line: number): boolean {
    if (!this.hasRoom(records.length)) return false;
    for (let i = 0; i < records.length; i++) {
      const record = records[i];
      if (record !== undefined) this.#addRecord(record, i);
    }
    this.endLine(line);
    return true;
  }

  hasRoom(records: number): boolean {
    return this.#chunk.rows + records <= MOST_ROWS;
  }

  /** A record of the line that goes on; there must be room for it. Its words stand there among others. */
  addRecord(words: Uint32Array, at: number, episode: number, isCall: boolean): void {
    const { words: count } = this.#cutter;
    const to = this.#placeOfWords();
    for (let i = 0; i < count; i++) this.#words[to + i] = words[at + i] ?? 0;
    this.#records.push(episode);
    this.#records.push(isCall ? 1 : 0);
  }

  /** The call that this record is, whose id stands there among other bytes. */
  addCall(row: AlikeRow, ids: Buffer, from: number, to: number): void {
    putAlikeBytes(this.#chunk, row, ids, from, to);
  }

  /** Its records have been added. */
  endLine(line: number): void {
    this.#lines.push(line);
    this.#lines.push(this.#count);
  }

  /** Where the words of one more record go. */
  #placeOfWords(): number {
    const { words } = this.#cutter;
    const at = this.#count++ * words;
    if (at + words > this.#words.length) {
      const more = new Uint32Array(this.#words.length * 2);
      more.set(this.#words);
      this.#words = more;
    }
    return at;
  }

  #addRecord({ episodeId, call }: CutRecord, i: number): void {
    const at = this.#placeOfWords();
    this.#cutter.identify(i, this.#words, at);
    const episode = this.numberOf(episodeId);
    this.#records.push(episode);
    this.#records.push(call === undefined ? 0 : 1);
    if (call?.kind === 'tool-call') putCall(this.#chunk, this.#frames.numberOf(call), call);
    else if (call !== undefined)
      putAlike(this.#chunk, call, { like: this.likeOf(call.like), said: this.saidOf(call.said), episode });
  }

  numberOf(name: string | undefined): number {
    return this.#tables.names.numberOf(name);
  }

  likeOf(like: ToolCallEvent): Like {
    const known = this.#likes.get(like);
    if (known !== undefined) return known;
    const { names } = this.#tables;
    const made = { frame: this.#frames.numberOf(like), sandbox: names.numberOf(like.sandboxId), slack: like.slack };
    this.#likes.set(like, made);
    return made;
  }

  saidOf(said: Said): number {
    const known = this.#said.get(said);
    if (known !== undefined) return known;
    const number = this.#tables.said.numberOf(said);
    this.#said.set(said, number);
    return number;
  }

  /** The number of what calls say whose arguments stand there between quotes, where they are `plainlySaid`. */
  quotedOf(bytes: Buffer, from: number, to: number): number {
    return quotedNumber(this.#quoted.add(bytes, from, to));
  }

  /** The name of the tool of such calls. */
  toolOf({ frame }: Like): string {
    return this.#frames.all[frame]?.name ?? '';
  }

  /** What was added since the last time. */
  take(): CallBlock {
    const { names, said } = this.#tables;
    const told = this.#told;
    const block = {
      writer: this.#writer,
      isFirst: this.#isFirst,
      frames: this.#frames.all.slice(told.frames),
      names: names.names.slice(told.names),
      commands: said.commands.slice(told.said),
      argumentsTexts: said.argumentsTexts.slice(told.said),
      quoted: this.#quoted.take(),
      lines: this.#lines.toArray().slice(),
      records: this.#records.toArray().slice(),
      words: this.#words.slice(0, this.#count * this.#cutter.words),
      calls: rowsOf(this.#chunk),
    };
    this.#told = { frames: this.#frames.all.length, names: names.names.length, said: said.commands.length };
    this.#isFirst = false;
    this.#begin();
    return block;
  }

  #begin(): void {
    if (Math.max(this.#told.frames, this.#told.names, this.#told.said) > MOST_TEXTS) {
      this.#frames = new Frames();
      this.#tables = newTables(this.#frames);
      this.#quoted = new QuotedWriter();
      this.#told = { frames: 0, names: 0, said: 0 };
      this.#isFirst = true;
      this.edition++;
      this.#chunk = emptyChunk(this.#tables, MOST_ROWS);
      this.#likes = new Map();
      this.#said = new Map();
    }
    const none = { rows: 0, early: undefined, late: undefined, start: undefined, sandbox: undefined };
    Object.assign(this.#chunk, none, { raws: undefined, odd: undefined, extras: undefined });
    this.#lines.clear();
    this.#records.clear();
    this.#count = 0;
  }
}

function newTables(frames: Frames): Tables {
  return { frames: frames.all, names: new NameTable(), said: new SaidTable() };
}

/** A copy of the rows that are filled. */
function rowsOf(chunk: Chunk): CallRows {
  const { rows, at, early, late, start, end, offset, line, bytes, index, nanos } = chunk;
  const { frame, episode, sandbox, said, idEnd, ids, raws, odd, extras } = chunk;
  return {
    rows,
    at: at.slice(0, rows),
    early: early?.slice(0, rows),
    late: late?.slice(0, rows),
    start: start?.slice(0, rows),
    end: end.slice(0, rows),
    offset: offset.slice(0, rows),
    line: line.slice(0, rows),
    bytes: bytes.slice(0, rows),
    index: index.slice(0, rows),
    nanos: nanos.slice(0, rows),
    frame: frame.slice(0, rows),
    episode: episode.slice(0, rows),
    sandbox: sandbox?.slice(0, rows),
    said: said.slice(0, rows),
    idEnd: idEnd.slice(0, rows),
    ids: new Uint8Array(ids.subarray(0, rows === 0 ? 0 : idEnd[rows - 1])),
    raws,
    odd,
    extras,
  };
}
