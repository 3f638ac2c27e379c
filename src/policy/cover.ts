/**
 * Choosing rules is a set cover with two colours: every bad flow must be in a chosen set, every good flow that a chosen
 * set touches costs its weight once, however many chosen sets touch it.
 */
export interface CoverProblem {
  /** Weight of each element that must be covered. */
  readonly elements: readonly number[];
  /** Weight of each thing that should not be touched. */
  readonly penalties: readonly number[];
  readonly sets: readonly CoverSet[];
}

export interface CoverSet {
  /** Elements covered, ascending. */
  readonly covers: readonly number[];
  /** Penalties touched, ascending. */
  readonly hits: readonly number[];
}

export interface CoverOptions {
  /** Largest sum of penalties allowed. Without it: least penalty first, then fewest sets. With it: fewest sets first. */
  readonly budget?: number;
  /** Nodes of the search tree, over all parts of the problem. A count, not a time: the answer is the same everywhere. */
  readonly maxNodes: number;
}

export interface Cover {
  /** Indexes of sets, ascending. */
  readonly chosen: readonly number[];
  /** Weight of the elements that stay uncovered. */
  readonly left: number;
  readonly penalty: number;
  readonly optimal: boolean;
  readonly nodes: number;
}

/** A problem cut down to what still has to be decided; `sets[i]` is set `origin[i]` of the whole problem. */
export interface Reduced extends CoverProblem {
  readonly origin: readonly number[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Index lists by member: which sets hold each element (or touch each penalty). */
export function holdersOf(count: number, lists: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const holders: number[][] = Array.from({ length: count }, () => []);
  lists.forEach((list, index) => {
    for (const member of list) holders[member]?.push(index);
  });
  return holders;
}

/** Sum of the weights of what the chosen sets touch, each once. */
export function penaltyOf(problem: CoverProblem, chosen: readonly number[]): number {
  const touched = new Set(chosen.flatMap((index) => problem.sets[index]?.hits ?? []));
  return sum([...touched].map((index) => problem.penalties[index] ?? 0));
}

/** Weight of what no chosen set covers. */
export function leftOf(problem: CoverProblem, chosen: readonly number[]): number {
  const covered = new Set(chosen.flatMap((index) => problem.sets[index]?.covers ?? []));
  return sum(problem.elements.filter((_, index) => !covered.has(index)));
}

/**
 * Takes out what cannot change the best (left, penalty, number of sets): duplicates, sets that another set replaces at no
 * cost and, unless elements may stay uncovered, elements that come for free with another.
 */
export function reduce(
  problem: CoverProblem,
  options: { readonly budget?: number; readonly mayLeave: boolean },
): Reduced {
  const affordable = problem.sets.flatMap((set, index) =>
    set.covers.length > 0 && sum(set.hits.map((hit) => problem.penalties[hit] ?? 0)) <= (options.budget ?? Infinity)
      ? [index]
      : [],
  );
  let current = select(problem, affordable);
  for (;;) {
    const before = current.sets.length + current.elements.length + current.penalties.length;
    current = mergePenalties(mergeElements(current, options.mayLeave));
    current = withoutDominatedSets(current);
    if (current.sets.length + current.elements.length + current.penalties.length === before) return current;
  }
}

function select(problem: CoverProblem, origin: readonly number[]): Reduced {
  const sets = origin.flatMap((index) => problem.sets[index] ?? []);
  return { elements: problem.elements, penalties: problem.penalties, sets, origin };
}

/** Keeps the elements that constrain: one of each kind, none that is covered whenever another is. */
function mergeElements(problem: Reduced, mayLeave: boolean): Reduced {
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

/** Parts that share no element and no penalty can be solved one by one. */
export function componentsOf(problem: Reduced): readonly Reduced[] {
  const parent = problem.sets.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== undefined && parent[at] !== at) at = parent[at] ?? at;
    parent[index] = at;
    return at;
  };
  const lists = [
    ...holdersOf(
      problem.elements.length,
      problem.sets.map(({ covers }) => covers),
    ),
    ...holdersOf(
      problem.penalties.length,
      problem.sets.map(({ hits }) => hits),
    ),
  ];
  for (const [head, ...rest] of lists) for (const other of rest) parent[root(other)] = root(head ?? other);
  const parts = new Map<number, number[]>();
  problem.sets.forEach((_, index) => {
    parts.set(root(index), [...(parts.get(root(index)) ?? []), index]);
  });
  return [...parts.values()].map((indexes) => part(problem, indexes));
}

function part(problem: Reduced, indexes: readonly number[]): Reduced {
  const renumber = (lists: readonly (readonly number[])[], weights: readonly number[]) => {
    const used = [...new Set(lists.flat())].sort((a, b) => a - b);
    const place = new Map(used.map((old, index) => [old, index]));
    return {
      weights: used.map((old) => weights[old] ?? 0),
      lists: lists.map((list) => list.flatMap((old) => place.get(old) ?? [])),
    };
  };
  const sets = indexes.flatMap((index) => problem.sets[index] ?? []);
  const covers = renumber(
    sets.map((set) => set.covers),
    problem.elements,
  );
  const hits = renumber(
    sets.map((set) => set.hits),
    problem.penalties,
  );
  return {
    elements: covers.weights,
    penalties: hits.weights,
    sets: sets.map((_, index) => ({ covers: covers.lists[index] ?? [], hits: hits.lists[index] ?? [] })),
    origin: indexes.flatMap((index) => problem.origin[index] ?? []),
  };
}
