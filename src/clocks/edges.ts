import { push } from '../core/push.ts';
import { fitDifferences, type Segment } from './fit.ts';
import type { Difference } from './pairs.ts';
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
  const meetings = new Meetings();
  for (const [key, list] of byKey) if (list.length >= 2 && list.length <= 24) meetings.add(list, methodOf(key));
  const edges = new Map<string, Edge[]>();
  for (const { a, b, methods } of meetings.all) {
    const forA = fitBest(methods, 'forA');
    const forB = fitBest(methods, 'forB');
    if (forA === undefined || forB === undefined) continue;
    push(edges, a, { to: b, ...forB });
    push(edges, b, { to: a, ...forA });
  }
  return edges;
}

const methodOf = (key: string): string => key.slice(0, key.indexOf('|'));

/** What two domains saw of the same moments: of each kind of pair the differences, by the clock of either. */
interface Meeting {
  readonly a: string;
  readonly b: string;
  readonly methods: Map<string, Record<'forA' | 'forB', Difference[]>>;
}

/** The meetings of all domains, in the order in which they are found. */
class Meetings {
  readonly all: Meeting[] = [];
  readonly #known = new Map<string, Map<string, Meeting>>();

  /** Adds the differences of the sightings of one key. */
  add(sightings: readonly Observation[], method: string): void {
    for (const x of sightings) {
      for (const y of sightings) {
        if (x.domain >= y.domain || x.total !== y.total) continue;
        const { forA, forB } = listsOf(this.#of(x.domain, y.domain), method);
        const lo = x.lo - y.hi;
        const hi = x.hi - y.lo;
        forA.push({ at: x.lo, lo, hi });
        forB.push({ at: y.lo, lo: -hi, hi: -lo });
      }
    }
  }

  #of(a: string, b: string): Meeting {
    const others = this.#known.get(a) ?? new Map<string, Meeting>();
    if (others.size === 0) this.#known.set(a, others);
    const known = others.get(b);
    if (known !== undefined) return known;
    const meeting: Meeting = { a, b, methods: new Map() };
    others.set(b, meeting);
    this.all.push(meeting);
    return meeting;
  }
}

function listsOf({ methods }: Meeting, method: string): Record<'forA' | 'forB', Difference[]> {
  const known = methods.get(method);
  if (known !== undefined) return known;
  const lists = { forA: [], forB: [] };
  methods.set(method, lists);
  return lists;
}

/** Kinds of pairs are fitted apart, because each has its own delays; the surest one counts. */
function fitBest(methods: Meeting['methods'], side: 'forA' | 'forB'): Omit<Edge, 'to'> | undefined {
  let best: Omit<Edge, 'to'> | undefined;
  for (const [method, lists] of methods) {
    const segments = fitDifferences(lists[side]);
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
