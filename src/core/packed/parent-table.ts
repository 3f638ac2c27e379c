import type { Overflow } from '../../model/overflow.ts';
import { PairLog } from './pair-log.ts';
import type { Slabs } from './slabs.ts';

const PAGE_BITS = 10;
const PAGE = 2 ** PAGE_BITS;
/** Linux's largest limit of pids. */
const MOST_PIDS = 2 ** 22;
/** Below it a number says how far below its child a parent's pid is; from here on which of the far ones it is. */
const FAR = 2 ** 15;
const MOST_FAR = 2 ** 16 - FAR;
/** Pages of a host where pairs can leave memory: 2 MB, a million pids. */
const MOST_PAGES = 2 ** 10;

/** A number below 2^16 for each pid, 0 until it is set, in pages of 2 KB. */
class Pages {
  readonly #slabs: Slabs;
  readonly #most: number;
  readonly #pages: (Uint16Array | undefined)[] = [];
  #made = 0;

  /** `most`: how many pages there may be. */
  constructor(slabs: Slabs, most: number) {
    this.#slabs = slabs;
    this.#most = most;
  }

  get(pid: number): number {
    return this.#pages[pid >>> PAGE_BITS]?.[pid % PAGE] ?? 0;
  }

  /** False where there is no page for it. */
  set(pid: number, value: number): boolean {
    const page = this.#pages[pid >>> PAGE_BITS] ?? this.#make(pid >>> PAGE_BITS);
    if (page === undefined) return false;
    page[pid % PAGE] = value;
    return true;
  }

  #make(index: number): Uint16Array | undefined {
    if (this.#made === this.#most) return undefined;
    this.#made++;
    const page = this.#slabs.uint16(PAGE);
    this.#pages[index] = page;
    return page;
  }
}

/**
 * The parents of pids. Pids are handed out in runs, and parents are mostly close below, or are few: two bytes tell the first parent
 * of a pid. What they cannot tell is a pair, and so is each further parent of a pid that was given out again: of such pairs a long
 * night has millions, and they are only asked for one after the other. Where pairs can leave memory, the first parents of a host's
 * other pids are pairs as well once a million pids have theirs.
 */
export class ParentTable {
  readonly #first: Pages;
  readonly #numberOfFar: Pages;
  readonly #far: number[] = [];
  readonly #others: PairLog;

  /** `slabs`: where the numbers stand. `overflow`: takes the pairs that are too many. */
  constructor(slabs: Slabs, overflow?: Overflow) {
    this.#others = new PairLog(overflow);
    const most = overflow === undefined ? Infinity : MOST_PAGES;
    this.#first = new Pages(slabs, most);
    this.#numberOfFar = new Pages(slabs, most);
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
    if (told === 0 || !this.#first.set(pid, told)) this.#others.add(pid, ppid);
  }

  /** The first that was told of a pid, where two bytes can tell it. */
  firstOf(pid: number): number | undefined {
    const told = pid < MOST_PIDS ? this.#first.get(pid) : 0;
    return told === 0 ? undefined : this.#told(pid, told);
  }

  /** `pid, ppid` of each pair, those told last in the first blocks. A block is gone when the next is asked for. */
  others(): Iterable<Uint32Array> {
    return this.#others.blocks();
  }

  /** 0 where two bytes cannot tell it. */
  #tell(pid: number, ppid: number): number {
    const below = pid - ppid;
    if (below > 0 && below < FAR) return below;
    if (ppid >= MOST_PIDS) return 0;
    const known = this.#numberOfFar.get(ppid);
    if (known !== 0) return known;
    if (this.#far.length === MOST_FAR) return 0;
    const told = FAR + this.#far.length;
    if (!this.#numberOfFar.set(ppid, told)) return 0;
    this.#far.push(ppid);
    return told;
  }

  #told(pid: number, told: number): number {
    return told < FAR ? pid - told : (this.#far[told - FAR] ?? 0);
  }
}
