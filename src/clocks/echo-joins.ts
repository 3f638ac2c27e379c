import { findEcho, type Reaching } from './echoes.ts';
import type { Neighbourhood } from './neighbours.ts';
import type { Observation } from './sightings.ts';
import { leadsOver, type Placed, type Tree, toReference } from './tree.ts';

const METHOD = 'far ends';

/**
 * Clocks without pairs with the reference join it by where packets of the same hosts went, as far as those agree, if no file of their own
 * host tells more.
 */
export function joinByEchoes(
  tree: Tree,
  reference: string,
  reaching: readonly Observation[],
  { domains, hostOf }: Pick<Neighbourhood, 'domains' | 'hostOf'>,
): void {
  if (reaching.length === 0) return;
  const strays = [...tree].flatMap(([domain, { method }]) => (method === 'unconnected' ? [domain] : []));
  const hosts = new Set([...tree.keys()].flatMap((domain) => hostOf(domain) ?? []));
  const single = [...domains].filter((domain) => !tree.has(domain) && !hosts.has(hostOf(domain) ?? '')).sort();
  const groups = [...strays.map((stray) => groupOf(tree, stray)), ...single.map((domain) => [domain])];
  const others = seenBy(tree, groupOf(tree, reference), reaching);
  for (const group of groups) {
    const [lead = ''] = group;
    const echo = findEcho(seenBy(tree, group, reaching), others);
    if (echo === undefined) continue;
    const { segments, pairs, halfWidth } = echo;
    tree.set(lead, { via: reference, segments, halfWidth, pairs, method: METHOD });
    for (const member of group.slice(1)) {
      const place = tree.get(member) as Placed;
      tree.set(member, { ...place, halfWidth: place.halfWidth + halfWidth });
    }
  }
}

/** Domains whose way leads over one of them, that one first. */
function groupOf(tree: Tree, lead: string): readonly string[] {
  return [lead, ...[...tree.keys()].filter((domain) => domain !== lead && leadsOver(tree, domain, lead))];
}

/** By the clock of the group's lead. */
function seenBy(tree: Tree, group: readonly string[], reaching: readonly Observation[]): readonly Reaching[] {
  const members = new Set(group);
  return reaching.flatMap(({ domain, key, lo, hi }) => {
    if (!members.has(domain)) return [];
    const at = toReference(tree, domain, lo);
    return [{ key, lo: at, hi: at + hi - lo }];
  });
}
