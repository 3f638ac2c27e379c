import type { LifeGlance } from '../model/format.ts';
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

/** Undefined for the key of traffic. */
export function lifeOf(key: number): { readonly host: number; readonly pid: number } | undefined {
  if (key < LIFE) return undefined;
  return { host: Math.floor((key - LIFE) / MOST_PIDS), pid: (key - LIFE) % MOST_PIDS };
}

const NUMBERS = 6;
const BLOCK = 16_384;
/** A number holds the higher part of an offset, below 2^48, and the number of lines. */
const HIGH = 2 ** 16;
export const MOST_LINES = HIGH - 1;
/** Memory that a place takes. */
export const BYTES_PER_PLACE = NUMBERS * 4;

/** Where the lines of one file stand that are to be visited once more, in the file's order, in 24 bytes each. */
export class Deferred {
  readonly #most: number;
  #blocks: Uint32Array[] = [];
  #hosts: (string | undefined)[] = [];
  #length = 0;
  #isFull = false;
  #stretch: { readonly skimmed: Skimmed; readonly base: Pick<SourceRef, 'line' | 'offset'> } | undefined;
  #next = 0;

  /** `most`: how many places there is room for. */
  constructor(most: number) {
    this.#most = most;
  }

  /** There were more than fit, or lines that cannot be told by their place: the file must be read again as a whole. */
  get isFull(): boolean {
    return this.#isFull;
  }

  get length(): number {
    return this.#length;
  }

  get hosts(): readonly (string | undefined)[] {
    return this.#hosts;
  }

  /** Places are added in the order of their lines, but for those of a stretch: they fall in with the lines read in it. */
  add(place: Place): void {
    this.#drain(place.line);
    this.#push(place);
  }

  addLife({ line, offset }: Pick<Place, 'line' | 'offset'>, { host, pid, at, containerId }: LifeGlance): void {
    const key = pid < MOST_PIDS ? this.#lifeKey(host, pid) : ANY_KEY;
    this.add({ line, offset, lines: 1, key, mark: Math.floor(at / 1e6), group: containerMark(containerId) });
  }

  /** `base`: the stretch that was skimmed, as a place in the file. */
  addSkimmed(skimmed: Skimmed, base: Pick<SourceRef, 'line' | 'offset'>): void {
    this.#drain(Infinity);
    this.#stretch = { skimmed, base };
    this.#next = 0;
  }

  giveUp(): void {
    this.#isFull = true;
    this.#stretch = undefined;
    this.#blocks = [];
    this.#hosts = [];
    this.#length = 0;
  }

  *places(): Generator<Place> {
    this.#drain(Infinity);
    for (let i = 0; i < this.#length; i++) {
      const block = this.#blocks[Math.floor(i / BLOCK)];
      const at = (i % BLOCK) * NUMBERS;
      const [line = 0, low = 0, high = 0, key = 0, mark = 0, group = 0] = block?.subarray(at, at + NUMBERS) ?? [];
      yield { line, offset: (high % HIGH) * 2 ** 32 + low, lines: Math.floor(high / HIGH), key, mark, group };
    }
  }

  /** Adds what the stretch has before that line. */
  #drain(until: number): void {
    if (this.#stretch === undefined) return;
    const { skimmed, base } = this.#stretch;
    const { later, hosts, from } = skimmed;
    for (; this.#next < later.length && base.line + (later[this.#next] ?? 0) < until; this.#next += 6) {
      const [line = 0, at = 0, key = 0, mark = 0, group = 0, lines = 1] = later.subarray(this.#next, this.#next + 6);
      const place = { line: base.line + line, offset: base.offset + at - from, lines, key, mark, group };
      const life = lifeOf(key);
      this.#push(life === undefined ? place : { ...place, key: this.#lifeKey(hosts[life.host], life.pid) });
    }
    if (this.#next >= later.length) this.#stretch = undefined;
  }

  #push({ line, offset, lines, key, mark, group }: Place): void {
    if (this.#length >= this.#most) this.giveUp();
    if (this.#isFull) return;
    const at = (this.#length % BLOCK) * NUMBERS;
    if (at === 0) this.#blocks.push(new Uint32Array(BLOCK * NUMBERS));
    this.#blocks
      .at(-1)
      ?.set([line, offset % 2 ** 32, Math.floor(offset / 2 ** 32) + lines * HIGH, key, mark, group], at);
    this.#length++;
  }

  #lifeKey(host: string | undefined, pid: number): number {
    const known = this.#hosts.indexOf(host);
    const number = known >= 0 ? known : this.#hosts.push(host) - 1;
    if (number >= MOST_HOSTS) this.giveUp();
    return lifeKey(number % MOST_HOSTS, pid);
  }
}
