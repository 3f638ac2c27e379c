import { push } from '../core/push.ts';
import { type Difference, fitDifferences, type Segment } from './fit.ts';
import type { Observation } from './sightings.ts';

/** What pairs of two domains say of `to`'s clock, held against the other. */
export interface Edge {
  readonly to: string;
  readonly segments: readonly Segment[];
  readonly pairs: number;
  readonly cost: number;
  /** Microseconds by which the correction may be off, delays of its kind of pair included. */
  readonly halfWidth: number;
  readonly method: string;
}

/** For each pair of domains: differences of equal keys, fitted in both directions. */
export function buildEdges(observations: readonly Observation[]): ReadonlyMap<string, readonly Edge[]> {
  const byKey = new Map<string, Observation[]>();
  for (const observation of observations) push(byKey, observation.key, observation);
  const differences = new Map<
    string,
    { a: string; b: string; list: { at: number; bt: number; lo: number; hi: number; method: string }[] }
  >();
  for (const [key, list] of byKey) {
    if (list.length < 2 || list.length > 24) continue;
    for (const x of list) {
      for (const y of list) {
        if (x.domain >= y.domain || x.total !== y.total) continue;
        const pair = `${x.domain}\u0000${y.domain}`;
        let entry = differences.get(pair);
        if (entry === undefined) {
          entry = { a: x.domain, b: y.domain, list: [] };
          differences.set(pair, entry);
        }
        entry.list.push({
          at: x.lo,
          bt: y.lo,
          lo: x.lo - y.hi,
          hi: x.hi - y.lo,
          method: key.slice(0, key.indexOf('|')),
        });
      }
    }
  }
  const edges = new Map<string, Edge[]>();
  for (const { a, b, list } of differences.values()) {
    const methods = [...new Set(list.map((entry) => entry.method))];
    const forA = fitBest(
      list.map(({ at, lo, hi, method }) => ({ at, lo, hi, method })),
      methods,
    );
    const forB = fitBest(
      list.map(({ bt, lo, hi, method }) => ({ at: bt, lo: -hi, hi: -lo, method })),
      methods,
    );
    if (forA === undefined || forB === undefined) continue;
    push(edges, a, { to: b, ...forB });
    push(edges, b, { to: a, ...forA });
  }
  return edges;
}

/** Kinds of pairs are fitted apart, because each has its own delays; the surest one counts. */
function fitBest(
  list: readonly (Difference & { method: string })[],
  methods: readonly string[],
): Omit<Edge, 'to'> | undefined {
  let best: Omit<Edge, 'to'> | undefined;
  for (const method of methods) {
    const own = list.filter((entry) => entry.method === method);
    const segments = fitDifferences(own);
    if (segments === undefined) continue;
    const pairs = segments.reduce((sum, segment) => sum + segment.pairs, 0);
    const bias = BIAS_US[method] ?? 20_000;
    const width = Math.max(...segments.map((segment) => segment.halfWidth));
    const cost = width * (1 + 4 / pairs) + bias;
    if (best === undefined || cost < best.cost) best = { segments, pairs, cost, halfWidth: width + bias / 2, method };
  }
  return best;
}

/** What a kind of pair is systematically late by, at most: paths with less of it are preferred. */
const BIAS_US: Readonly<Record<string, number>> = {
  packet: 500,
  alert: 500,
  flow: 2000,
  connect: 6000,
  call: 2000,
  start: 3000,
  end: 5000,
  exec: 8000,
  query: 3000,
  command: 40_000,
  command48: 50_000,
  command24: 60_000,
  text: 60_000,
  forward: 20_000,
  asker: 20_000,
  http: 20_000,
  begin: 200_000,
  aim: 600_000,
  id: 500_000,
};
