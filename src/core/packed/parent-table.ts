import { PairSet } from './pair-set.ts';
import type { Slabs } from './slabs.ts';

const PAGE_BITS = 10;
const PAGE = 2 ** PAGE_BITS;
/** Linux's largest limit of pids. */
const MOST_PIDS = 2 ** 22;
/** Below it a number says how far below its child a parent's pid is; from here on which of the far ones it is. */
const FAR = 2 ** 15;
const MOST_FAR = 2 ** 16 - FAR;

/** A number below 2^16 for each pid, 0 until it is set, in pages of 2 KB. */
class Pages {
  readonly #slabs: Slabs;
  readonly #pages: (Uint16Array | undefined)[] = [];

  constructor(slabs: Slabs) {
    this.#slabs = slabs;
  }

  get(pid: number): number {
    return this.#pages[pid >>> PAGE_BITS]?.[pid % PAGE] ?? 0;
  }

  set(pid: number, value: number): void {
    const page = this.#pages[pid >>> PAGE_BITS] ?? this.#slabs.uint16(PAGE);
    this.#pages[pid >>> PAGE_BITS] = page;
    page[pid % PAGE] = value;
  }
}

/**
 * The parents of pids, each once. Pids are handed out in runs, and parents are mostly close below, or are few: two bytes tell the
 * first parent of a pid. What they cannot tell is a pair.
 */
export class ParentTable {
  readonly #first: Pages;
  readonly #numberOfFar: Pages;
  readonly #far: number[] = [];
  readonly #others = new PairSet();

  /** `slabs`: where the numbers stand. */
  constructor(slabs: Slabs) {
    this.#first = new Pages(slabs);
    this.#numberOfFar = new Pages(slabs);
  }

  /** Nothing is kept of a process whose pid is 0. */
  add(pid: number, ppid: number): void {
    if (pid === 0) return;
    const known = pid < MOST_PIDS ? this.#first.get(pid) : 0;
    if (known !== 0) {
      if (this.#told(pid, known) !== ppid) this.#others.add(pid, ppid);
      return;
    }
    const told = pid < MOST_PIDS ? this.#tell(pid, ppid) : 0;
    if (told === 0) this.#others.add(pid, ppid);
    else this.#first.set(pid, told);
  }

  /** What is added later is not in it. */
  byPid(): (pid: number) => readonly number[] {
    const others = this.#others.size === 0 ? () => [] : this.#others.byFirst();
    return (pid) => {
      const told = pid < MOST_PIDS ? this.#first.get(pid) : 0;
      return told === 0 ? others(pid) : [this.#told(pid, told), ...others(pid)];
    };
  }

  /** 0 where two bytes cannot tell it. */
  #tell(pid: number, ppid: number): number {
    const below = pid - ppid;
    if (below > 0 && below < FAR) return below;
    if (ppid >= MOST_PIDS) return 0;
    const known = this.#numberOfFar.get(ppid);
    if (known !== 0) return known;
    if (this.#far.length === MOST_FAR) return 0;
    const told = FAR + this.#far.push(ppid) - 1;
    this.#numberOfFar.set(ppid, told);
    return told;
  }

  #told(pid: number, told: number): number {
    return told < FAR ? pid - told : (this.#far[told - FAR] ?? 0);
  }
}
