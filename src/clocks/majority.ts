import { median } from '../core/median.ts';
import { UNKNOWN_ERROR_US } from './clock-report.ts';
import type { Neighbourhood } from './neighbours.ts';
import { ID_CLOCK } from './observe-calls.ts';
import { type Tree, toReference } from './tree.ts';

/** So many machines tell what most do. */
const MANY_MACHINES = 3;
/** Clocks that are kept right agree closer than that; those that are set wrong seldom do. */
const ALIKE_US = 200_000;

/**
 * A clock of which nothing is known is most likely right, and so are most clocks: where these are further from the reference than such
 * a clock may be off, it is the reference that is wrong, and it is taken to keep their time.
 */
export function followMost(tree: Tree, around: Neighbourhood): void {
  const offset = commonOffset(tree, around);
  if (Math.abs(offset) <= UNKNOWN_ERROR_US) return;
  const segment = { from: -Infinity, origin: 0, offset, slope: 0, halfWidth: 0, pairs: 0 };
  const place = { via: undefined, segments: [segment], halfWidth: UNKNOWN_ERROR_US, pairs: 0, method: 'most machines' };
  for (const domain of around.domains) if (!tree.has(domain)) tree.set(domain, place);
}

/** By how much most machines are ahead of the reference; 0 where they are not of one mind. */
function commonOffset(tree: Tree, { hostOf, spans }: Neighbourhood): number {
  const ahead = new Map<string, number>();
  for (const [domain, { via }] of tree) {
    const [first] = spans.get(domain) ?? [];
    if (via === undefined || domain === ID_CLOCK || first === undefined) continue;
    ahead.set(hostOf(domain) ?? domain, first - toReference(tree, domain, first));
  }
  const offsets = [...ahead.values()];
  const middle = median(offsets);
  const alike = offsets.filter((offset) => Math.abs(offset - middle) <= ALIKE_US);
  return offsets.length < MANY_MACHINES || alike.length * 2 <= offsets.length ? 0 : middle;
}
