import { greatest } from '../core/extremes.ts';
import { median } from '../core/median.ts';
import { UNKNOWN_ERROR_US } from './clock-report.ts';
import type { Neighbourhood } from './neighbours.ts';
import { ID_CLOCK } from './observe-calls.ts';
import { leadsOver, type Tree, toReference } from './tree.ts';

/** So many machines tell what most do. */
const MANY_MACHINES = 3;
/** Clocks that are kept right agree closer than that; those that are set wrong seldom do. */
const ALIKE_US = 200_000;

/** Whole quarter-hours are a wrong zone, which is no measure of how well clocks are kept. */
const QUARTER_US = 900_000_000;

/**
 * A clock of which nothing is known is most likely right, and so are most clocks: where these are further from the reference than such
 * a clock may be off, it is the reference that is wrong, and it is taken to keep their time. So is a group with pairs among itself alone;
 * where they are not of one mind, and any is further off than that, so may the group be.
 */
export function followMost(tree: Tree, around: Neighbourhood): void {
  const offsets = offsetsOf(tree, around);
  const common = commonOffset(offsets);
  const isCommon = Math.abs(common) > UNKNOWN_ERROR_US;
  const segment = { from: -Infinity, origin: 0, offset: common, slope: 0, halfWidth: 0, pairs: 0 };
  const most = { via: undefined, segments: [segment], halfWidth: UNKNOWN_ERROR_US, pairs: 0, method: 'most machines' };
  const furthest = greatest([0, ...offsets], (offset) =>
    Math.abs(offset - Math.round(offset / QUARTER_US) * QUARTER_US),
  );
  for (const stray of straysOf(tree)) {
    if (furthest > UNKNOWN_ERROR_US) widen(tree, stray, isCommon ? UNKNOWN_ERROR_US : furthest);
    if (isCommon) tree.set(stray, { ...most, method: 'unconnected' });
  }
  if (isCommon) for (const domain of around.domains) if (!tree.has(domain)) tree.set(domain, most);
}

/** Of each group without pairs with the reference, the clock that its others are held against. */
function straysOf(tree: Tree): readonly string[] {
  return [...tree].flatMap(([domain, { method }]) => (method === 'unconnected' ? [domain] : []));
}

function widen(tree: Tree, stray: string, byUs: number): void {
  for (const [domain, place] of tree)
    if (leadsOver(tree, domain, stray)) tree.set(domain, { ...place, halfWidth: place.halfWidth + byUs });
}

/** By how much each machine with pairs is ahead of the reference. */
function offsetsOf(tree: Tree, { hostOf, spans }: Neighbourhood): readonly number[] {
  const ahead = new Map<string, number>();
  const strays = straysOf(tree);
  for (const [domain, { via }] of tree) {
    const [first] = spans.get(domain) ?? [];
    if (via === undefined || domain === ID_CLOCK || first === undefined) continue;
    if (strays.some((stray) => leadsOver(tree, domain, stray))) continue;
    ahead.set(hostOf(domain) ?? domain, first - toReference(tree, domain, first));
  }
  return [...ahead.values()];
}

/** By how much most machines are ahead of the reference; 0 where they are not of one mind. */
function commonOffset(offsets: readonly number[]): number {
  const middle = median([...offsets]);
  const alike = offsets.filter((offset) => Math.abs(offset - middle) <= ALIKE_US);
  return offsets.length < MANY_MACHINES || alike.length * 2 <= offsets.length ? 0 : middle;
}
