import { greatest } from '../core/extremes.ts';
import type { Edge } from './edges.ts';
import { bridge, type Neighbourhood } from './neighbours.ts';
import { growTree, type Tree, toReference } from './tree.ts';

/** Stamps coarser than this show neither drift nor small steps. */
const FINE_US = 100_000;
/** A clock that strays further than this from another over the whole night does not keep its pace; microseconds. */
const STEADY_US = 50_000;
/** Whole minutes apart is a wrong zone or a wrong date, not skew. */
const APART_US = 60_000_000;
/** Files this close together all night may be one machine's. */
const SAME_US = 100_000;
const SAMPLES = 16;
const MAX_RIVALS = 24;
/** Fewer pairs show a drift too late. */
const MIN_PAIRS = 10;

/**
 * The clock that others are held against: the most trusted one, unless it drifts, steps or is minutes away against most machines
 * while another keeps pace with most of them. `order`: connected domains, the most trusted first.
 */
export function chooseReference(
  order: readonly string[],
  edges: ReadonlyMap<string, readonly Edge[]>,
  scope: Neighbourhood,
): string | undefined {
  const [first] = order;
  if (first === undefined) return undefined;
  const machines = groupMachines(order, edges, scope);
  const all = [...new Set(machines.values())].reduce((sum, { weight }) => sum + weight, 0);
  if (company(first, { order, edges, machines, scope }) * 2 > all) return first;
  const rivals = order.slice(1);
  const others = { order: rivals, edges: withoutDomain(edges, first), machines, scope };
  for (const rival of rivalsAmong(rivals, { tried: first, machines, scope }))
    if (company(rival, others) * 2 > all) return rival;
  return first;
}

/** A few to be tried, the most trusted first: one of each log and machine, because logs of one machine may differ. */
function rivalsAmong(
  order: readonly string[],
  { tried, machines, scope }: Pick<Witnesses, 'machines' | 'scope'> & { readonly tried: string },
): readonly string[] {
  const seen = new Map([[machines.get(tried), new Set([logOf(tried)])]]);
  const rivals: string[] = [];
  for (const rival of order) {
    const logs = seen.get(machines.get(rival)) ?? new Set();
    if (logs.has(logOf(rival)) || rivals.length >= MAX_RIVALS || scope.stepOf(rival) > FINE_US) continue;
    seen.set(machines.get(rival), logs.add(logOf(rival)));
    rivals.push(rival);
  }
  return rivals;
}

/** One log may hold the clocks of several hosts: `path@host`. */
function logOf(domain: string): string {
  const at = domain.lastIndexOf('@');
  return at < 0 ? domain : domain.slice(0, at);
}

/** Witnesses must not be joined over the clock that is in doubt. */
function withoutDomain(
  edges: ReadonlyMap<string, readonly Edge[]>,
  gone: string,
): ReadonlyMap<string, readonly Edge[]> {
  return new Map([...edges].map(([domain, list]) => [domain, domain === gone ? [] : list]));
}

interface Machine {
  readonly domains: Set<string>;
  /** How many machines these can be: the known hosts among them, and one for all files of no known host. */
  weight: number;
}

/** Files of one host, and files that keep the very same time, count together: ten files of one sensor are not ten witnesses. */
function groupMachines(
  order: readonly string[],
  edges: ReadonlyMap<string, readonly Edge[]>,
  { hostOf }: Neighbourhood,
): ReadonlyMap<string, Machine> {
  const machines = new Map<string, Machine>();
  const join = (a: string, b: string): void => {
    const into = machines.get(a);
    const from = machines.get(b);
    if (into === undefined || from === undefined || into === from) return;
    for (const domain of from.domains) {
      into.domains.add(domain);
      machines.set(domain, into);
    }
  };
  const byHost = new Map<string, string>();
  for (const domain of order) {
    machines.set(domain, { domains: new Set([domain]), weight: 1 });
    const host = hostOf(domain);
    if (host !== undefined) join(byHost.get(host) ?? domain, domain);
    if (host !== undefined && !byHost.has(host)) byHost.set(host, domain);
  }
  for (const domain of order)
    for (const { to, segments } of edges.get(domain) ?? [])
      if (segments.length === 1 && segments.every(({ offset, slope }) => slope === 0 && Math.abs(offset) < SAME_US))
        join(domain, to);
  for (const machine of machines.values()) {
    machine.weight = new Set([...machine.domains].map((domain) => hostOf(domain) ?? '')).size;
  }
  return machines;
}

interface Witnesses {
  readonly order: readonly string[];
  readonly edges: ReadonlyMap<string, readonly Edge[]>;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly scope: Neighbourhood;
}

/** How many machines keep pace with a domain's and are within minutes of it, itself included: half of their logs do, or more. */
function company(domain: string, { order, edges, machines, scope }: Witnesses): number {
  const tree: Tree = new Map([[domain, { via: undefined, segments: [], halfWidth: 0, pairs: 0, method: 'reference' }]]);
  growTree(edges, tree);
  while (bridge(order, tree, scope)) growTree(edges, tree);
  const nightUs = nightOf(scope.spans);
  const votes = new Map<Machine, { all: number; steady: number }>();
  for (const [other, { halfWidth, pairs }] of tree) {
    const machine = machines.get(other);
    if (machine === undefined || (other !== domain && (scope.stepOf(other) > FINE_US || pairs < MIN_PAIRS))) continue;
    const vote = votes.get(machine) ?? { all: 0, steady: 0 };
    votes.set(machine, vote);
    vote.all++;
    const [from] = scope.spans.get(other) ?? [0, 0];
    const ahead = Array.from({ length: SAMPLES }, (_, i) => {
      const at = from + (nightUs * i) / (SAMPLES - 1);
      return at - toReference(tree, other, at);
    });
    if (Math.max(...ahead) - Math.min(...ahead) < STEADY_US && Math.abs(ahead[0] ?? 0) < APART_US + halfWidth)
      vote.steady++;
  }
  let sum = 0;
  for (const [{ weight }, { all, steady }] of votes) if (steady > 0 && steady * 2 >= all) sum += weight;
  return sum;
}

/** The longest span of any domain, microseconds: what a drift must be small over. */
function nightOf(spans: Neighbourhood['spans']): number {
  return greatest([...spans.values()], ([from, to]) => to - from);
}
