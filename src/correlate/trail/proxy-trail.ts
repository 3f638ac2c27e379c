import type { Fact } from '../../model/case.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import { firstOf, type Group } from '../groups/group.ts';
import { type Tuple, toTuple } from './tuple.ts';
import {
  FLOW_SLACK_US,
  finish,
  primaryOf,
  type Trail,
  type TrailContext,
  undoTranslations,
  type Walk,
} from './walk.ts';

/** A proxy's own connection, or its log line, leads back to the client that asked it. */
export function proxyTrail(group: Group, walk: Walk, names: Set<string>, context: TrailContext): Trail | undefined {
  const isLeg = context.hosts.isProxy(walk.tuple.srcIp);
  const request = firstOf(group, lineIn) ?? (isLeg ? nearestRequest(walk, context) : undefined);
  if (request === undefined) return undefined;
  const primary = primaryOf(group);
  const { event } = request;
  const client = event.src;
  if (client.ip === undefined) return undefined;
  for (const name of [event.dst.domain, event.http?.host]) if (name !== undefined) names.add(name);
  const refs: SourceRef[] = [request.event.ref];
  const inner = clientLegs(request, context, refs);
  const facts: Fact[] = [
    ...walk.facts,
    {
      code: 'proxy-join',
      strength: inner.exact ? 'exact' : inner.tuples.length === 1 ? 'single' : 'time',
      says: `the proxy made this connection for ${client.ip}${event.http?.url === undefined ? '' : `, which asked for ${event.http.url}`}`,
      trust: 'outside',
      refs,
    },
  ];
  const legs = undoneLegs(inner.tuples, request, context);
  // Of several clients, none of whom is known to be the one, nothing more is said.
  if (inner.tuples.length === 1) facts.push(...legs.facts);
  const { tuples, begun: at, host, anchored } = legs;
  const merged: Walk = { tuple: tuples[0] ?? walk.tuple, at, anchored, errorUs: request.errorUs, host, facts };
  const trail = finish(merged, tuples.length > 0 ? tuples : [walk.tuple], 'proxy', names, primary.event, context);
  const farIps = new Set([
    ...trail.dstIps,
    walk.tuple.dstIp,
    ...(event.upstream?.ip === undefined ? [] : [event.upstream.ip]),
  ]);
  for (const answer of context.queries.namesOf(walk.tuple.dstIp, walk.at)) names.add(answer.name);
  return { ...trail, dstIps: farIps, domains: new Set([...trail.domains, ...names]) };
}

/** What the client's connections to the proxy were before they were translated. */
function undoneLegs(
  inner: readonly Tuple[],
  { lo, errorUs }: Timed<NetworkEvent>,
  context: TrailContext,
): Pick<Walk, 'host' | 'anchored' | 'facts'> & { readonly tuples: readonly Tuple[]; readonly begun: Micros } {
  const legs = inner.map((tuple): Walk => ({ tuple, at: lo, anchored: false, errorUs, host: undefined, facts: [] }));
  for (const leg of legs) undoTranslations(leg, context);
  return {
    tuples: legs.map(({ tuple }) => tuple),
    begun: legs.findLast(({ anchored }) => anchored)?.at ?? lo,
    host: legs.findLast(({ host }) => host !== undefined)?.host,
    anchored: legs.some(({ anchored }) => anchored),
    facts: legs.flatMap(({ facts }) => facts),
  };
}

function lineIn(timed: Timed<ViolatingEvent>): Timed<NetworkEvent> | undefined {
  const isLine = timed.event.kind === 'network' && timed.event.type === 'proxy';
  return isLine ? (timed as Timed<NetworkEvent>) : undefined;
}

function nearestRequest(walk: Walk, context: TrailContext): Timed<NetworkEvent> | undefined {
  let best: Timed<NetworkEvent> | undefined;
  let bestDistance = Infinity;
  for (const request of context.requests) {
    const ip = request.event.upstream?.ip ?? request.event.dst.ip;
    if (ip !== walk.tuple.dstIp) continue;
    const slack = FLOW_SLACK_US + request.errorUs + walk.errorUs;
    if (walk.at < request.lo - slack || walk.at > request.hi + slack) continue;
    const distance = Math.abs(request.lo - walk.at);
    if (distance < bestDistance) {
      best = request;
      bestDistance = distance;
    }
  }
  return best;
}

/** Connections from the client to the proxy that can have carried the request. */
function clientLegs(
  request: Timed<NetworkEvent>,
  context: TrailContext,
  refs: SourceRef[],
): { tuples: readonly Tuple[]; exact: boolean } {
  const { event } = request;
  const ip = event.src.ip ?? '';
  if (event.src.port !== undefined && event.src.port !== 0) {
    return { tuples: [{ transport: 'tcp', srcIp: ip, srcPort: event.src.port, dstIp: '', dstPort: 0 }], exact: true };
  }
  const slack = FLOW_SLACK_US + request.errorUs;
  const seen = context.httpSeen.filter(
    ({ event: http, at, errorUs }) =>
      http.src.ip === ip &&
      http.http?.url !== undefined &&
      sameUrl(http.http.url, event.http?.url) &&
      at >= request.lo - slack - errorUs &&
      at <= request.hi + slack + errorUs,
  );
  const nearest = seen.sort((a, b) => Math.abs(a.at - request.lo) - Math.abs(b.at - request.lo))[0];
  if (nearest !== undefined) {
    refs.push(nearest.event.ref);
    const tuple = toTuple('tcp', nearest.event.src, nearest.event.dst, undefined);
    if (tuple !== undefined) return { tuples: [tuple], exact: true };
  }
  return { tuples: natLegs(ip, request, slack, context), exact: false };
}

function natLegs(ip: string, request: Timed<NetworkEvent>, slack: number, context: TrailContext): readonly Tuple[] {
  const out: Tuple[] = [];
  for (const proxy of context.hosts.proxies()) {
    for (const entry of context.nat.begunTo(
      proxy.ip,
      proxy.port ?? 3128,
      ip,
      (request.lo - slack) as Micros,
      (request.hi + slack) as Micros,
    )) {
      if (entry.translates && !out.some((tuple) => tuple.srcPort === entry.outside.srcPort)) out.push(entry.outside);
    }
  }
  return out.length === 0 ? [{ transport: 'tcp', srcIp: ip, srcPort: 0, dstIp: '', dstPort: 0 }] : out;
}

function sameUrl(a: string, b: string | undefined): boolean {
  if (b === undefined) return false;
  const bare = (text: string): string => text.replace(/^https?:\/\//, '').replace(/:80(?=\/|$)/, '');
  return bare(a) === bare(b) || bare(b).endsWith(bare(a));
}
