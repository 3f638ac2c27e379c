import type { Buffer } from 'node:buffer';
import type { Glance, LifeGlance, Look } from '../../model/format.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import { LEFT, LIFE, READ } from '../moments/answer.ts';
import { clientMark, containerMark } from '../moments/marks.ts';
import { type Chunk, endsLine, type Piece, piecesOf, stretchOf } from './chunk.ts';
import type { Likes } from './likes.ts';
import { type Life, SkimNotes } from './skim-notes.ts';
import { Skipped } from './skipped.ts';
import { endOfUnit, endOfUnitAt } from './units.ts';

interface PiecePlace {
  readonly chunk: Buffer;
  /** Whether the file begins with it. */
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
    const stretch = stretchOf(chunk, { startsLine: isFirst || startsLine });
    this.#notes.clear();
    this.#lastLeft = undefined;
    this.#endedLine = endsLine(chunk);
    for (const piece of piecesOf(stretch, this.#look.continues))
      this.#skimPiece(piece, { chunk: stretch.chunk, isFirst: isFirst && piece.base === 0 });
    this.#skipped.keep(stretch.chunk);
    return { from: stretch.from, to: stretch.to, ...this.#notes.taken(), lastLeft: this.#lastLeft };
  }

  #skimPiece(piece: Piece, place: PiecePlace): void {
    const likes = this.#likes;
    const left =
      likes?.load(piece.bytes) === true
        ? this.#compareLines(piece, place, likes)
        : this.#lookAtLines(piece, place.isFirst);
    if (left === undefined) return;
    this.#lastLeft = { line: left.line, text: piece.bytes.toString('latin1', left.from, left.to) };
  }

  #lookAtLines({ bytes, base }: Piece, isFirst: boolean): Left | undefined {
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

  #compareLines({ bytes, base }: Piece, { chunk, isFirst }: PiecePlace, likes: Likes): Left | undefined {
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
