import type { ParentTable } from '../../core/packed/parent-table.ts';
import { PidBits } from '../../core/packed/pid-bits.ts';

/** A subshell's pid lies close behind its shell's: lineage looks that far back for a parent that left no record (`FORK_GAP`). */
const NEIGHBOURS = 512;

interface KinContext {
  readonly parents: Pick<ParentTable, 'firstOf' | 'others'>;
  /** Nobody above them matters. */
  readonly roots: ReadonlySet<number>;
}

/** Pids of a host. */
export interface Kin {
  readonly has: (pid: number) => boolean;
  /** The last second for which one of them matters. */
  readonly untilOf: (pid: number) => number;
}

/** Some pids, everybody above them, and the neighbours among whom a lost parent may be. `seeds`: the last second for which each matters. */
export function kinOf(seeds: ReadonlyMap<number, number>, context: KinContext): Kin {
  const { pids, until } = new Search(seeds, context);
  const latest = [...seeds.values()].reduce((most, second) => Math.max(most, second), 0);
  return made(pids, until, latest);
}

/** Made outside, where no parents are in sight that it would hold. */
function made(pids: PidBits, until: ReadonlyMap<number, number>, latest: number): Kin {
  return { has: (pid) => pids.has(pid), untilOf: (pid) => until.get(pid) ?? latest };
}

class Search {
  readonly pids = new PidBits();
  /** Neighbours are not in it: of them nobody knows. */
  readonly until = new Map<number, number>();
  readonly #context: KinContext;

  constructor(seeds: ReadonlyMap<number, number>, context: KinContext) {
    this.#context = context;
    for (const [pid, second] of seeds) this.#climb(pid, second);
    while (this.#climbOthers());
    for (const pid of this.#orphans())
      for (let other = Math.max(2, pid - NEIGHBOURS); other < pid; other++) {
        this.pids.add(other);
        this.until.delete(other);
      }
  }

  /** Adds a pid, and those that the first parents tell. */
  #climb(from: number, second: number): void {
    const { parents, roots } = this.#context;
    for (let pid: number | undefined = from; pid !== undefined && pid > 1; pid = parents.firstOf(pid)) {
      if ((this.until.get(pid) ?? -1) >= second) return;
      this.until.set(pid, second);
      this.pids.add(pid);
      if (roots.has(pid)) return;
    }
  }

  /** Goes through all other pairs once, the last first: a parent mostly began before its children. False where that changed nothing. */
  #climbOthers(): boolean {
    let isChanged = false;
    for (const [pid, ppid] of this.#others()) {
      const second = this.until.get(pid) ?? 0;
      if (ppid <= 1 || (this.until.get(ppid) ?? -1) >= second) continue;
      this.#climb(ppid, second);
      isChanged = true;
    }
    return isChanged;
  }

  /** `pid, ppid`: of those that are known by then. */
  *#others(): Generator<readonly [number, number]> {
    const { parents, roots } = this.#context;
    for (const pairs of parents.others())
      for (let i = seek(pairs, 0, this.pids); i < pairs.length; i = seek(pairs, i + 2, this.pids)) {
        const [pid = 0, ppid = 0] = [pairs[i], pairs[i + 1]];
        if (!roots.has(pid)) yield [pid, ppid];
      }
  }

  /** Those of whose parents none left a record. */
  #orphans(): ReadonlySet<number> {
    const { parents, roots } = this.#context;
    const isKnown = (pid: number): boolean => pid > 1 && (roots.has(pid) || parents.firstOf(pid) !== undefined);
    const orphans = new Set(
      [...this.until.keys()].filter((pid) => !roots.has(pid) && !isKnown(parents.firstOf(pid) ?? 0)),
    );
    if (orphans.size === 0) return orphans;
    // Of some pids two bytes cannot tell the first parent.
    const told = new Set<number>();
    for (const [pid] of this.#others()) if (parents.firstOf(pid) === undefined) told.add(pid);
    for (const [pid, ppid] of this.#others()) if (isKnown(ppid) || told.has(ppid)) orphans.delete(pid);
    return orphans;
  }
}

/** The next pair of one of them. No generator: a long night has millions of pairs. */
function seek(pairs: Uint32Array, from: number, pids: PidBits): number {
  let i = from;
  while (i < pairs.length && !pids.has(pairs[i] ?? 0)) i += 2;
  return i;
}
