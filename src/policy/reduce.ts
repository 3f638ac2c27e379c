import { type CoverProblem, type CoverSet, holdersOf, type Reduced, sumOf } from './cover.ts';

interface ReduceOptions {
  /** Sets that cost more are none. */
  readonly budget?: number;
  /** Elements may stay uncovered. */
  readonly mayLeave: boolean;
}

/**
 * Takes out what cannot change the best (left, penalty, number of sets): duplicates, sets that another set replaces at no
 * cost and, unless elements may stay uncovered, elements that come for free with another.
 */
export function reduce(problem: CoverProblem, options: ReduceOptions): Reduced {
  const affordable = problem.sets.flatMap((set, index) =>
    set.covers.length > 0 && sumOf(set.hits.map((hit) => problem.penalties[hit] ?? 0)) <= (options.budget ?? Infinity)
      ? [index]
      : [],
  );
  let current = select(problem, affordable);
  for (;;) {
    const before = current.sets.length + current.elements.length + current.penalties.length;
    current = mergePenalties(mergeElements(current, options));
    current = withoutDominatedSets(current);
    if (current.sets.length + current.elements.length + current.penalties.length === before) return current;
  }
}

function select(problem: CoverProblem, origin: readonly number[]): Reduced {
  const sets = origin.flatMap((index) => problem.sets[index] ?? []);
  return { elements: problem.elements, penalties: problem.penalties, sets, origin };
}

/** Keeps the elements that constrain: one of each kind, none that is covered whenever another is. */
function mergeElements(problem: Reduced, { mayLeave }: Pick<ReduceOptions, 'mayLeave'>): Reduced {
  const holders = holdersOf(
    problem.elements.length,
    problem.sets.map(({ covers }) => covers),
  );
  const weights = new Map<string, number>();
  const first = new Map<string, number>();
  holders.forEach((sets, element) => {
    if (sets.length === 0) return;
    const key = sets.join(',');
    weights.set(key, (weights.get(key) ?? 0) + (problem.elements[element] ?? 0));
    if (!first.has(key)) first.set(key, element);
  });
  const kept = [...first.values()].filter((element) => mayLeave || !comesFree(element, holders, problem));
  const place = new Map(kept.map((element, index) => [element, index]));
  return {
    ...problem,
    elements: kept.map((element) => weights.get((holders[element] ?? []).join(',')) ?? 0),
    sets: problem.sets.map((set) => ({ ...set, covers: set.covers.flatMap((element) => place.get(element) ?? []) })),
  };
}

/** Some other element's sets all cover this one too. */
function comesFree(element: number, holders: readonly (readonly number[])[], problem: Reduced): boolean {
  const own = new Set(holders[element]);
  const neighbours = new Set([...own].flatMap((set) => problem.sets[set]?.covers ?? []));
  for (const other of neighbours) {
    const sets = holders[other] ?? [];
    if (other === element || sets.length >= own.size) continue;
    if (sets.every((set) => own.has(set))) return true;
  }
  return false;
}

function mergePenalties(problem: Reduced): Reduced {
  const holders = holdersOf(
    problem.penalties.length,
    problem.sets.map(({ hits }) => hits),
  );
  const place = new Map<string, number>();
  const weights: number[] = [];
  const placed = holders.map((sets, penalty) => {
    if (sets.length === 0) return undefined;
    const key = sets.join(',');
    const index = place.get(key) ?? weights.length;
    place.set(key, index);
    weights[index] = (weights[index] ?? 0) + (problem.penalties[penalty] ?? 0);
    return index;
  });
  const sets = problem.sets.map((set) => ({
    ...set,
    hits: [...new Set(set.hits.flatMap((hit) => placed[hit] ?? []))].sort((a, b) => a - b),
  }));
  return { ...problem, penalties: weights, sets };
}

/** A set goes when another covers at least as much and touches at most as much; of equals the first stays. */
function withoutDominatedSets(problem: Reduced): Reduced {
  const holders = holdersOf(
    problem.elements.length,
    problem.sets.map(({ covers }) => covers),
  );
  const kept = problem.sets.flatMap((set, index) => {
    const [least] = [...set.covers].sort((a, b) => (holders[a]?.length ?? 0) - (holders[b]?.length ?? 0));
    if (least === undefined) return [];
    const rivals = holders[least] ?? [];
    return rivals.some((rival) => rival !== index && dominates(problem.sets, rival, index)) ? [] : [index];
  });
  return {
    ...problem,
    sets: kept.flatMap((index) => problem.sets[index] ?? []),
    origin: kept.flatMap((index) => problem.origin[index] ?? []),
  };
}

function dominates(sets: readonly CoverSet[], rival: number, index: number): boolean {
  const [a, b] = [sets[rival], sets[index]];
  if (a === undefined || b === undefined) return false;
  if (!contains(a.covers, b.covers) || !contains(b.hits, a.hits)) return false;
  const equal = a.covers.length === b.covers.length && a.hits.length === b.hits.length;
  return !equal || rival < index;
}

/** Both ascending. */
function contains(large: readonly number[], small: readonly number[]): boolean {
  if (small.length > large.length) return false;
  let at = 0;
  for (const member of small) {
    while (at < large.length && (large[at] ?? 0) < member) at++;
    if (large[at] !== member) return false;
  }
  return true;
}
