import { Buffer } from 'node:buffer';
import { ownText } from '../core/own-text.ts';
import { Uint32List } from '../core/uint32-list.ts';
import type { Glance, LifeGlance, Look } from '../model/format.ts';
import type { Skimmed } from '../model/skimmed.ts';
import { LEFT, LIFE, READ } from './answer.ts';
import { lifeKey, MOST_HOSTS, MOST_LINES, MOST_PIDS } from './deferred.ts';
import { clientMark, containerMark } from './marks.ts';

const NEWLINE = 10;
/** Strings up to this length live and die in V8's young generation. */
const PIECE_BYTES = 96 * 1024;

/** Looks over the lines of one file, chunk by chunk. */
export class Skimmer {
  readonly #look: Look;
  readonly #answer: (glance: Glance) => number;
  readonly #read = new Uint32List();
  readonly #later = new Uint32List();
  readonly #lives = new Uint32List();
  readonly #hosts: (string | undefined)[] = [];
  #line = 0;
  #lastLeft: Skimmed['lastLeft'];

  constructor(look: Look, answer: (glance: Glance) => number) {
    this.#look = look;
    this.#answer = answer;
  }

  /** `isFirst`: the file begins with this chunk. Its first line is looked at, as others may need it, but always read. */
  skim(chunk: Uint8Array, isFirst: boolean): Skimmed {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // Behind the end of a line that began before.
    const from = isFirst ? 0 : buffer.indexOf(NEWLINE) + 1;
    const to = buffer.lastIndexOf(NEWLINE) + 1;
    this.#begin();
    for (let at = from; at < to; ) {
      const end = endOfPiece(buffer, at, to);
      this.#skimPiece(buffer.toString('latin1', at, end), at, isFirst && at === 0);
      at = end;
    }
    return {
      from,
      to,
      lines: this.#line,
      read: this.#read.toArray().slice(),
      later: this.#later.toArray().slice(),
      lives: this.#lives.toArray().slice(),
      hosts: [...this.#hosts],
      lastLeft: this.#lastLeft,
    };
  }

  #begin(): void {
    for (const list of [this.#read, this.#later, this.#lives]) list.clear();
    this.#line = 0;
    this.#lastLeft = undefined;
  }

  /** `base`: where the piece begins in the chunk. */
  #skimPiece(text: string, base: number, isFirst: boolean): void {
    let from = 0;
    let left = -1;
    let leftLine = 0;
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      const line = text.slice(from, to);
      if (isFirst && from === 0) this.#look(line);
      if (!(isFirst && from === 0) && this.#leaves(line, base + from)) {
        left = from;
        leftLine = this.#line;
      } else {
        this.#read.push(this.#line);
        this.#read.push(base + from);
        this.#read.push(base + to);
      }
      this.#line++;
      from = to + 1;
    }
    if (left >= 0) this.#lastLeft = { line: leftLine, text: text.slice(left, text.indexOf('\n', left)) };
  }

  #leaves(line: string, from: number): boolean {
    const glance = this.#look(line);
    const answer = glance === undefined ? READ : this.#answer(glance);
    if (glance === undefined || answer === READ) return false;
    if (answer === LEFT) return true;
    if (glance.kind === 'traffic') this.#note(from, [answer, clientMark(glance.clientIp, glance.port), 0]);
    return glance.kind !== 'life' || answer !== LIFE || this.#noteLife(from, glance);
  }

  /** False where there are more hosts than can be told apart, or no such pid. */
  #noteLife(from: number, { host, pid, ppid, at, containerId }: LifeGlance): boolean {
    const number = this.#hostOf(host);
    if (number >= MOST_HOSTS || pid >= MOST_PIDS) return false;
    const lives = this.#lives;
    // Most follow a record of the same process.
    if (lives.length === 0 || lives.last(0) !== ppid || lives.last(1) !== pid || lives.last(2) !== number) {
      lives.push(number);
      lives.push(pid);
      lives.push(ppid);
    }
    this.#note(from, [lifeKey(number, pid), Math.floor(at / 1e6), containerMark(containerId)]);
    return true;
  }

  /** Lines next to each other that are alike in all of this are one place: the records of one event. */
  #note(from: number, [key, mark, group]: readonly [number, number, number]): void {
    const later = this.#later;
    const isNext = later.length > 0 && (later.last(5) ?? 0) + (later.last(0) ?? 0) === this.#line;
    if (
      isNext &&
      later.last(0) !== MOST_LINES &&
      later.last(3) === key &&
      later.last(2) === mark &&
      later.last(1) === group
    ) {
      later.countUp();
      return;
    }
    this.#later.push(this.#line);
    this.#later.push(from);
    this.#later.push(key);
    this.#later.push(mark);
    this.#later.push(group);
    this.#later.push(1);
  }

  #hostOf(host: string | undefined): number {
    const known = this.#hosts.indexOf(host);
    if (known >= 0) return known;
    return this.#hosts.length < MOST_HOSTS
      ? this.#hosts.push(host === undefined ? host : ownText(host)) - 1
      : MOST_HOSTS;
  }
}

function endOfPiece(buffer: Buffer, from: number, to: number): number {
  if (from + PIECE_BYTES >= to) return to;
  const last = buffer.lastIndexOf(NEWLINE, from + PIECE_BYTES);
  return last >= from ? last + 1 : buffer.indexOf(NEWLINE, from) + 1;
}
