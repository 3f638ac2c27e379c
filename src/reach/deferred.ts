import type { LifeGlance } from '../model/format.ts';
import type { Overflow } from '../model/overflow.ts';
import type { Skimmed } from '../model/skimmed.ts';
import type { SourceRef } from '../model/source.ts';
import { containerMark } from './marks.ts';

/** One or more lines that may matter once all violations are known. */
export interface Place {
  readonly line: number;
  readonly offset: number;
  /** From 1 on: so many follow each other. */
  readonly lines: number;
  /** 0: it must be read. Up to 2^31: lines of this kind are judged alike. Above: a process, see `lifeKey`. */
  readonly key: number;
  /** The client of traffic, or the second of a process record. */
  readonly mark: number;
  /** The container of a process record, see `containerMark`; else 0. */
  readonly group: number;
}

export const ANY_KEY = 0;
const LIFE = 0x80000000;
const PID_BITS = 22;
export const MOST_HOSTS = 2 ** (31 - PID_BITS);
/** Linux's largest limit of pids; what is above it cannot be told by its pid. */
export const MOST_PIDS = 2 ** PID_BITS;

/** Of a host, by number, and a pid. */
export function lifeKey(host: number, pid: number): number {
  return LIFE + host * MOST_PIDS + (pid % MOST_PIDS);
}

/** Whether it is the key of a process, which `hostOf` and `pidOf` take apart. */
export function isLifeKey(key: number): boolean {
  return key >= LIFE;
}

export function hostOf(key: number): number {
  return (key >>> PID_BITS) & (MOST_HOSTS - 1);
}

export function pidOf(key: number): number {
  return key & (MOST_PIDS - 1);
}

/** That a place takes, also in what was skimmed: see `Skimmed.later`. */
export const NUMBERS = 6;
const BLOCK = 16_384;
const NO_BLOCK: Uint32Array = new Uint32Array(0);
/** A number holds the higher part of an offset, below 2^48, and the number of lines. */
const HIGH = 2 ** 16;
const LOW = 2 ** 32;
export const MOST_LINES = HIGH - 1;
/** Memory that a place takes. */
export const BYTES_PER_PLACE = NUMBERS * 4;

/** Whether a place is still worth a visit. */
export type Wants = (key: number, mark: number, group: number) => boolean;

interface Room {
  /** How many places may be in memory. */
  readonly most: number;
  /** Where the others go, block by block. */
  readonly overflow?: Overflow | undefined;
}

/** Where the lines of one file stand that are to be visited once more, in the file's order, in 24 bytes each. */
export class Deferred {
  readonly #most: number;
  readonly #overflow: Overflow | undefined;
  /** In memory, or where they are in the overflow. */
  #blocks: (Uint32Array | number)[] = [];
  #block = NO_BLOCK;
  #held = 0;
  #hosts: (string | undefined)[] = [];
  #length = 0;
  #isFull = false;
  /** The last block is one that the overflow takes when it is full. */
  #isOver = false;
  #stretch: Stretch | undefined;
  #next = 0;

  constructor({ most, overflow }: Room) {
    this.#most = most;
    this.#overflow = overflow;
  }

  /** There were more than there is room for, or lines that cannot be told by their place: the file must be read again as a whole. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** How many places are in memory, at most. */
  get held(): number {
    return this.#held;
  }

  get hosts(): readonly (string | undefined)[] {
    return this.#hosts;
  }

  /** Places are added in the order of their lines, but for those of a stretch: they fall in with the lines read in it. */
  add({ line, offset, lines, key, mark, group }: Place): void {
    this.#drain(line);
    const at = this.#push(line, offset, lines);
    this.#tell(at, key, mark, group);
  }

