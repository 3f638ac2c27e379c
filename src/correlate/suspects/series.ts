import { push } from '../../core/push.ts';
import type { Micros } from '../../model/time.ts';
import type { Group } from '../groups/group.ts';
import { type Flow, type FlowsByPlace, flowOf } from '../trail/flows-by-place.ts';

/** Flows from one source to one far end that follow each other evenly, as those of one process that repeats itself do. */
export interface Series {
  readonly first: Micros;
  readonly last: Micros;
  /** From one flow to the next, microseconds. */
  readonly every: number;
}

/** Of the flow of a group and all others from its source to its far end. */
export interface SeriesAround {
  readonly own: Series | undefined;
  readonly all: readonly Series[];
}

export type SeriesOf = (group: Group) => SeriesAround;

/** So many flows tell that their pace is even. */
const FEWEST = 4;
/** What comes faster is a burst, what comes slower is seldom seen so often, microseconds. */
const LEAST_US = 1_000_000;
const MOST_US = 3_600_000_000;
/** How far a flow may be from where an even pace has it: a part of the pace, and at least so much, microseconds. */
const OFF = 0.02;
const OFF_US = 50_000;
/** Among more flows, many are evenly apart by chance. */
const MOST_FLOWS = 400;

const NONE: SeriesAround = { own: undefined, all: [] };

/** `sourceOf`: the first sender of a flow, as translations tell it. */
export function openSeries(flows: FlowsByPlace, sourceOf: (group: Group, flow: Flow) => string): SeriesOf {
  const known = new WeakMap<readonly Flow[], ReadonlyMap<string, readonly (readonly Flow[])[]>>();
  const seriesIn = (group: Group): ReadonlyMap<string, readonly (readonly Flow[])[]> => {
    const list = flows.around(group);
    const before = known.get(list);
    if (before !== undefined) return before;
    const bySource = new Map<string, Flow[]>();
    for (const flow of list.length > MOST_FLOWS ? [] : list) push(bySource, sourceOf(group, flow), flow);
    const found = new Map([...bySource].map(([source, own]) => [source, evenAmong(own)]));
    known.set(list, found);
    return found;
  };
  return (group) => {
    const flow = flowOf(group);
    const found = flow === undefined ? undefined : seriesIn(group).get(sourceOf(group, flow));
    if (flow === undefined || found === undefined) return NONE;
    const own = found.find((series) => series.some(({ at, srcPort }) => at === flow.at && srcPort === flow.srcPort));
    return { own: own && toSeries(own), all: found.map(toSeries) };
  };
}

function toSeries(flows: readonly Flow[]): Series {
  const [first, second] = flows;
  const at = first?.at ?? (0 as Micros);
  return { first: at, last: flows[flows.length - 1]?.at ?? at, every: (second?.at ?? at) - at };
}

/** From the first flow on, the longest series that begins with each; no flow is in two. */
function evenAmong(flows: readonly Flow[]): readonly (readonly Flow[])[] {
  const taken = new Set<Flow>();
  const found: (readonly Flow[])[] = [];
  for (const [i, first] of flows.entries()) {
    if (taken.has(first)) continue;
    const rest = flows.slice(i + 1).filter((flow) => !taken.has(flow));
    let best: readonly Flow[] = [];
    for (const second of rest) {
      const every = second.at - first.at;
      if (every > MOST_US) break;
      const series = every < LEAST_US ? [] : evenFrom(first, every, rest);
      if (series.length > best.length) best = series;
    }
    if (best.length < FEWEST) continue;
    found.push(best);
    for (const flow of best) taken.add(flow);
  }
  return found;
}

/** Where two fit as well, an even pace cannot be told. */
function evenFrom(first: Flow, every: number, rest: readonly Flow[]): readonly Flow[] {
  const offUs = Math.max(OFF_US, OFF * every);
  const series = [first];
  let next: number = first.at + every;
  for (const [i, flow] of rest.entries()) {
    if (flow.at > next + offUs) break;
    if (flow.at < next - offUs) continue;
    if ((rest[i + 1]?.at ?? Infinity) <= next + offUs) break;
    series.push(flow);
    next = flow.at + every;
  }
  return series;
}
