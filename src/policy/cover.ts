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

export const sumOf = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

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
  return sumOf([...touched].map((index) => problem.penalties[index] ?? 0));
}

/** Weight of what no chosen set covers. */
export function leftOf(problem: CoverProblem, chosen: readonly number[]): number {
  const covered = new Set(chosen.flatMap((index) => problem.sets[index]?.covers ?? []));
  return sumOf(problem.elements.filter((_, index) => !covered.has(index)));
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
