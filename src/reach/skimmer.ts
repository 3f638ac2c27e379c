import { Buffer } from 'node:buffer';
import type { Glance, Heading, LifeGlance, Look } from '../model/format.ts';
import type { Skimmed } from '../model/skimmed.ts';
import { LEFT, LIFE, READ } from './answer.ts';
import type { Likes } from './likes.ts';
import { clientMark, containerMark } from './marks.ts';
import { type Life, SkimNotes } from './skim-notes.ts';
import { Skipped } from './skipped.ts';
import { type Continues, endOfUnit, endOfUnitAt, endOfUnits } from './units.ts';

const NEWLINE = 10;
/** Strings up to this length live and die in V8's young generation. */
const PIECE_BYTES = 96 * 1024;

/** A chunk of a file, or the one that it begins with. */
export interface Chunk {
  readonly chunk: Uint8Array;
  readonly isFirst: boolean;
  /** Whether it begins with a line; told by the chunk before where this is absent. */
  readonly startsLine?: boolean;
  /** Of chunks that several looks share: the headings before this one, see `Format.headings`. */
  readonly heading?: Heading;
}

/** A piece of a chunk that begins and ends with a line. */
interface Piece {
  readonly bytes: Buffer;
  /** Where it begins in the chunk. */
  readonly base: number;
  readonly chunk: Buffer;
  readonly isFirst: boolean;
}

/** The unit that was left last: the number of its last line, and where it stands in the piece. */
interface Left {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** Where a unit stands in the chunk, without its last line feed. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Looks over the lines of one file, chunk by chunk. */
export class Skimmer {
  readonly #look: Look;
  readonly #answer: (glance: Glance) => number;
  readonly #likes: Likes | undefined;
  readonly #notes = new SkimNotes();
  readonly #skipped: Skipped;
  #lastLeft: Skimmed['lastLeft'];
  /** Of the last line that was looked at. */
  #glance: Glance | undefined;
  #answered = READ;
  /** Of the headings that the look began with. */
  #version = 0;
  #endedLine = true;

  /** `likes`: which lines need no look of their own. */
  constructor(look: Look, answer: (glance: Glance) => number, likes?: Likes) {
    this.#look = look;
    this.#skipped = new Skipped(look);
    this.#answer = answer;
    this.#likes = likes;
  }

