import {
  type Cover,
  type CoverOptions,
  type CoverProblem,
  componentsOf,
  leftOf,
  penaltyOf,
  type Reduced,
} from './cover.ts';
import { reduce } from './reduce.ts';
import { type Found, search } from './search.ts';

/**
 * The best cover. Without a budget: least weight left, then least penalty, then fewest sets. With one: least weight left
 * within it, then fewest sets, then least penalty. Proven unless the nodes ran out.
 */
export function solveCover(problem: CoverProblem, options: CoverOptions): Cover {
  const { budget, maxNodes } = options;
  if (budget === 0) {
    const free = { ...problem, sets: problem.sets.map((set) => (set.hits.length === 0 ? set : NOTHING)) };
    return solveParts(free, maxNodes);
  }
  const cheapest = solveParts(problem, maxNodes);
  if (budget === undefined) return cheapest;
  const mayLeave = cheapest.penalty > budget;
  const reduced = reduce(problem, { budget, mayLeave });
  const found = search(reduced, { aim: 'sets', budget, mayLeave, maxNodes: Math.max(1, maxNodes - cheapest.nodes) });
  return finish(problem, inWhole(found, reduced), { optimal: found.optimal, nodes: cheapest.nodes + found.nodes });
}

const NOTHING = { covers: [], hits: [] };

/** Parts are independent when no budget binds them together. */
function solveParts(problem: CoverProblem, maxNodes: number): Cover {
  const chosen: number[] = [];
  let nodes = 0;
  let optimal = true;
  const take = (found: Found, part: Reduced): void => {
    chosen.push(...inWhole(found, part));
    nodes += found.nodes;
    optimal &&= found.optimal;
  };
  const nodesLeft = (): number => Math.max(1, maxNodes - nodes);
  for (const part of componentsOf(reduce(problem, { mayLeave: false }))) {
    const costly = reduce(onlyCostly(part), { mayLeave: false });
    const cheapest = search(costly, { aim: 'penalty', mayLeave: false, maxNodes: nodesLeft() });
    nodes += cheapest.nodes;
    optimal &&= cheapest.optimal;
    const paid = inWhole(cheapest, costly);
    const budget = penaltyOf(part, paid);
    const rest = reduce(part, { budget, mayLeave: false });
    for (const piece of budget === 0 ? componentsOf(rest) : [rest]) {
      const found = search(piece, {
        aim: 'sets',
        budget,
        leastPenalty: budget,
        mayLeave: false,
        maxNodes: nodesLeft(),
      });
      const whole = leftOf(piece, found.chosen) === 0 ? inWhole(found, piece) : completeFreely(part, paid);
      take({ ...found, chosen: whole }, part);
    }
  }
  return finish(problem, chosen, { optimal, nodes });
}

/** Adds sets that touch nothing new until everything is covered: a cover of the least penalty, of any size. */
function completeFreely(problem: CoverProblem, paid: readonly number[]): readonly number[] {
  const chosen = [...paid];
  const price = penaltyOf(problem, paid);
  problem.sets.forEach((_, index) => {
    const more = [...chosen, index];
    if (penaltyOf(problem, more) === price && leftOf(problem, more) < leftOf(problem, chosen)) chosen.push(index);
  });
  return chosen;
}

/** Only elements without a set that costs nothing decide how much has to be paid. */
function onlyCostly(part: Reduced): CoverProblem {
  const free = new Set(part.sets.flatMap(({ covers, hits }) => (hits.length === 0 ? covers : [])));
  return {
    ...part,
    sets: part.sets.map((set) => ({ ...set, covers: set.covers.filter((element) => !free.has(element)) })),
    elements: part.elements.map((weight, element) => (free.has(element) ? 0 : weight)),
  };
}

function inWhole(found: Found, part: Reduced): readonly number[] {
  return found.chosen.flatMap((index) => part.origin[index] ?? []);
}

function finish(problem: CoverProblem, chosen: readonly number[], proof: Pick<Cover, 'optimal' | 'nodes'>): Cover {
  const sorted = [...chosen].sort((a, b) => a - b);
  return { chosen: sorted, left: leftOf(problem, sorted), penalty: penaltyOf(problem, sorted), ...proof };
}
