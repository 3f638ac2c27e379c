import type { Rule } from '../model/policy.ts';
import { keyOfRule } from './candidates.ts';
import { type CoverProblem, penaltyOf } from './cover.ts';

/**
 * Among answers of the same size and price, the narrower rule: each chosen rule is replaced by the narrowest candidate that
 * still matches what no other chosen rule does, if that breaks nothing more.
 */
export function narrowed(chosen: readonly number[], rules: readonly Rule[], problem: CoverProblem): readonly Rule[] {
  const current = [...chosen];
  const order = new Map(rules.map((rule, index) => [index, { width: widthOf(rule), key: keyOfRule(rule) }]));
  current.forEach((own, place) => {
    const others = current.filter((_, index) => index !== place);
    const covered = new Set(others.flatMap((index) => problem.sets[index]?.covers ?? []));
    const needed = (problem.sets[own]?.covers ?? []).filter((element) => !covered.has(element));
    const price = penaltyOf(problem, current);
    let best = own;
    problem.sets.forEach(({ covers }, index) => {
      if (!isNarrower(order.get(index), order.get(best))) return;
      const members = new Set(covers);
      if (needed.length === 0 || !needed.every((element) => members.has(element))) return;
      if (penaltyOf(problem, [...others, index]) <= price) best = index;
    });
    current[place] = best;
  });
  return current.flatMap((index) => rules[index] ?? []);
}

interface Width {
  readonly width: number;
  readonly key: string;
}

function isNarrower(a: Width | undefined, b: Width | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.width < b.width || (a.width === b.width && a.key < b.key);
}

/** How much a rule reaches that nobody asked about; only the order means something. */
function widthOf({ destination, domain, ports, transport, source }: Rule): number {
  const service = ports !== undefined || transport !== undefined ? 0 : 1000;
  const scoped = source === undefined ? 1 : 0;
  if (domain !== undefined) return 100 - Math.min(50, domain.split('.').length) + scoped;
  if (destination === undefined) return (source === undefined ? 5000 : 6000) + scoped;
  const [ip = '', length] = destination.split('/');
  const bits = ip.includes(':') ? 128 : 32;
  const spread = length === undefined ? 0 : bits - Number(length);
  return service + (spread === 0 ? 0 : 200 + spread) + scoped;
}
