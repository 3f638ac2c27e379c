import type { CoverProblem } from './cover.ts';

/** What is still open in a node of the search. */
export interface OpenPart {
  readonly isOpen: (element: number) => boolean;
  readonly isAvailable: (set: number) => boolean;
}

interface OpenSet {
  readonly set: number;
  readonly covers: readonly number[];
}

export interface Bound {
  /** Value of the dual; a cover has no fewer sets. */
  readonly bound: number;
  /** Set and what choosing it adds to the bound, where that is above zero. */
  readonly reducedCosts: readonly (readonly [number, number])[];
}

/** The least whole number of sets above a bound; floating-point noise does not count. */
export function wholeSets(bound: number): number {
  return Math.ceil(bound - 1e-6);
}

/**
 * Lower bound on how many more sets a cover needs: the Lagrangian dual of the set cover, improved by subgradient steps
 * (Beasley, "An algorithm for set covering problem", EJOR 31, 1987). Prices are kept from node to node as a warm start.
 */
export class PriceBound {
  readonly #problem: CoverProblem;
  readonly #price: Float64Array;

  constructor(problem: CoverProblem) {
    this.#problem = problem;
    this.#price = new Float64Array(problem.elements.length);
    const widest = new Float64Array(problem.elements.length).fill(1);
    for (const { covers } of problem.sets)
      for (const element of covers) widest[element] = Math.max(widest[element] ?? 1, covers.length);
    this.#price.forEach((_, element) => {
      this.#price[element] = 1 / (widest[element] ?? 1);
    });
  }

  /** Stops as soon as the bound reaches `target`. */
  lowerBound(open: OpenPart, target: number, steps: number): Bound {
    const sets = this.#problem.sets.flatMap(({ covers }, set) =>
      open.isAvailable(set) ? [{ set, covers: covers.filter(open.isOpen) }] : [],
    );
    const elements = this.#problem.elements.flatMap((_, element) => (open.isOpen(element) ? [element] : []));
    const best = new Float64Array(this.#price);
    let bound = 0;
    let stride = 1;
    let stale = 0;
    for (let step = 0; step < steps; step++) {
      const { value, slack } = this.#evaluate(sets, elements);
      if (value > bound + 1e-9) {
        bound = value;
        best.set(this.#price);
        stale = 0;
      } else if (++stale >= 5) {
        stride /= 2;
        stale = 0;
      }
      if (wholeSets(bound) >= target || stride < 0.01) break;
      if (!this.#move(elements, slack, stride * (target - value))) break;
    }
    this.#price.set(best);
    return { bound, reducedCosts: sets.map(({ set, covers }) => [set, this.#reducedCost(covers)] as const) };
  }

  /** What choosing a set adds to the bound. */
  #reducedCost(covers: readonly number[]): number {
    let cost = 1;
    for (const element of covers) cost -= this.#price[element] ?? 0;
    return cost;
  }

  /** Value of the dual, and for each open element how far the cheapest choice of sets is from covering it. */
  #evaluate(sets: readonly OpenSet[], elements: readonly number[]): { value: number; slack: Float64Array } {
    const slack = new Float64Array(this.#price.length);
    let value = 0;
    for (const element of elements) {
      value += this.#price[element] ?? 0;
      slack[element] = 1;
    }
    for (const { covers } of sets) {
      const cost = this.#reducedCost(covers);
      if (cost >= 0) continue;
      value += cost;
      for (const element of covers) slack[element] = (slack[element] ?? 0) - 1;
    }
    return { value, slack };
  }

  #move(elements: readonly number[], slack: Float64Array, force: number): boolean {
    let norm = 0;
    for (const element of elements) norm += (slack[element] ?? 0) ** 2;
    if (norm === 0) return false;
    for (const element of elements) {
      const moved = (this.#price[element] ?? 0) + (force / norm) * (slack[element] ?? 0);
      this.#price[element] = Math.max(0, moved);
    }
    return true;
  }
}
