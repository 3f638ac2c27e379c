import { Slabs } from '../../core/packed/slabs.ts';
import type { LifeGlance } from '../../model/format.ts';
import type { Overflow } from '../../model/overflow.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import type { SourceRef } from '../../model/source.ts';
import { containerMark } from '../moments/marks.ts';
import { NUMBERS, type Place, placeAt, put, seek, type Wants } from '../moments/places.ts';

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

/** Whether it is the key of a process, which `hostOf` and `pidOf` take apart, all three also where it has a sign. */
export function isLifeKey(key: number): boolean {
  return (key & LIFE) !== 0;
}

export function hostOf(key: number): number {
  return (key >>> PID_BITS) & (MOST_HOSTS - 1);
}

export function pidOf(key: number): number {
  return key & (MOST_PIDS - 1);
}

const BLOCK = 16_384;
const NO_BLOCK: Uint32Array = new Uint32Array(0);

interface Room {
  /** How many places may be in memory. */
  readonly most: number;
  /** Where the others go, block by block. */
  readonly overflow?: Overflow | undefined;
  /** Where blocks stand that are in memory. */
  readonly slabs?: Slabs;
}

/**
 * Where the lines of one file stand that are to be visited once more, in the file's order, in 24 bytes each. What is asked of them is
 * asked when all are there.
 */
export class Deferred {
  readonly #most: number;
  readonly #overflow: Overflow | undefined;
  readonly #slabs: Slabs;
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

  constructor({ most, overflow, slabs = new Slabs() }: Room) {
    this.#most = most;
    this.#overflow = overflow;
    this.#slabs = slabs;
  }

  /** There were more than there is room for, or lines that cannot be told by their place: the file must be read again as a whole. */
  get isFull(): boolean {
    this.#drain(Infinity);
    return this.#isFull;
  }

  /** How many places are in memory, at most. */
  get held(): number {
    this.#drain(Infinity);
    return this.#held;
  }

  get hosts(): readonly (string | undefined)[] {
    this.#drain(Infinity);
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
    const room = new Uint32Array(BLOCK * NUMBERS);
    for (let n = 0; n * BLOCK < this.#length; n++) {
      const block = this.#blockAt(n, room);
      const end = Math.min(BLOCK, this.#length - n * BLOCK) * NUMBERS;
      for (let at = seek(block, 0, end, wants); at < end; at = seek(block, at + NUMBERS, end, wants))
        yield placeAt(block, at);
    }
  }

  /** Adds what the stretch has before that line. A night has millions of places: nothing is made of each but its numbers. */
  #drain(until: number): void {
    const stretch = this.#stretch;
    if (stretch === undefined) return;
    const { base, skimmed } = stretch;
    const { later } = skimmed;
    while (this.#next < later.length && base.line + (later[this.#next] ?? 0) < until) {
      if (this.#length % BLOCK === 0) this.#begin();
      if (!this.#isFull) this.#next = this.#copy(stretch, until);
      if (this.#isFull) return;
    }
    if (this.#next >= later.length) this.#stretch = undefined;
  }

  /** As many as the last block has room for; where those begin that are left. */
  #copy({ skimmed: { later, from, hosts }, base, numbers }: Stretch, until: number): number {
    const block = this.#block;
    const start = base.offset - from;
    let at = (this.#length % BLOCK) * NUMBERS;
    let i = this.#next;
    for (; i < later.length && at < BLOCK * NUMBERS; i += NUMBERS) {
      const line = base.line + (later[i] ?? 0);
      if (line >= until) break;
      let key = later[i + 2] ?? ANY_KEY;
      if (isLifeKey(key)) {
        const host = hostOf(key);
        const number = numbers[host] ?? this.#numberOf(hosts[host]);
        numbers[host] = number;
        if (this.#isFull) return i;
        if (number !== host) key = lifeKey(number, pidOf(key));
      }
      put(block, at, line, start + (later[i + 1] ?? 0), later[i + 5] ?? 1);
      block[at + 3] = key;
      block[at + 4] = later[i + 3] ?? 0;
      block[at + 5] = later[i + 4] ?? 0;
      at += NUMBERS;
      this.#length++;
    }
    return i;
  }

  /** Where in the last block the rest of the place goes. */
  #push(line: number, offset: number, lines: number): number {
    const at = (this.#length % BLOCK) * NUMBERS;
    if (at === 0 && !this.#isFull) this.#begin();
    if (this.#isFull) return 0;
    put(this.#block, at, line, offset, lines);
    this.#length++;
    return at;
  }

  /** A new block: in memory, or in that of the last one, which has to leave. */
  #begin(): void {
    if (this.#held + BLOCK <= this.#most) {
      this.#held += BLOCK;
      this.#block = this.#slabs.uint32(BLOCK * NUMBERS);
    } else this.#overflowBlock();
    if (!this.#isFull) this.#blocks.push(this.#block);
  }

  #overflowBlock(): void {
    if (this.#overflow === undefined) this.giveUp();
    else if (!this.#isOver) this.#block = this.#slabs.uint32(BLOCK * NUMBERS);
    else {
      const place = this.#overflow.write(this.#block);
      if (place === undefined) this.giveUp();
      else this.#blocks[this.#blocks.length - 1] = place;
    }
    this.#isOver = true;
  }

  /** `room`: takes one that is in the overflow. */
  #blockAt(index: number, room: Uint32Array): Uint32Array {
    const block = this.#blocks[index] ?? NO_BLOCK;
    if (typeof block !== 'number') return block;
    this.#overflow?.read(block, room);
    return room;
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
