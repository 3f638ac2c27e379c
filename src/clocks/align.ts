import type { ClockReport } from '../model/report.ts';
import type { Micros } from '../model/time.ts';
import { type Difference, fitDifferences, type Segment } from './fit.ts';
import { ID_CLOCK, type Observation } from './observe.ts';

export interface AlignOptions {
  /** Domains in the order in which they are trusted to be right; the first connected one is the reference. */
  readonly rank: (domain: string) => number;
  /** Domains of one host share a clock when nothing else tells. */
  readonly hostOf: (domain: string) => string | undefined;
  /** Corrections that the user stated, microseconds by which the domain is ahead. */
  readonly stated: ReadonlyMap<string, number>;
  /** Domains whose stamps name no zone: they inherit only from such a neighbour in the same folder. */
  readonly zoneless: ReadonlySet<string>;
  /** First and last stamp of each domain, its own time. */
  readonly spans: ReadonlyMap<string, readonly [number, number]>;
}

/** Corrections of every clock domain. */
export interface Clocks {
  /** Microseconds by which the domain is ahead of the reference at this reading of its own clock. */
  offsetAt(domain: string, at: number): number;
  errorUs(domain: string): number;
  readonly reports: readonly ClockReport[];
}

interface Edge {
  readonly to: string;
  readonly segments: readonly Segment[];
  readonly pairs: number;
  readonly cost: number;
  readonly method: string;
}

interface Placed {
  readonly via: string | undefined;
  readonly segments: readonly Segment[];
  readonly halfWidth: number;
  readonly pairs: number;
  readonly method: string;
}

/** Without any pair a clock may be off by this much before windows miss: NTP-kept hosts are within it, others are told apart by the note. */
const UNKNOWN_ERROR_US = 1_000_000;

/** Finds offset, drift and steps of each domain against the most trusted one, from pairs that need no clock. */
export function alignClocks(
  domains: ReadonlySet<string>,
  observations: readonly Observation[],
  options: AlignOptions,
): Clocks {
  const edges = buildEdges(observations);
  const placed = new Map<string, Placed>();
  const order = [...domains].sort(
    (a, b) =>
      options.rank(a) - options.rank(b) ||
      (edges.get(b)?.length ?? 0) - (edges.get(a)?.length ?? 0) ||
      (a < b ? -1 : 1),
  );
  const references: string[] = [];
  for (const domain of order) {
    if (placed.has(domain) || (edges.get(domain) ?? []).length === 0) continue;
    const first = references.length === 0;
    references.push(domain);
    placed.set(domain, {
      via: undefined,
      segments: [],
      halfWidth: 0,
      pairs: 0,
      method: first ? 'reference' : 'unconnected',
    });
    spread(edges, placed);
  }
  for (const [domain, ahead] of options.stated) {
    placed.set(domain, {
      via: undefined,
      segments: [{ from: -Infinity, origin: 0, offset: ahead, slope: 0, halfWidth: 0, pairs: 0 }],
      halfWidth: 0,
      pairs: 0,
      method: 'stated by the user',
    });
  }
  inherit(domains, placed, options);
  return toClocks(domains, options.spans, placed);
}

/** Cheapest tree from what is already placed (Prim): the surest edge first. */
function spread(edges: ReadonlyMap<string, readonly Edge[]>, placed: Map<string, Placed>): void {
  for (;;) {
    let best: { from: string; edge: Edge; cost: number } | undefined;
    for (const from of placed.keys()) {
      const base = placed.get(from)?.halfWidth ?? 0;
      for (const edge of edges.get(from) ?? []) {
        if (placed.has(edge.to)) continue;
        const cost = base + edge.cost;
        if (best === undefined || cost < best.cost || (cost === best.cost && edge.to < best.edge.to))
          best = { from, edge, cost };
      }
    }
    if (best === undefined) return;
    const { from, edge } = best;
    placed.set(edge.to, {
      via: from,
      segments: edge.segments,
      halfWidth: (placed.get(from)?.halfWidth ?? 0) + Math.max(...edge.segments.map((segment) => segment.halfWidth)),
      pairs: edge.pairs,
      method: edge.method,
    });
  }
}

/** For each pair of domains: differences of equal keys, fitted in both directions. */
function buildEdges(observations: readonly Observation[]): ReadonlyMap<string, readonly Edge[]> {
  const byKey = new Map<string, Observation[]>();
  for (const observation of observations) {
    const list = byKey.get(observation.key);
    if (list === undefined) byKey.set(observation.key, [observation]);
    else list.push(observation);
  }
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
    addEdge(edges, a, { to: b, ...forB });
    addEdge(edges, b, { to: a, ...forA });
  }
  return edges;
}

function addEdge(edges: Map<string, Edge[]>, from: string, edge: Edge): void {
  const list = edges.get(from);
  if (list === undefined) edges.set(from, [edge]);
  else list.push(edge);
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
    const cost =
      Math.max(...segments.map((segment) => segment.halfWidth)) * (1 + 4 / pairs) + (BIAS_US[method] ?? 20_000);
    if (best === undefined || cost < best.cost) best = { segments, pairs, cost, method };
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
  id: 500_000,
};

