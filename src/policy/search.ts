import { PriceBound, wholeSets } from './bound.ts';
import { type CoverProblem, holdersOf, leftOf, penaltyOf } from './cover.ts';

export interface SearchOptions {
  /** What comes after least weight left: least penalty and nothing else, or fewest sets and then least penalty. */
  readonly aim: 'penalty' | 'sets';
  /** Largest sum of penalties allowed. */
  readonly budget?: number;
  /** No cover costs less than this penalty: once reached, only fewer sets are better. */
  readonly leastPenalty?: number;
  /** Elements may stay uncovered, at their weight, where the budget does not reach. */
  readonly mayLeave: boolean;
  readonly maxNodes: number;
}

export interface Found {
  readonly chosen: readonly number[];
  readonly optimal: boolean;
  readonly nodes: number;
}

/** (left, penalty, 0) or (left, sets, penalty), by the aim: smaller is better, the first difference decides. */
type Cost = readonly [number, number, number];

const ROOT_STEPS = 400;
const NODE_STEPS = 30;

/** Exact depth-first branch and bound; an incumbent from a greedy cover comes back when `maxNodes` is reached. */
export function search(problem: CoverProblem, options: SearchOptions): Found {
  return new Search(problem, options).run();
}

class Search {
  readonly #problem: CoverProblem;
  readonly #options: SearchOptions;
  readonly #bound: PriceBound;
  readonly #holders: readonly (readonly number[])[];
  readonly #covered: Int32Array;
  readonly #touched: Int32Array;
  readonly #banned: Int32Array;
  readonly #leaving: Uint8Array;
  readonly #chosen: number[] = [];
  #penalty = 0;
  #left = 0;
  #best: readonly number[] = [];
  #bestCost: Cost = [Infinity, Infinity, Infinity];
  #nodes = 0;
  #cut = false;

