import { Buffer } from 'node:buffer';
import type { Glance, Heading, LifeGlance, Look } from '../model/format.ts';
import type { Skimmed } from '../model/skimmed.ts';
import { LEFT, LIFE, READ } from './answer.ts';
import type { Likes } from './likes.ts';
import { clientMark, containerMark } from './marks.ts';
import { type Life, SkimNotes } from './skim-notes.ts';

const NEWLINE = 10;
/** Strings up to this length live and die in V8's young generation. */
const PIECE_BYTES = 96 * 1024;

/** A chunk of a file, or the one that it begins with. */
export interface Chunk {
  readonly chunk: Uint8Array;
  readonly isFirst: boolean;
  /** Of chunks that several looks share: the headings before this one, see `Format.headings`. */
  readonly heading?: Heading;
}

/** A piece of a chunk that begins and ends with a line. */
interface Piece {
  readonly bytes: Buffer;
  /** Where it begins in the chunk. */
  readonly base: number;
  readonly isFirst: boolean;
}

interface Left {
  readonly line: number;
  readonly from: number;
}

/** Looks over the lines of one file, chunk by chunk. */
export class Skimmer {
  readonly #look: Look;
  readonly #answer: (glance: Glance) => number;
  readonly #likes: Likes | undefined;
  readonly #notes = new SkimNotes();
  #lastLeft: Skimmed['lastLeft'];
  /** Of the last line that was looked at. */
  #glance: Glance | undefined;
  #answered = READ;
  /** Of the headings that the look began with. */
  #version = 0;

  /** `likes`: which lines need no look of their own. */
  constructor(look: Look, answer: (glance: Glance) => number, likes?: Likes) {
    this.#look = look;
    this.#answer = answer;
    this.#likes = likes;
  }

  /** The first line of a file is looked at, as others may need it, but always read. */
  skim({ chunk, isFirst, heading }: Chunk): Skimmed {
    if (heading !== undefined && heading.version !== this.#version) {
      this.#look.begin?.(heading);
      this.#version = heading.version;
    }
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // Behind the end of a line that began before.
    const from = isFirst ? 0 : buffer.indexOf(NEWLINE) + 1;
    const to = buffer.lastIndexOf(NEWLINE) + 1;
    this.#notes.clear();
    this.#lastLeft = undefined;
    for (let at = from; at < to; ) {
      const end = endOfPiece(buffer, at, to);
      this.#skimPiece({ bytes: buffer.subarray(at, end), base: at, isFirst: isFirst && at === 0 });
      at = end;
    }
    return { from, to, ...this.#notes.taken(), lastLeft: this.#lastLeft };
  }

  #skimPiece(piece: Piece): void {
    const likes = this.#likes;
    const left = likes?.load(piece.bytes) === true ? this.#compareLines(piece, likes) : this.#lookAtLines(piece);
    if (left === undefined) return;
    const { bytes } = piece;
    this.#lastLeft = { line: left.line, text: bytes.toString('latin1', left.from, bytes.indexOf(NEWLINE, left.from)) };
  }

  /** Both ways return the last line that was left: its number, and where it begins in the piece. */
  #lookAtLines({ bytes, base, isFirst }: Piece): Left | undefined {
    const text = bytes.toString('latin1');
    let left = -1;
    let line = 0;
    for (let from = 0, to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from)) {
      const number = this.#notes.line;
      if (!this.#leaves(text.slice(from, to), { from: base + from, to: base + to }, isFirst && from === 0)) continue;
      left = from;
      line = number;
    }
    return left < 0 ? undefined : { line, from: left };
  }

  #compareLines({ bytes, base, isFirst }: Piece, likes: Likes): Left | undefined {
    let left = -1;
    let line = 0;
    for (let from = 0; from < bytes.length; ) {
      const rows = likes.scan(from);
      let isOutdated = false;
      for (let row = 0; row < rows && !isOutdated; row++) {
        const to = likes.endOf(row);
        const number = this.#notes.line;
        const isFirstLine = isFirst && from === 0;
        if (isFirstLine || !likes.leaves(row, base + from, this.#notes)) {
          const text = bytes.toString('latin1', from, to);
          const isLeft = this.#leaves(text, { from: base + from, to: base + to }, isFirstLine);
          // What was learned may hold for the rows that follow: they are compared again.
          isOutdated =
            likes.forgetOld() ||
            (isLeft && this.#glance !== undefined && likes.learn(row, text, this.#glance, this.#answered));
          if (isLeft) [left, line] = [from, number];
        } else [left, line] = [from, number];
        from = to + 1;
      }
    }
    return left < 0 ? undefined : { line, from: left };
  }

  /** Looks at a line and notes what becomes of it. */
  #leaves(text: string, { from, to }: { readonly from: number; readonly to: number }, isFirstLine: boolean): boolean {
    const glance = this.#look(text);
    const answer = glance === undefined || isFirstLine ? READ : this.#answer(glance);
    this.#glance = glance;
    this.#answered = answer;
    if (glance !== undefined && this.#notesLeft(glance, answer, from)) return true;
    this.#notes.read(from, to);
    return false;
  }

  /** False where the line must be read. */
  #notesLeft(glance: Glance, answer: number, from: number): boolean {
    const notes = this.#notes;
    if (answer === READ) return false;
    if (answer === LIFE && glance.kind === 'life') return notes.life(from, lifeOf(glance));
    if (answer === LEFT || glance.kind !== 'traffic') notes.left();
    else notes.later(from, answer, clientMark(glance.clientIp, glance.port));
    return true;
  }
}

function lifeOf({ host, pid, ppid, at, containerId }: LifeGlance): Life {
  return { host, pid, ppid, second: Math.floor(at / 1e6), group: containerMark(containerId) };
}

export function endOfPiece(buffer: Buffer, from: number, to: number): number {
  if (from + PIECE_BYTES >= to) return to;
  const last = buffer.lastIndexOf(NEWLINE, from + PIECE_BYTES);
  return last >= from ? last + 1 : buffer.indexOf(NEWLINE, from) + 1;
}
