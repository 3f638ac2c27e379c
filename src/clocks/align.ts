import { median } from '../core/median.ts';
import { push } from '../core/push.ts';
import type { ClockReport } from '../model/report.ts';
import { reportClock } from './clock-report.ts';
import { joinByEchoes } from './echo-joins.ts';
import { buildEdges } from './edges.ts';
import { errorAt, type Reach, reachOf } from './error-at.ts';
import { followMost } from './majority.ts';
import { bridge, inherit, preferFine } from './neighbours.ts';
import { ID_CLOCK } from './observe-calls.ts';
import { chooseReference } from './reference.ts';
import { sharpenSteps } from './sharpen.ts';
import type { Sighted } from './sightings.ts';
import { growTree, type Tree, toReference } from './tree.ts';
import { placeYears } from './years.ts';

export interface AlignOptions {
  /** Domains in the order in which they are trusted to be right; the first connected one is the reference, if it keeps pace. */
  readonly rank: (domain: string) => number;
  /** Domains of one host share a clock when nothing else tells. */
  readonly hostOf: (domain: string) => string | undefined;
  /** Corrections that the user stated, microseconds by which the domain is ahead. */
  readonly stated: ReadonlyMap<string, number>;
  /** Domains whose stamps name no zone: they inherit only from such a neighbour in the same folder. */
  readonly zoneless: ReadonlySet<string>;
  /** Domains no stamp of which states its year. */
  readonly yearless: ReadonlySet<string>;
  /** First and last stamp of each domain, its own time. */
  readonly spans: ReadonlyMap<string, readonly [number, number]>;
}

/** Corrections of every clock domain. */
export interface Clocks {
  /** Microseconds by which the domain is ahead of the reference at this reading of its own clock. */
  offsetAt(domain: string, at: number): number;
  /** Microseconds by which that may be off. */
  errorAt(domain: string, at: number): number;
  readonly reports: readonly ClockReport[];
}

/** Finds offset, drift and steps of each domain against the most trusted one, from pairs that need no clock. */
export function alignClocks(domains: ReadonlySet<string>, sighted: Sighted, options: AlignOptions): Clocks {
  const edges = buildEdges(sighted.meeting);
  const order = [...domains]
    .filter((domain) => (edges.get(domain) ?? []).length > 0)
    .sort(
      (a, b) =>
        options.rank(a) - options.rank(b) ||
        (edges.get(b)?.length ?? 0) - (edges.get(a)?.length ?? 0) ||
        (a < b ? -1 : 1),
    );
  const precise = new Map([...edges].map(([domain, list]) => [domain, list.filter(({ method }) => method !== 'aim')]));
  const tree: Tree = new Map();
  const around = { ...options, domains, stepOf: stepsOf(sighted) };
  const reference = chooseReference(order, edges, around);
  for (const domain of reference === undefined ? [] : [reference, ...order]) {
    if (tree.has(domain)) continue;
    const method = domain === reference ? 'reference' : 'unconnected';
    tree.set(domain, { via: undefined, segments: [], halfWidth: 0, pairs: 0, method });
    // Where a command aims says little of the moment: a file of the same host tells more, a step of its clock included.
    for (const known of [precise, edges]) {
      growTree(known, tree);
      while (bridge(order, tree, around)) growTree(known, tree);
    }
  }
  if (reference !== undefined) joinByEchoes(tree, reference, sighted.reaching, around);
  for (const [domain, ahead] of options.stated) {
    const segment = { from: -Infinity, origin: 0, offset: ahead, slope: 0, halfWidth: 0, pairs: 0 };
    tree.set(domain, { via: undefined, segments: [segment], halfWidth: 0, pairs: 0, method: 'stated by the user' });
  }
  sharpenSteps(tree, sighted, around);
  preferFine(tree, around);
  inherit(tree, around);
  followMost(tree, around);
  placeYears(tree, options);
  return toClocks(domains, options.spans, { tree, reach: reachOf(edges) });
}

/** Stamps of a domain that tell their usual width. */
const ENOUGH_WIDTHS = 2_000;

/** Usual width of a domain's stamps. */
function stepsOf({ eachStamp }: Sighted): (domain: string) => number {
  const widths = new Map<string, number[]>();
  eachStamp((domain, lo, hi) => {
    if ((widths.get(domain)?.length ?? 0) < ENOUGH_WIDTHS) push(widths, domain, hi - lo);
  });
  const steps = new Map([...widths].map(([domain, list]) => [domain, median(list)]));
  return (domain) => steps.get(domain) ?? 0;
}

function toClocks(
  domains: ReadonlySet<string>,
  spans: AlignOptions['spans'],
  { tree, reach }: { readonly tree: Tree; readonly reach: Reach },
): Clocks {
  return {
    offsetAt: (domain, at) => at - toReference(tree, domain, at),
    errorAt: (domain, at) => errorAt({ tree, reach }, domain, at),
    reports: [...domains]
      .filter((domain) => domain !== ID_CLOCK)
      .sort()
      .map((domain) => reportClock(domain, tree, spans.get(domain) ?? [0, 0])),
  };
}
