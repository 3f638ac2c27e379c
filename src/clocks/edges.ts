import { push } from '../core/push.ts';
import { wordTable } from '../core/word-table.ts';
import { fitDifferences, LEAST_HALF_WIDTH_US, type Segment } from './fit.ts';
import type { Pairs } from './pairs.ts';
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
  const meetings = new Meetings();
  for (const [key, list] of byKey(observations))
    if (Array.isArray(list) && list.length <= 24) meetings.add(list, methodOf(key));
  const edges = new Map<string, Edge[]>();
  for (const { a, b, methods } of meetings.all) {
    const forA = fitBest(methods, 'a');
    const forB = forA === undefined ? undefined : fitBest(methods, 'b');
    if (forA === undefined || forB === undefined) continue;
    push(edges, a, { to: b, ...forB });
    push(edges, b, { to: a, ...forA });
  }
  return edges;
}

/** Most keys are seen once: those need no list. */
function byKey(observations: readonly Observation[]): ReadonlyMap<string, Observation | Observation[]> {
  const out = new Map<string, Observation | Observation[]>();
  for (let i = 0; i < observations.length; i++) {
    const observation = observations[i] as Observation;
    const before = out.get(observation.key);
    if (before === undefined) out.set(observation.key, observation);
    else if (Array.isArray(before)) before.push(observation);
    else out.set(observation.key, [before, observation]);
  }
  return out;
}

const methodOf = (key: string): string => key.slice(0, key.indexOf('|'));

/** Of each kind of pair, what two domains saw of the same moments: `lo` and `hi` of `a`, then of `b`, pair after pair. */
interface Meeting {
  readonly a: string;
  readonly b: string;
  readonly methods: Map<string, number[]>;
}

/** The meetings of all domains, in the order in which they are found. */
class Meetings {
  readonly all: Meeting[] = [];
  readonly #known = new Map<string, Map<string, Meeting>>();

  /** Adds the differences of the sightings of one key. */
  add(sightings: readonly Observation[], method: string): void {
    const isLocal = LOCAL.has(method);
    for (let i = 0; i < sightings.length; i++) {
      const x = sightings[i] as Observation;
      for (let k = 0; k < sightings.length; k++) {
        const y = sightings[k] as Observation;
        if (x.domain >= y.domain || x.total !== y.total || (isLocal && areApart(x.domain, y.domain))) continue;
        momentsOf(this.#of(x.domain, y.domain), method).push(x.lo, x.hi, y.lo, y.hi);
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

/** What one host does: the same command or destination on another is another call. */
const LOCAL: ReadonlySet<string> = new Set(['text', 'aim']);

/** Domains of files that mix hosts end in `@` and the host. */
function areApart(a: string, b: string): boolean {
  const [x, y] = [a.lastIndexOf('@'), b.lastIndexOf('@')];
  return x >= 0 && y >= 0 && a.slice(x) !== b.slice(y);
}

function momentsOf({ methods }: Meeting, method: string): number[] {
  const known = methods.get(method);
  if (known !== undefined) return known;
  const moments: number[] = [];
  methods.set(method, moments);
  return moments;
}

type Side = 'a' | 'b';

/** By the clock of one side: the other's reading minus its own. */
function differencesOf(moments: readonly number[], side: Side): Pick<Pairs, 'at' | 'lo' | 'hi'> {
  const count = moments.length / 4;
  const [at, lo, hi] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  const own = side === 'a' ? 0 : 2;
  const other = 2 - own;
  for (let i = 0; i < count; i++) {
    const ownLo = moments[i * 4 + own] ?? 0;
    at[i] = ownLo;
    lo[i] = ownLo - (moments[i * 4 + other + 1] ?? 0);
    hi[i] = (moments[i * 4 + own + 1] ?? 0) - (moments[i * 4 + other] ?? 0);
  }
  return { at, lo, hi };
}

/**
 * Kinds of pairs are fitted apart, because each has its own delays; the surest one counts, the first of equals. A kind that cannot
 * be the surest even if its pairs agree is not fitted.
 */
function fitBest(methods: Meeting['methods'], side: Side): Omit<Edge, 'to'> | undefined {
  const kinds = Array.from(methods, ([method, moments], place) => ({
    method,
    moments,
    place,
    bias: BIAS_US[method] ?? 20_000,
  })).sort((x, y) => x.bias - y.bias);
  let best: { readonly edge: Omit<Edge, 'to'>; readonly place: number } | undefined;
  for (const { method, moments, place, bias } of kinds) {
    const most = moments.length / 4;
    if (best !== undefined && costOf(LEAST_HALF_WIDTH_US, most, bias) > best.edge.cost) continue;
    const segments = fitDifferences(differencesOf(moments, side));
    if (segments === undefined) continue;
    const pairs = segments.reduce((sum, segment) => sum + segment.pairs, 0);
    const width = Math.max(...segments.map((segment) => segment.halfWidth));
    const cost = costOf(width, pairs, bias);
    if (best === undefined || cost < best.edge.cost || (cost === best.edge.cost && place < best.place))
      best = { edge: { segments, pairs, cost, halfWidth: width + bias / 2, method }, place };
  }
  return best?.edge;
}

const costOf = (width: number, pairs: number, bias: number): number => width * (1 + 4 / pairs) + bias;

/** What a kind of pair is systematically late by, at most: paths with less of it are preferred. */
const BIAS_US = wordTable<number>({
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
  proxied: 150_000,
  begin: 200_000,
  aim: 600_000,
  id: 500_000,
});