  constructor(problem: CoverProblem, options: SearchOptions) {
    this.#problem = problem;
    this.#options = options;
    this.#bound = new PriceBound(problem);
    this.#holders = holdersOf(
      problem.elements.length,
      problem.sets.map(({ covers }) => covers),
    );
    this.#covered = new Int32Array(problem.elements.length);
    this.#touched = new Int32Array(problem.penalties.length);
    this.#banned = new Int32Array(problem.sets.length);
    this.#leaving = new Uint8Array(problem.elements.length);
  }

  run(): Found {
    this.#keep(this.#greedy());
    this.#visit(ROOT_STEPS);
    return { chosen: [...this.#best].sort((a, b) => a - b), optimal: !this.#cut, nodes: this.#nodes };
  }

  #visit(steps: number): void {
    if (this.#nodes >= this.#options.maxNodes) {
      this.#cut = true;
      return;
    }
    this.#nodes++;
    const element = this.#nextElement();
    if (element === undefined) {
      this.#keep(this.#chosen);
      return;
    }
    const useless = this.#uselessSets(steps);
    if (useless === undefined) return;
    for (const set of useless) this.#ban(set, 1);
    const choices = this.#choicesOf(element);
    for (const set of choices) {
      this.#choose(set, 1);
      this.#visit(NODE_STEPS);
      this.#choose(set, -1);
      this.#ban(set, 1);
    }
    if (this.#options.mayLeave) this.#leave(element);
    for (const set of [...choices, ...useless]) this.#ban(set, -1);
  }

  #ban(set: number, by: 1 | -1): void {
    this.#banned[set] = (this.#banned[set] ?? 0) + by;
  }

  #leave(element: number): void {
    this.#leaving[element] = 1;
    this.#left += this.#problem.elements[element] ?? 0;
    this.#visit(NODE_STEPS);
    this.#left -= this.#problem.elements[element] ?? 0;
    this.#leaving[element] = 0;
  }

  #isOpen = (element: number): boolean => this.#covered[element] === 0 && this.#leaving[element] === 0;

  #isAvailable = (set: number): boolean =>
    this.#banned[set] === 0 && this.#penalty + this.#extra(set) <= (this.#options.budget ?? Infinity);

  /** Penalty that a set would add. */
  #extra(set: number): number {
    let extra = 0;
    for (const hit of this.#problem.sets[set]?.hits ?? [])
      if (this.#touched[hit] === 0) extra += this.#problem.penalties[hit] ?? 0;
    return extra;
  }

  /** The open element with the fewest sets left; one that costs something in any case before one that is free. */
  #nextElement(): number | undefined {
    let best: number | undefined;
    let fewest = Infinity;
    for (let element = 0; element < this.#problem.elements.length; element++) {
      if (!this.#isOpen(element)) continue;
      let choices = 0;
      let isFree = false;
      for (const set of this.#holders[element] ?? []) {
        if (!this.#isAvailable(set)) continue;
        choices++;
        if (!isFree && this.#extra(set) === 0) isFree = true;
      }
      const rank = choices + (isFree && choices > 1 ? this.#problem.sets.length : 0);
      if (rank < fewest) {
        fewest = rank;
        best = element;
      }
    }
    return best;
  }

  #choicesOf(element: number): readonly number[] {
    const scored = (this.#holders[element] ?? [])
      .filter(this.#isAvailable)
      .map((set) => ({ set, extra: this.#extra(set), gain: this.#gain(set) }));
    scored.sort((a, b) =>
      this.#options.aim === 'penalty'
        ? a.extra - b.extra || b.gain - a.gain || a.set - b.set
        : b.gain - a.gain || a.extra - b.extra || a.set - b.set,
    );
    return scored.map(({ set }) => set);
  }

  #gain(set: number): number {
    return (this.#problem.sets[set]?.covers ?? []).filter(this.#isOpen).length;
  }

  #choose(set: number, by: 1 | -1): void {
    const { covers = [], hits = [] } = this.#problem.sets[set] ?? {};
    if (by === 1) {
      this.#penalty += this.#extra(set);
      this.#chosen.push(set);
    } else this.#chosen.pop();
    for (const element of covers) this.#covered[element] = (this.#covered[element] ?? 0) + by;
    for (const hit of hits) this.#touched[hit] = (this.#touched[hit] ?? 0) + by;
    if (by === -1) this.#penalty -= this.#extra(set);
  }

  /** Sets that no better cover below this node has; undefined when there is no better cover at all. */
  #uselessSets(steps: number): readonly number[] | undefined {
    const { left, penalty } = this.#forced();
    if (penalty > (this.#options.budget ?? Infinity)) return undefined;
    const isBetter = (sets: number): boolean =>
      isLess(this.#cost(left, Math.max(penalty, this.#options.leastPenalty ?? 0), sets), this.#bestCost);
    const used = this.#chosen.length;
    if (!isBetter(used)) return undefined;
    // Where elements may be left no number of sets is needed, and where only penalties matter none is too many.
    if (this.#options.mayLeave || this.#options.aim === 'penalty') return [];
    let target = 1;
    while (isBetter(used + target) && target <= this.#problem.elements.length) target++;
    const { bound, reducedCosts } = this.#bound.lowerBound(
      { isOpen: this.#isOpen, isAvailable: this.#isAvailable },
      target,
      steps,
    );
    if (!isBetter(used + wholeSets(bound))) return undefined;
    return reducedCosts.flatMap(([set, cost]) => (isBetter(used + wholeSets(bound + Math.max(0, cost))) ? [] : [set]));
  }

  /** What every cover below this node leaves and touches at least. */
  #forced(): { left: number; penalty: number } {
    let left = this.#left;
    let penalty = this.#penalty;
    const used = new Set<number>();
    for (let element = 0; element < this.#problem.elements.length; element++) {
      if (!this.#isOpen(element)) continue;
      const sets = (this.#holders[element] ?? []).filter(this.#isAvailable);
      if (sets.length === 0) left += this.#options.mayLeave ? (this.#problem.elements[element] ?? 0) : Infinity;
      else if (!this.#options.mayLeave) penalty += this.#cheapest(sets, used);
    }
    return { left, penalty };
  }

  /** Least penalty among sets whose penalties no other element has been charged for; then they are taken. */
  #cheapest(sets: readonly number[], used: Set<number>): number {
    let least = Infinity;
    for (const set of sets) least = Math.min(least, this.#extra(set));
    if (least === 0) return 0;
    const fresh = sets.flatMap((set) =>
      (this.#problem.sets[set]?.hits ?? []).filter((hit) => this.#touched[hit] === 0),
    );
    if (fresh.some((hit) => used.has(hit))) return 0;
    for (const hit of fresh) used.add(hit);
    return least;
  }

  #cost(left: number, penalty: number, sets: number): Cost {
    return this.#options.aim === 'penalty' ? [left, penalty, 0] : [left, sets, penalty];
  }

  #keep(chosen: readonly number[]): void {
    const needed = withoutSpare(this.#problem, chosen);
    const left = leftOf(this.#problem, needed);
    if (left > 0 && !this.#options.mayLeave) return;
    const cost = this.#cost(left, penaltyOf(this.#problem, needed), needed.length);
    if (!isLess(cost, this.#bestCost)) return;
    this.#bestCost = cost;
    this.#best = needed;
  }

  /** Cheapest set for each newly covered element, again and again. */
  #greedy(): readonly number[] {
    const taken: number[] = [];
    for (;;) {
      let best: number | undefined;
      let bestRatio = Infinity;
      this.#problem.sets.forEach((_, set) => {
        const gain = this.#isAvailable(set) ? this.#gain(set) : 0;
        const ratio = (this.#extra(set) * this.#problem.sets.length + 1) / gain;
        if (gain > 0 && ratio < bestRatio) {
          bestRatio = ratio;
          best = set;
        }
      });
      if (best === undefined) break;
      this.#choose(best, 1);
      taken.push(best);
    }
    for (const set of taken.toReversed()) this.#choose(set, -1);
    return taken;
  }
}

/** Drops sets whose elements the others cover, the costliest first. */
function withoutSpare(problem: CoverProblem, chosen: readonly number[]): readonly number[] {
  const times = new Map<number, number>();
  for (const set of chosen)
    for (const element of problem.sets[set]?.covers ?? []) times.set(element, (times.get(element) ?? 0) + 1);
  const kept = new Set(chosen);
  const byCost = [...chosen].sort((a, b) => penaltyOf(problem, [b]) - penaltyOf(problem, [a]) || b - a);
  for (const set of byCost) {
    const covers = problem.sets[set]?.covers ?? [];
    if (!covers.every((element) => (times.get(element) ?? 0) > 1)) continue;
    kept.delete(set);
    for (const element of covers) times.set(element, (times.get(element) ?? 0) - 1);
  }
  return [...kept];
}

function isLess(a: Cost, b: Cost): boolean {
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
