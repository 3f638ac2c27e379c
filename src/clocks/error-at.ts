import { greatest, least } from '../core/extremes.ts';
import { UNKNOWN_ERROR_US } from './clock-report.ts';
import type { Edge } from './edges.ts';
import { offsetAt, type Segment } from './fit.ts';
import { type Tree, wayFrom } from './tree.ts';

/** Pairs that cease for so many times their usual distance, or for longer than they went on, say nothing more of the clock. */
const SILENT = 10;
/** By as much a clock may have stepped of which nothing is known any more: no moment by it is sure. */
const STEPPED_ERROR_US = 2 * UNKNOWN_ERROR_US;
/** Pairs of others do not tell steps. */
const SHARP_US = 300_000;
const EVER = [-Infinity, Infinity] as const;
const NEVER = [Infinity, -Infinity] as const;

/**
 * Microseconds by which the corrected time of this reading may be off. Near a step it may be one of either side, and where pairs had
 * ceased the clock may have stepped since.
 */
export function errorAt(
  { tree, reach }: { readonly tree: Tree; readonly reach: Reach },
  domain: string,
  at: number,
): number {
  let error = tree.get(domain)?.halfWidth ?? UNKNOWN_ERROR_US;
  for (const { reading, segments } of wayFrom(tree, domain, at)) {
    for (let i = 1; i < segments.length; i++)
      error += stepError(segments[i - 1] as Segment, segments[i] as Segment, reading);
  }
  const [from, to] = reach.get(domain) ?? EVER;
  return at < from || at > to ? Math.max(error, STEPPED_ERROR_US) : error;
}

/** A clock that steps back shows the same readings twice; one that steps ahead leaves out some, and of the others the side is known. */
function stepError(previous: Segment, segment: Segment, reading: number): number {
  const { from, after = from, before = from } = segment;
  const by = offsetAt(segment, from) - offsetAt(previous, from);
  const twice = by < 0 ? -by : 0;
  const [first, last] = [Math.min(after, before) - twice, Math.max(after, before) + twice];
  return reading > first && reading < last ? Math.abs(by) : 0;
}

/** From where to where pairs of a clock with any other tell of it, its own time. */
export type Reach = ReadonlyMap<string, readonly [from: number, to: number]>;

export function reachOf(edges: ReadonlyMap<string, readonly Edge[]>): Reach {
  const out = new Map<string, readonly [number, number]>();
  for (const list of edges.values())
    for (const { to, segments, halfWidth } of list) {
      if (halfWidth > SHARP_US) continue;
      const [from, until] = out.get(to) ?? NEVER;
      const reaches = segments.map(segmentReach);
      out.set(to, [
        Math.min(
          from,
          least(reaches, ([a]) => a),
        ),
        Math.max(
          until,
          greatest(reaches, ([, b]) => b),
        ),
      ]);
    }
  return out;
}

function segmentReach({ first = 0, last = 0, pairs }: Segment): readonly [number, number] {
  const slack = (last - first) * Math.min(1, SILENT / Math.max(1, pairs - 1));
  return [first - slack, last + slack];
}
