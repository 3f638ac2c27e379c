import { push } from '../core/push.ts';
import type { Edge } from './edges.ts';
import { offsetAt, type Segment } from './fit.ts';

/** One domain's place in the tree of corrections: what it is ahead of its neighbour on the way to the reference. */
export interface Placed {
  /** The neighbour; undefined for a reference. */
  readonly via: string | undefined;
  readonly segments: readonly Segment[];
  /** Microseconds by which the corrected time may be off, all the way to the reference. */
  readonly halfWidth: number;
  readonly pairs: number;
  readonly method: string;
}

export type Tree = Map<string, Placed>;

/** A neighbour whose clock steps or drifts is a worse witness than a steady one: the moment of a step is known only between pairs. */
const STEP_COST_US = 1_000_000;
const DRIFT_COST_US = 5000;
/** Longest way to a reference. */
const MAX_DEPTH = 64;

/** Cheapest tree from what is already placed (Prim): the surest edge first. */
export function growTree(edges: ReadonlyMap<string, readonly Edge[]>, tree: Tree): void {
  const missesStep = openMissesStep(edges);
  for (;;) {
    let best: { from: string; edge: Edge; cost: number } | undefined;
    for (const [from, { halfWidth }] of tree) {
      for (const edge of edges.get(from) ?? []) {
        if (tree.has(edge.to)) continue;
        const cost = halfWidth + edge.cost + unrest(edge) + (missesStep(edge) ? STEP_COST_US : 0);
        if (best === undefined || cost < best.cost || (cost === best.cost && edge.to < best.edge.to))
          best = { from, edge, cost };
      }
    }
    if (best === undefined) return;
    const { from, edge } = best;
    tree.set(edge.to, {
      via: from,
      segments: edge.segments,
      halfWidth: (tree.get(from)?.halfWidth ?? 0) + edge.halfWidth,
      pairs: edge.pairs,
      method: edge.method,
    });
  }
}

/**
 * Whether pairs with others show a step of the clock before the first or after the last of these pairs, and none show that it went on
 * there as it was: such an edge looks steady because it ends.
 */
function openMissesStep(edges: ReadonlyMap<string, readonly Edge[]>): (edge: Edge) => boolean {
  const known = new Map<Edge, boolean>();
  const byTo = new Map<string, Edge[]>();
  for (const list of edges.values()) for (const edge of list) push(byTo, edge.to, edge);
  const misses = (edge: Edge): boolean => {
    const all = byTo.get(edge.to) ?? [];
    const steady = all.filter(({ segments }) => segments.length === 1);
    return all.some(({ segments }) =>
      segments.slice(1).some(({ from }) => !holds(edge, from) && !steady.some((other) => holds(other, from))),
    );
  };
  return (edge) => {
    const is = known.get(edge) ?? misses(edge);
    known.set(edge, is);
    return is;
  };
}

/** Whether pairs that agree with a line lie on both sides of the moment. */
function holds({ segments }: Edge, at: number): boolean {
  const { first = -Infinity } = segments[0] ?? {};
  const { last = Infinity } = segments[segments.length - 1] ?? {};
  return first < at && at < last;
}

function unrest({ segments }: Edge): number {
  const drifts = segments.some(({ slope }) => slope !== 0);
  return (segments.length - 1) * STEP_COST_US + (drifts ? DRIFT_COST_US : 0);
}

/** The reference's reading when the domain's own clock reads `at`, microseconds. */
export function toReference(tree: ReadonlyMap<string, Placed>, domain: string, at: number): number {
  let current: string | undefined = domain;
  let reading = at;
  for (let depth = 0; current !== undefined && depth < MAX_DEPTH; depth++) {
    const place: Placed | undefined = tree.get(current);
    if (place === undefined) break;
    reading -= offsetOf(segmentAt(place.segments, reading), reading);
    current = place.via;
  }
  return reading;
}

/** What each clock on the way to the reference reads when the domain's own reads `at`. */
export function* wayFrom(
  tree: ReadonlyMap<string, Placed>,
  domain: string,
  at: number,
): Generator<{ readonly reading: number; readonly segments: readonly Segment[] }> {
  let current: string | undefined = domain;
  let reading = at;
  for (let depth = 0; current !== undefined && depth < MAX_DEPTH; depth++) {
    const place: Placed | undefined = tree.get(current);
    if (place === undefined) return;
    yield { reading, segments: place.segments };
    reading -= offsetOf(segmentAt(place.segments, reading), reading);
    current = place.via;
  }
}

/** Slopes along the way to the reference; steps of neighbours are no drift. */
export function driftOf(tree: ReadonlyMap<string, Placed>, domain: string, at: number): number {
  let sum = 0;
  for (const { reading, segments } of wayFrom(tree, domain, at)) sum += segmentAt(segments, reading)?.slope ?? 0;
  return sum;
}

/** Whether the way from `domain` to its reference leads over `over`. */
export function leadsOver(tree: ReadonlyMap<string, Placed>, domain: string, over: string): boolean {
  let current: string | undefined = domain;
  for (let depth = 0; current !== undefined && depth < MAX_DEPTH; depth++) {
    if (current === over) return true;
    current = tree.get(current)?.via;
  }
  return false;
}

function segmentAt(segments: readonly Segment[], at: number): Segment | undefined {
  let chosen = segments[0];
  for (const segment of segments) if (at >= segment.from) chosen = segment;
  return chosen;
}

function offsetOf(segment: Segment | undefined, at: number): number {
  return segment === undefined ? 0 : offsetAt(segment, at);
}