  addLife({ line, offset }: Pick<Place, 'line' | 'offset'>, { host, pid, at, containerId }: LifeGlance): void {
    const key = pid < MOST_PIDS ? lifeKey(this.#numberOf(host), pid) : ANY_KEY;
    this.add({ line, offset, lines: 1, key, mark: Math.floor(at / 1e6), group: containerMark(containerId) });
  }

  /** `base`: the stretch that was skimmed, as a place in the file. */
  addSkimmed(skimmed: Skimmed, base: Pick<SourceRef, 'line' | 'offset'>): void {
    this.#drain(Infinity);
    if (this.#isFull) return;
    this.#stretch = { skimmed, base, numbers: [] };
    this.#next = 0;
  }

  giveUp(): void {
    this.#isFull = true;
    this.#stretch = undefined;
    this.#blocks = [];
    this.#hosts = [];
    this.#length = 0;
    this.#held = 0;
  }

  /** Those that are wanted when their turn comes. */
  *places(wants: Wants = () => true): Generator<Place> {
    this.#drain(Infinity);
    for (let n = 0; n * BLOCK < this.#length; n++) {
      const block = this.#blockAt(n);
      const end = Math.min(BLOCK, this.#length - n * BLOCK) * NUMBERS;
      for (let at = seek(block, 0, end, wants); at < end; at = seek(block, at + NUMBERS, end, wants))
        yield placeAt(block, at);
    }
  }

  /** Adds what the stretch has before that line. A night has millions of places: nothing is made of each but its numbers. */
  #drain(until: number): void {
    if (this.#stretch === undefined) return;
    const { skimmed, base, numbers } = this.#stretch;
    const { later, hosts, from } = skimmed;
    let i = this.#next;
    for (; i < later.length && base.line + (later[i] ?? 0) < until && !this.#isFull; i += NUMBERS) {
      let key = later[i + 2] ?? ANY_KEY;
      if (isLifeKey(key)) {
        const number = numbers[hostOf(key)] ?? this.#numberOf(hosts[hostOf(key)]);
        numbers[hostOf(key)] = number;
        key = lifeKey(number, pidOf(key));
      }
      const at = this.#push(base.line + (later[i] ?? 0), base.offset + (later[i + 1] ?? 0) - from, later[i + 5] ?? 1);
      this.#tell(at, key, later[i + 3] ?? 0, later[i + 4] ?? 0);
    }
    this.#next = i;
    if (i >= later.length) this.#stretch = undefined;
  }

  /** Where in the last block the rest of the place goes. */
  #push(line: number, offset: number, lines: number): number {
    const at = (this.#length % BLOCK) * NUMBERS;
    if (at === 0 && !this.#isFull) this.#begin();
    if (this.#isFull) return 0;
    this.#block[at] = line;
    this.#block[at + 1] = offset % LOW;
    this.#block[at + 2] = Math.floor(offset / LOW) + lines * HIGH;
    this.#length++;
    return at;
  }

  /** A new block: in memory, or in that of the last one, which has to leave. */
  #begin(): void {
    if (this.#held + BLOCK <= this.#most) {
      this.#held += BLOCK;
      this.#block = new Uint32Array(BLOCK * NUMBERS);
    } else this.#overflowBlock();
    if (!this.#isFull) this.#blocks.push(this.#block);
  }

  #overflowBlock(): void {
    if (this.#overflow === undefined) this.giveUp();
    else if (!this.#isOver) this.#block = new Uint32Array(BLOCK * NUMBERS);
    else {
      const place = this.#overflow.write(this.#block);
      if (place === undefined) this.giveUp();
      else this.#blocks[this.#blocks.length - 1] = place;
    }
    this.#isOver = true;
  }

  #blockAt(index: number): Uint32Array {
    const block = this.#blocks[index] ?? NO_BLOCK;
    if (typeof block !== 'number') return block;
    const numbers = new Uint32Array(BLOCK * NUMBERS);
    this.#overflow?.read(block, numbers);
    return numbers;
  }

  #tell(at: number, key: number, mark: number, group: number): void {
    if (this.#isFull) return;
    this.#block[at + 3] = key;
    this.#block[at + 4] = mark;
    this.#block[at + 5] = group;
  }

  #numberOf(host: string | undefined): number {
    const known = this.#hosts.indexOf(host);
    const number = known >= 0 ? known : this.#hosts.push(host) - 1;
    if (number >= MOST_HOSTS) this.giveUp();
    return number % MOST_HOSTS;
  }
}

/** What was skimmed in one go, and the numbers that its hosts have here. */
interface Stretch {
  readonly skimmed: Skimmed;
  readonly base: Pick<SourceRef, 'line' | 'offset'>;
  readonly numbers: number[];
}

/** The next place that is wanted. No generator: V8 makes fast code of this loop over millions of places. */
function seek(block: Uint32Array, from: number, end: number, wants: Wants): number {
  let at = from;
  while (at < end && !wants(block[at + 3] ?? ANY_KEY, block[at + 4] ?? 0, block[at + 5] ?? 0)) at += NUMBERS;
  return at;
}

function placeAt(block: Uint32Array, at: number): Place {
  const [line = 0, low = 0, high = 0, key = 0, mark = 0, group = 0] = block.subarray(at, at + NUMBERS);
  return { line, offset: (high % HIGH) * LOW + low, lines: Math.floor(high / HIGH), key, mark, group };
}