  /** The first line of a file is looked at, as others may need it, but always read. */
  skim({ chunk, isFirst, startsLine = this.#endedLine, heading }: Chunk): Skimmed {
    if (heading !== undefined && heading.version !== this.#version) {
      this.#look.begin?.(heading);
      this.#version = heading.version;
    }
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // Behind the end of a line that began before.
    const from = isFirst || startsLine ? 0 : buffer.indexOf(NEWLINE) + 1;
    const to = buffer.lastIndexOf(NEWLINE) + 1;
    this.#notes.clear();
    this.#lastLeft = undefined;
    this.#endedLine = endsLine(chunk);
    for (let at = from; at < to; ) {
      const end = endOfPiece(buffer.subarray(0, to), at, this.#look.continues);
      this.#skimPiece({ bytes: buffer.subarray(at, end), base: at, chunk: buffer, isFirst: isFirst && at === 0 });
      at = end;
    }
    this.#skipped.keep(buffer);
    return { from, to, ...this.#notes.taken(), lastLeft: this.#lastLeft };
  }

  #skimPiece(piece: Piece): void {
    const likes = this.#likes;
    const left = likes?.load(piece.bytes) === true ? this.#compareLines(piece, likes) : this.#lookAtLines(piece);
    if (left === undefined) return;
    this.#lastLeft = { line: left.line, text: piece.bytes.toString('latin1', left.from, left.to) };
  }

  #lookAtLines({ bytes, base, isFirst }: Piece): Left | undefined {
    const text = bytes.toString('latin1');
    const { continues } = this.#look;
    let [left, end, line] = [-1, 0, 0];
    for (let from = 0, to = 0; from < text.length; from = to + 1) {
      to = endOfUnit(text, from, continues);
      if (!this.#leaves(text.slice(from, to), { from: base + from, to: base + to }, isFirst && from === 0)) continue;
      [left, end, line] = [from, to, this.#notes.line - 1];
    }
    return left < 0 ? undefined : { line, from: left, to: end };
  }

  #compareLines(piece: Piece, likes: Likes): Left | undefined {
    const { bytes, base, chunk, isFirst } = piece;
    const { continues } = this.#look;
    let [left, end, line] = [-1, 0, 0];
    for (let from = 0; from < bytes.length; ) {
      const rows = likes.scan(from);
      let isOutdated = false;
      for (let row = 0; row < rows && !isOutdated; row++) {
        const first = row;
        let to = likes.endOf(first);
        const known = likes.leftAt(row);
        if (known > 0) {
          this.#notes.left(known);
          [left, end, line] = [likes.lastAt(row), to, this.#notes.line - 1];
          from = to + 1;
          continue;
        }
        const isFirstLine = isFirst && from === 0;
        if (isFirstLine || !likes.leaves(first, base + from, this.#notes)) {
          this.#skipped.lookAt(chunk);
          if (continues !== undefined && likes.linesOf(first) === 0) {
            to = endOfUnitAt(bytes, from, continues);
            while (row + 1 < rows && likes.endOf(row + 1) <= to) row++;
          }
          const text = bytes.toString('latin1', from, to);
          const isLeft = this.#leaves(text, { from: base + from, to: base + to }, isFirstLine);
          // What was learned may hold for the rows that follow: they are compared again.
          isOutdated =
            likes.forgetOld() ||
            (isLeft && this.#glance !== undefined && likes.learn(first, text, this.#glance, this.#answered));
          if (isLeft) [left, end, line] = [from, to, this.#notes.line - 1];
        } else {
          if (continues !== undefined) this.#skipped.add(base + from, base + to);
          [left, end, line] = [from, to, this.#notes.line - 1];
        }
        from = to + 1;
      }
    }
    return left < 0 ? undefined : { line, from: left, to: end };
  }

  /** Looks at a unit and notes what becomes of it. */
  #leaves(text: string, span: Span, isFirstUnit: boolean): boolean {
    const glance = this.#look(text);
    const answer = glance === undefined || isFirstUnit ? READ : this.#answer(glance);
    this.#glance = glance;
    this.#answered = answer;
    const lines = this.#look.continues === undefined ? 1 : linesIn(text);
    const isLeft = glance !== undefined && this.#notesLeft(glance, answer, { ...span, lines });
    if (glance?.kind === 'socket') glance.isLeft = isLeft;
    if (!isLeft) this.#read(text, span);
    return isLeft;
  }

  #read(text: string, { from, to }: Span): void {
    let at = from;
    if (this.#look.continues !== undefined)
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
        this.#notes.read(at, from + end);
        at = from + end + 1;
      }
    this.#notes.read(at, to);
  }

  /** False where the unit must be read. */
  #notesLeft(glance: Glance, answer: number, { from, to, lines }: Span & { readonly lines: number }): boolean {
    const notes = this.#notes;
    if (answer === READ) return false;
    if (answer === LIFE && glance.kind === 'life') {
      const life = lifeOf(glance);
      // Without a time it is no record that can be visited later.
      return life.second > 0 && notes.life(from, life, lines);
    }
    if (glance.kind === 'socket') return notes.socket(glance, lines);
    if (glance.kind === 'alert') {
      const second = Math.floor(glance.at / 1e6);
      notes.counted({ from, to }, answer, { second, micros: glance.at - second * 1e6 });
      return true;
    }
    if (answer === LEFT || glance.kind !== 'traffic') notes.left(lines);
    else notes.later(from, answer, clientMark(glance.clientIp, glance.port));
    return true;
  }
}

/** Skims the chunks of a file in their order. */
export function skimInOrder(look: Look, answer: (glance: Glance) => number): (chunk: Uint8Array) => Skimmed {
  const skimmer = new Skimmer(look, answer);
  let isFirst = true;
  return (chunk) => {
    const skimmed = skimmer.skim({ chunk, isFirst });
    isFirst = false;
    return skimmed;
  };
}

function lifeOf({ host, pid, ppid, at, containerId }: LifeGlance): Life {
  return { host, pid, ppid, second: Math.floor(at / 1e6), group: containerMark(containerId) };
}

function linesIn(text: string): number {
  let lines = 1;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) lines++;
  return lines;
}

export function endsLine(chunk: Uint8Array): boolean {
  return chunk.at(-1) === NEWLINE;
}

/** `buffer` ends with a line. */
export function endOfPiece(buffer: Buffer, from: number, continues?: Continues): number {
  if (from + PIECE_BYTES >= buffer.length) return buffer.length;
  const last = buffer.lastIndexOf(NEWLINE, from + PIECE_BYTES) + 1;
  if (last <= from) return buffer.indexOf(NEWLINE, from) + 1;
  const units = continues === undefined ? 0 : endOfUnits(buffer.subarray(from, last), continues);
  return units > 0 ? from + units : last;
}
