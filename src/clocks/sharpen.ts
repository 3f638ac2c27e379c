import { push } from '../core/push.ts';
import { offsetAt, type Segment } from './fit.ts';
import type { Neighbourhood } from './neighbours.ts';
import type { Sighted } from './sightings.ts';
import type { Tree } from './tree.ts';

/** A gap this large, as a share of the step, is where a clock jumped ahead. */
const GAP_SHARE = 0.8;

/**
 * Pairs tell a step only to within the time between two of them. A clock that jumped ahead leaves a gap in the stamps of its host,
 * paired or not: that is where the step lies. One that jumped back leaves none, and its step stays in the middle.
 */
export function sharpenSteps(tree: Tree, sighted: Sighted, { hostOf }: Neighbourhood): void {
  const stepping = [...tree].filter(([, { segments }]) => segments.length > 1);
  if (stepping.length === 0) return;
  const clockOf = (domain: string): string => hostOf(domain) ?? domain;
  const wanted = new Set(stepping.map(([domain]) => clockOf(domain)));
  const readings = new Map<string, number[]>();
  sighted.eachStamp((domain, lo) => {
    if (wanted.has(clockOf(domain))) push(readings, clockOf(domain), lo);
  });
  for (const list of readings.values()) list.sort((a, b) => a - b);
  for (const [domain, place] of stepping) {
    const own = readings.get(clockOf(domain)) ?? [];
    const segments = place.segments.map((segment, i) => sharpen(segment, place.segments[i - 1], own));
    tree.set(domain, { ...place, segments });
  }
}

function sharpen(segment: Segment, previous: Segment | undefined, readings: readonly number[]): Segment {
  const { after, before } = segment;
  if (previous === undefined || after === undefined || before === undefined) return segment;
  const step = offsetAt(segment, after) - offsetAt(previous, after);
  const inside = [after, ...readings.filter((at) => at > after && at < before), before];
  let widest = { size: 0, from: after, to: before };
  for (let i = 1; i < inside.length; i++) {
    const [from = 0, to = 0] = inside.slice(i - 1, i + 1);
    if (to - from > widest.size) widest = { size: to - from, from, to };
  }
  if (step <= 0 || widest.size < step * GAP_SHARE) return segment;
  return { ...segment, from: (widest.from + widest.to) / 2, after: widest.from, before: widest.to };
}
