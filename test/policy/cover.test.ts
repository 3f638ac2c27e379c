import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CoverProblem, leftOf, penaltyOf } from '../../src/policy/cover.ts';
import { solveCover } from '../../src/policy/solve.ts';
import { randomOf } from '../random.ts';

type Cost = readonly number[];

const smaller = (a: Cost, b: Cost): boolean => {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
};

/** Every subset of the sets, tried. */
function bruteForce(problem: CoverProblem, budget: number | undefined): Cost {
  let best: Cost = [Infinity, Infinity, Infinity];
  for (let mask = 0; mask < 1 << problem.sets.length; mask++) {
    const chosen = problem.sets.flatMap((_, index) => (mask & (1 << index) ? [index] : []));
    const cost = costOf(problem, chosen, budget);
    if (penaltyOf(problem, chosen) <= (budget ?? Infinity) && smaller(cost, best)) best = cost;
  }
  return best;
}

function costOf(problem: CoverProblem, chosen: readonly number[], budget: number | undefined): Cost {
  const [left, penalty, count] = [leftOf(problem, chosen), penaltyOf(problem, chosen), chosen.length];
  return budget === undefined ? [left, penalty, count] : [left, count, penalty];
}

const indexes = (size: number) =>
  fc.uniqueArray(fc.nat(size - 1), { maxLength: size }).map((list) => list.sort((a, b) => a - b));

const problems: fc.Arbitrary<CoverProblem> = fc
  .record({ elements: fc.integer({ min: 1, max: 9 }), penalties: fc.integer({ min: 1, max: 6 }) })
  .chain((size) =>
    fc.record({
      elements: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: size.elements, maxLength: size.elements }),
      penalties: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: size.penalties, maxLength: size.penalties }),
      sets: fc.array(fc.record({ covers: indexes(size.elements), hits: indexes(size.penalties) }), { maxLength: 10 }),
    }),
  );

describe('solveCover against every subset', () => {
  it('leaves least, then costs least, then uses fewest sets', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { chosen, optimal, left, penalty } = solveCover(problem, { maxNodes: 100_000 });
        expect(costOf(problem, chosen, undefined)).toEqual(bruteForce(problem, undefined));
        expect([left, penalty]).toEqual([leftOf(problem, chosen), penaltyOf(problem, chosen)]);
        expect(optimal).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('with a budget leaves least within it, then uses fewest sets, then costs least', () => {
    fc.assert(
      fc.property(problems, fc.nat(12), (problem, budget) => {
        const { chosen, optimal } = solveCover(problem, { budget, maxNodes: 100_000 });
        expect(penaltyOf(problem, chosen)).toBeLessThanOrEqual(budget);
        expect(costOf(problem, chosen, budget)).toEqual(bruteForce(problem, budget));
        expect(optimal).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

/** Numbers below a bound, the same ones for a seed. */
function numbersFrom(seed: number): (below: number) => number {
  const random = randomOf(seed);
  return (below) => Math.floor(random() * below);
}

/** Sets of a few elements each, half of which cost something: no rule takes one of them out. */
function thicket(seed: number): CoverProblem {
  const next = numbersFrom(seed);
  const few = (most: number, below: number) => [...new Set(Array.from({ length: 1 + next(most) }, () => next(below)))];
  const sets = Array.from({ length: 40 }, () => ({ covers: few(4, 20), hits: next(2) === 0 ? few(2, 10) : [] }));
  return {
    elements: Array.from({ length: 20 }, () => 1),
    penalties: Array.from({ length: 10 }, () => 1 + next(20)),
    sets,
  };
}

it('a search whose nodes run out still covers what can be covered, with no set twice, and says what it costs', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const problem = thicket(seed);
    const { chosen, left, penalty } = solveCover(problem, { maxNodes: 10 });
    const all = problem.sets.map((_, index) => index);
    expect([left, penalty]).toEqual([leftOf(problem, all), penaltyOf(problem, chosen)]);
    expect(chosen).toEqual([...new Set(chosen)]);
    expect(penalty).toBeGreaterThanOrEqual(solveCover(problem, { maxNodes: 20_000 }).penalty);
  }
});

/** Cells of a grid, covered by rows, columns and blocks: addresses, ports and networks. */
function grid(seed: number, cells: number): CoverProblem {
  const next = numbersFrom(seed);
  const places = [...new Set(Array.from({ length: cells * 2 }, () => next(100) * 40 + next(40)))].slice(0, cells);
  const groups = new Map<string, number[]>();
  const put = (key: string, element: number): void => {
    groups.set(key, [...(groups.get(key) ?? []), element]);
  };
  places.forEach((place, element) => {
    const [row, column] = [Math.floor(place / 40), place % 40];
    put(`cell ${place}`, element);
    put(`row ${row}`, element);
    put(`column ${column}`, element);
    put(`block ${row >> 2} ${column}`, element);
    put(`rows ${row >> 1}`, element);
  });
  const sets = [...groups.values()].map((covers) => ({ covers, hits: next(3) === 0 ? [next(60)] : [] }));
  return { elements: places.map(() => 1), penalties: Array.from({ length: 60 }, () => 1 + next(20)), sets };
}

describe('cases of 500 destinations', () => {
  it.each([1, 2, 3, 4, 5, 6])('are proven optimal (seed %i)', (seed) => {
    const problem = grid(seed, 500);
    expect(problem.elements).toHaveLength(500);
    const first = solveCover(problem, { maxNodes: 20_000 });
    expect(first).toMatchObject({ optimal: true, left: 0 });
    expect(solveCover(problem, { maxNodes: 20_000 })).toEqual(first);
  });

  it('says when the nodes ran out', () => {
    const { optimal, left } = solveCover(grid(7, 500), { maxNodes: 1, budget: 40 });
    expect([optimal, left]).toEqual([false, 0]);
  });
});
