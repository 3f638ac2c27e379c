import { median } from '../core/median.ts';
import { leadsOver, type Placed, type Tree, toReference } from './tree.ts';

/** What is known of domains beside their pairs. */
export interface Neighbourhood {
  readonly domains: ReadonlySet<string>;
  /** Domains of one host share a clock when nothing else tells. */
  readonly hostOf: (domain: string) => string | undefined;
  /** Domains whose stamps name no zone: they inherit only from such a neighbour in the same folder. */
  readonly zoneless: ReadonlySet<string>;
  /** First and last stamp of each domain, its own time. */
  readonly spans: ReadonlyMap<string, readonly [number, number]>;
  /** Width of the domain's stamps, microseconds. */
  readonly stepOf: (domain: string) => number;
}

/** Files of one host read one clock; programs stamp a moment up to this far apart. */
const APART_US = 50_000;
/** What clocks of two hosts are taken to be apart where nothing tells: as far as one without any pairs. */
const STRANGER_US = 1_000_000;
const COARSE_US = 500_000;
const QUARTER_US = 900_000_000;
const SAMPLES = 15;

/**
 * Files that have pairs only among themselves join the reference over a file of the same host: both read one clock. Says whether
 * one was found. `order`: domains with pairs.
 */
export function bridge(order: readonly string[], tree: Tree, around: Neighbourhood): boolean {
  const open = order.filter((domain) => !tree.has(domain));
  const sure = open.filter((domain) => !around.zoneless.has(domain) && around.stepOf(domain) < COARSE_US / 5);
  return joinHosts(sure, tree, around) || joinHosts(open, tree, around);
}

/** One file of each host at once: else the first host's clock would stand between the reference and all others. */
function joinHosts(open: readonly string[], tree: Tree, around: Neighbourhood): boolean {
  const joined = new Map<string, Placed>();
  const hosts = new Set<string | undefined>();
  for (const domain of open) {
    const via = hosts.has(around.hostOf(domain)) ? undefined : finerSibling(domain, tree, around);
    if (via === undefined) continue;
    hosts.add(around.hostOf(domain));
    joined.set(domain, { via, segments: [], halfWidth: width(tree, via) + APART_US, pairs: 0, method: 'same host' });
  }
  for (const [domain, place] of joined) tree.set(domain, place);
  return joined.size > 0;
}

/** A domain without pairs takes the clock of its host's other files, if those agree. */
export function inherit(tree: Tree, around: Neighbourhood): void {
  for (const domain of [...around.domains].sort()) {
    if (tree.has(domain)) continue;
    const siblings = siblingsOf(domain, around).filter(
      (other) => tree.get(other)?.via !== undefined || tree.get(other)?.method === 'reference',
    );
    const surest = agreeing(domain, siblings, { tree, around }).sort((a, b) => width(tree, a) - width(tree, b))[0];
    if (surest === undefined) continue;
    tree.set(domain, {
      via: surest,
      segments: [],
      halfWidth: width(tree, surest) + (mayDiffer(domain, surest, around) ? STRANGER_US : APART_US),
      pairs: 0,
      method: 'same host',
    });
  }
}

/** A file of the same folder tells the zone; whether it is of the same host is known where both name theirs. */
function mayDiffer(domain: string, other: string, { hostOf }: Neighbourhood): boolean {
  return hostOf(domain) !== hostOf(other);
}

/** Those that are near the middle of all: a single stray file does not count, however sure it is. All where none is. */
function agreeing(
  domain: string,
  siblings: readonly string[],
  { tree, around }: { readonly tree: Tree; readonly around: Neighbourhood },
): string[] {
  const [at = 0] = samplesOf(domain, around).slice(SAMPLES >> 1);
  const ahead = siblings.map((name) => at - toReference(tree, name, at));
  const centre = median([...ahead]);
  const near = siblings.filter((name, i) => Math.abs((ahead[i] ?? 0) - centre) <= 2 * APART_US + width(tree, name));
  return near.length > 0 ? near : [...siblings];
}

/**
 * Stamps cut to seconds tell an offset no better than the cut. A file of the same host with finer stamps reads the same clock:
 * where both agree to within the cut (and whole quarter-hours, when the coarse file writes local time), the finer one counts.
 */
export function preferFine(tree: Tree, around: Neighbourhood): void {
  for (const domain of [...around.domains].sort()) {
    const own = tree.get(domain);
    if (own?.via === undefined || around.stepOf(domain) < COARSE_US) continue;
    const finer = finerSibling(domain, tree, around);
    if (finer === undefined) continue;
    const apart = median(
      samplesOf(domain, around).map((at) => toReference(tree, finer, at) - toReference(tree, domain, at)),
    );
    const zone = Math.round(apart / QUARTER_US) * QUARTER_US;
    const off = Math.abs(apart - zone);
    const sureUs = own.halfWidth + width(tree, finer);
    if (off > around.stepOf(domain) + sureUs) continue;
    // Pairs that say otherwise may be right: whoever cut the stamps may have cut them twice, or be late.
    const doubtUs = off > sureUs + APART_US ? off : 0;
    tree.set(domain, atFiner(own, finer, zone, width(tree, finer) + doubtUs));
  }
}

function atFiner(own: Placed, via: string, zone: number, halfWidth: number): Placed {
  const segment = { from: -Infinity, origin: 0, offset: zone, slope: 0, halfWidth: 0, pairs: own.pairs };
  return {
    via,
    segments: zone === 0 ? [] : [segment],
    halfWidth: halfWidth + APART_US,
    pairs: own.pairs,
    method: `${own.method}, finer file of the host`,
  };
}

/** Of the host's fine-grained files, the one whose clock lies in the middle: a single stray file does not count. */
function finerSibling(domain: string, tree: Tree, around: Neighbourhood): string | undefined {
  const host = around.hostOf(domain);
  if (host === undefined) return undefined;
  const [at = 0] = samplesOf(domain, around).slice(SAMPLES >> 1);
  const fine = [...around.domains]
    .sort()
    .filter((other) => {
      const place = tree.get(other);
      if (other === domain || around.hostOf(other) !== host || around.stepOf(other) >= COARSE_US / 5) return false;
      const placed = place !== undefined && (place.via !== undefined || place.method === 'reference');
      return placed && place.method !== 'same host' && !leadsOver(tree, other, domain);
    })
    .map((name) => ({ name, ahead: at - toReference(tree, name, at) }));
  const centre = median(fine.map(({ ahead }) => ahead));
  return fine.sort(
    (a, b) => Math.abs(a.ahead - centre) - Math.abs(b.ahead - centre) || width(tree, a.name) - width(tree, b.name),
  )[0]?.name;
}

/** Moments spread over the domain's own time: one alone may lie where a step is not yet known. */
function samplesOf(domain: string, around: Neighbourhood): readonly number[] {
  const [from, to] = around.spans.get(domain) ?? [0, 0];
  return Array.from({ length: SAMPLES }, (_, i) => from + ((to - from) * i) / (SAMPLES - 1));
}

function width(tree: Tree, domain: string): number {
  return tree.get(domain)?.halfWidth ?? 0;
}

function siblingsOf(domain: string, around: Neighbourhood): string[] {
  const all = [...around.domains].filter((other) => other !== domain).sort();
  const folder = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1);
  if (around.zoneless.has(domain)) {
    const near = all.filter((other) => around.zoneless.has(other) && folder(other) === folder(domain));
    if (near.length > 0) return near;
  }
  const host = around.hostOf(domain);
  return host === undefined ? [] : all.filter((other) => around.hostOf(other) === host && !around.zoneless.has(other));
}