/** A domain without pairs takes the clock of its host's other files, if those agree. */
function inherit(domains: ReadonlySet<string>, placed: Map<string, Placed>, options: AlignOptions): void {
  for (const domain of [...domains].sort()) {
    if (placed.has(domain)) continue;
    const siblings = siblingsOf(domain, domains, options).filter(
      (other) => placed.get(other)?.via !== undefined || placed.get(other)?.method === 'reference',
    );
    const surest = siblings.sort((a, b) => (placed.get(a)?.halfWidth ?? 0) - (placed.get(b)?.halfWidth ?? 0))[0];
    if (surest === undefined) continue;
    placed.set(domain, {
      via: surest,
      segments: [],
      halfWidth: (placed.get(surest)?.halfWidth ?? 0) + 50_000,
      pairs: 0,
      method: 'same host',
    });
  }
}

function siblingsOf(domain: string, domains: ReadonlySet<string>, options: AlignOptions): string[] {
  const all = [...domains].filter((other) => other !== domain).sort();
  const folder = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1);
  if (options.zoneless.has(domain)) {
    const near = all.filter((other) => options.zoneless.has(other) && folder(other) === folder(domain));
    if (near.length > 0) return near;
  }
  const host = options.hostOf(domain);
  return host === undefined
    ? []
    : all.filter((other) => options.hostOf(other) === host && !options.zoneless.has(other));
}

function toClocks(
  domains: ReadonlySet<string>,
  spans: AlignOptions['spans'],
  placed: ReadonlyMap<string, Placed>,
): Clocks {
  const toReference = (domain: string, at: number): number => {
    let current: string | undefined = domain;
    let reading = at;
    for (let depth = 0; current !== undefined && depth < 64; depth++) {
      const place: Placed | undefined = placed.get(current);
      if (place === undefined) break;
      reading -= segmentOffset(place.segments, reading);
      current = place.via;
    }
    return reading;
  };
  /** Slopes along the way to the reference; steps of neighbours are no drift. */
  const driftOf = (domain: string, at: number): number => {
    let sum = 0;
    let reading = at;
    for (let current: string | undefined = domain, depth = 0; current !== undefined && depth < 64; depth++) {
      const place: Placed | undefined = placed.get(current);
      if (place === undefined) break;
      sum += segmentAt(place.segments, reading)?.slope ?? 0;
      reading -= segmentOffset(place.segments, reading);
      current = place.via;
    }
    return sum;
  };
  return {
    offsetAt: (domain, at) => at - toReference(domain, at),
    errorUs: (domain) => placed.get(domain)?.halfWidth ?? UNKNOWN_ERROR_US,
    reports: [...domains]
      .filter((domain) => domain !== ID_CLOCK)
      .sort()
      .map((domain) => report(domain, placed.get(domain), spans.get(domain) ?? [0, 0], toReference, driftOf)),
  };
}

function segmentAt(segments: readonly Segment[], at: number): Segment | undefined {
  let chosen = segments[0];
  for (const segment of segments) if (at >= segment.from) chosen = segment;
  return chosen;
}

function segmentOffset(segments: readonly Segment[], at: number): number {
  const chosen = segmentAt(segments, at);
  return chosen === undefined ? 0 : chosen.offset + chosen.slope * (at - chosen.origin);
}

const QUARTER_US = 900_000_000;

function report(
  domain: string,
  place: Placed | undefined,
  [first, last]: readonly [number, number],
  toReference: (domain: string, at: number) => number,
  driftOf: (domain: string, at: number) => number,
): ClockReport {
  if (place === undefined) {
    return {
      domain,
      offsetUs: 0,
      intervalUs: [-UNKNOWN_ERROR_US, UNKNOWN_ERROR_US],
      driftPpm: 0,
      steps: [],
      zone: 'UTC',
      pairs: 0,
      method: 'none',
      note: 'fewer than 3 pairs with any other clock: not corrected, windows are wider instead',
    };
  }
  const offset = first - toReference(domain, first);
  const steps = stepsOf(place.segments);
  const drift = last - first > MIN_DRIFT_SPAN_US ? driftOf(domain, first) * 1e6 : 0;
  const note = NOTES[place.method];
  return {
    domain,
    offsetUs: Math.round(offset),
    intervalUs: [Math.round(offset - place.halfWidth), Math.round(offset + place.halfWidth)],
    driftPpm: Math.round(drift * 10) / 10,
    steps,
    zone: zoneOf(offset),
    pairs: place.pairs,
    method: place.method,
    ...(note === undefined ? {} : { note }),
  };
}

/** A shorter file says nothing of drift. */
const MIN_DRIFT_SPAN_US = 30_000_000;
const NOTES: Readonly<Record<string, string>> = {
  unconnected: 'no pairs with the reference clock: times of this group are only right among themselves',
  'same host': 'no pairs of its own: the clock of its neighbours',
};

function stepsOf(segments: readonly Segment[]): ClockReport['steps'] {
  return segments.slice(1).map((segment, i) => {
    const before = segments[i] as Segment;
    const at = segment.from;
    const value = (s: Segment): number => s.offset + s.slope * (at - s.origin);
    return { at: Math.round(at) as Micros, byUs: Math.round(value(segment) - value(before)) };
  });
}

/** Whole quarter-hours are a zone error, the rest is skew. */
function zoneOf(offset: number): string {
  const quarters = Math.round(offset / QUARTER_US);
  if (quarters === 0 || Math.abs(offset - quarters * QUARTER_US) > 120_000_000) return 'UTC';
  const minutes = Math.abs(quarters) * 15;
  return `UTC${quarters > 0 ? '+' : '-'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')} written as UTC`;
}
