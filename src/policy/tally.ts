import { compact } from '../core/json/json.ts';
import type { Event } from '../model/event.ts';
import type { FlowEnds, GoodFlow, NightFlows } from '../model/policy.ts';
import type { Report } from '../model/report.ts';
import type { Timed } from '../model/timed.ts';
import { type Sighting, sightingOf, wasAllowed } from './flow.ts';
import { Violations } from './violations.ts';

/** Records of one connection (opened, answered, closed) stand closer together than this many others of the same file. */
const REMEMBERED = 65_536;

interface Class {
  readonly ends: FlowEnds;
  /** Connections by the file that saw them. */
  readonly seenBy: Map<string, number>;
}

/**
 * Adds up the good connections of a night while its records stream by: one counter for each set of ends and file, and a
 * bounded memory of recent tuples so that the records of one connection count once. Nothing is kept for each connection.
 */
export class FlowTally {
  readonly #violations: Violations;
  readonly #classes = new Map<string, Class>();
  readonly #recent = new Map<string, Class>();
  readonly #outerOf = new Map<string, string>();

  constructor(report: Report) {
    this.#violations = new Violations(report);
  }

  add(timed: Timed<Event>): void {
    const sighting = sightingOf(timed.event);
    if (sighting === undefined) return;
    if (sighting.translated !== undefined) this.#outerOf.set(sighting.translated.inner, sighting.translated.outer);
    if (this.#violations.claim(timed, sighting) || !wasAllowed(timed.event)) return;
    this.#count(sighting, timed.event.ref.source);
  }

  #count({ ends, tuples, count }: Sighting, file: string): void {
    const own = this.#classOf(ends);
    const tuple = tuples[0] === undefined ? undefined : `${file}|${tuples[0]}`;
    const known = tuple === undefined ? undefined : this.#recent.get(tuple);
    if (known !== undefined) {
      // A later record of the same connection may be the first that names the destination.
      if (known.ends.domain !== undefined || ends.domain === undefined) return;
      known.seenBy.set(file, (known.seenBy.get(file) ?? 0) - count);
    }
    own.seenBy.set(file, (own.seenBy.get(file) ?? 0) + count);
    if (tuple !== undefined) this.#remember(tuple, own);
  }

  #remember(tuple: string, own: Class): void {
    this.#recent.set(tuple, own);
    if (this.#recent.size <= REMEMBERED) return;
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      return;
    }
  }

  #classOf(ends: FlowEnds): Class {
    const key = keyOf(ends);
    let own = this.#classes.get(key);
    if (own === undefined) {
      own = { ends, seenBy: new Map() };
      this.#classes.set(key, own);
    }
    return own;
  }

  result(): NightFlows {
    const { ends } = this.#violations;
    const anchors = new Set([...ends.values()].flatMap(({ source }) => source ?? []));
    const outward = <E extends FlowEnds>(flow: E): E =>
      flow.source === undefined ? flow : { ...flow, source: outermost(flow.source, this.#outerOf, anchors) };
    const merged = mergeBySource([...this.#classes.values()], outward);
    return {
      good: sorted(nameless(resolverless(merged))),
      bad: new Map([...ends].map(([id, own]) => [id, outward(own)])),
    };
  }
}

/**
 * Follows translations outwards to the last address that violations are seen under, or to the end where there is none:
 * sensors on both sides of a translation then speak of one source. Of addresses in a circle none is the last: each stays itself.
 */
function outermost(ip: string, outerOf: ReadonlyMap<string, string>, anchors: ReadonlySet<string>): string {
  const chain = new Set([ip]);
  for (let next = outerOf.get(ip); next !== undefined; next = outerOf.get(next)) {
    if (chain.has(next)) return ip;
    chain.add(next);
  }
  const passed = [...chain];
  return passed.findLast((address) => anchors.has(address)) ?? passed.at(-1) ?? ip;
}

/** Inner and outer sightings of one source become one; each file's counts are added before files are compared. */
function mergeBySource(classes: readonly Class[], outward: (ends: FlowEnds) => FlowEnds): readonly Class[] {
  const out = new Map<string, Class>();
  for (const { ends, seenBy } of classes) {
    const moved = outward(ends);
    const key = keyOf(moved);
    const home = out.get(key) ?? { ends: moved, seenBy: new Map<string, number>() };
    out.set(key, home);
    for (const [file, count] of seenBy) home.seenBy.set(file, (home.seenBy.get(file) ?? 0) + count);
  }
  return [...out.values()];
}

/** A resolver's own log names the question and not the resolver: it says nothing new where a sensor saw the packet. */
function resolverless(classes: readonly Class[]): readonly Class[] {
  const question = ({ source, domain, port }: FlowEnds): string => `${source}|${domain}|${port}`;
  const named = new Set(classes.filter(({ ends }) => ends.ip !== undefined).map(({ ends }) => question(ends)));
  return classes.filter(({ ends }) => ends.ip !== undefined || !named.has(question(ends)));
}

const most = (seenBy: ReadonlyMap<string, number>): number => Math.max(0, ...seenBy.values());

/** Sensors that see no names count the same connections: only what they saw beyond the named ones is nameless. */
function nameless(classes: readonly Class[]): readonly GoodFlow[] {
  const bases = new Map<string, { named: number; totals: Map<string, number>; ends: FlowEnds; own: number }>();
  const out: GoodFlow[] = [];
  for (const { ends, seenBy } of classes) {
    const { domain, proxied: _, ...rest } = ends;
    const key = keyOf(rest);
    const base = bases.get(key) ?? { named: 0, totals: new Map<string, number>(), ends: rest, own: 0 };
    bases.set(key, base);
    for (const [file, count] of seenBy) base.totals.set(file, (base.totals.get(file) ?? 0) + count);
    if (domain === undefined && ends.proxied === undefined) base.own = most(seenBy);
    else {
      base.named += most(seenBy);
      out.push({ ...ends, count: most(seenBy) });
    }
  }
  for (const { named, totals, ends, own } of bases.values()) {
    const count = Math.min(own, most(totals) - named);
    if (count > 0) out.push({ ...ends, count });
  }
  return out;
}

export function keyOf(ends: FlowEnds): string {
  const { source, ip, domain, port, transport, proxied } = ends;
  return [source, ip, domain, port, transport, proxied].map((part) => part ?? '').join('|');
}

function sorted(flows: readonly GoodFlow[]): readonly GoodFlow[] {
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return flows.map((flow) => compact(flow)).sort((a, b) => b.count - a.count || order(keyOf(a), keyOf(b)));
}
