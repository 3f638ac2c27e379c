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
 * The parents of pids. Pids are handed out in runs, and parents are mostly close below, or are few: two bytes tell the first parent
 * of a pid. What they cannot tell is a pair, and so is each further parent of a pid that was given out again: of such pairs a long
 * night has millions, and they are only asked for one after the other.
 */
export class ParentTable {
  readonly #first: Pages;
  readonly #numberOfFar: Pages;
  readonly #far: number[] = [];
  readonly #others: PairLog;

  /** `slabs`: where the numbers stand. `overflow`: takes the pairs that are too many. */
  constructor(slabs: Slabs, overflow?: Overflow) {
    this.#others = new PairLog(overflow);
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
    const told = FAR + this.#far.push(ppid) - 1;
    this.#numberOfFar.set(ppid, told);
    return told;
  }

  #told(pid: number, told: number): number {
    return told < FAR ? pid - told : (this.#far[told - FAR] ?? 0);
  }
}
