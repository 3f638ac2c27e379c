import { isPrivateIp } from '../core/ip.ts';
import type { Fact } from '../model/case.ts';
import type { NetworkEvent } from '../model/event.ts';
import type { SourceRef } from '../model/source.ts';
import type { Micros } from '../model/time.ts';
import type { Timed } from '../model/timed.ts';
import type { ViolatingEvent } from '../model/violation.ts';
import { anchorOf, type Group } from './group.ts';
import type { HostTable } from './hosts.ts';
import type { LeaseTable } from './leases.ts';
import { type NatTable, type Tuple, toTuple } from './nat.ts';
import { alignInOrder, type Forwarded, type QueryTable } from './queries.ts';

/** Where the packet came from, as far as translations, proxies and forwarders can be undone. */
export interface Trail {
  /** Innermost tuples; several when a join left alternatives. */
  readonly tuples: readonly Tuple[];
  readonly host: string | undefined;
  /** When the flow began, by the innermost record of it; else the violation's own time. */
  readonly begun: Micros;
  /** A record of the flow's beginning exists. */
  readonly anchored: boolean;
  readonly errorUs: number;
  readonly via: 'direct' | 'proxy' | 'forwarder';
  /** The flow left the host untranslated although its sandboxes have addresses of their own: the host itself sent it. */
  readonly hostOwned: boolean;
  readonly domains: ReadonlySet<string>;
  readonly dstIps: ReadonlySet<string>;
  readonly dstPort: number | undefined;
  readonly facts: readonly Fact[];
  readonly explicitSandbox: string | undefined;
  readonly missing: readonly string[];
}

export interface TrailContext {
  readonly nat: NatTable;
  readonly hosts: HostTable;
  readonly leases: LeaseTable;
  readonly queries: QueryTable;
  /** Requests that proxies logged, and HTTP requests that sensors saw on the way to them. */
  readonly requests: readonly Timed<NetworkEvent>[];
  readonly httpSeen: readonly Timed<NetworkEvent>[];
  /** For each DNS violation joined by order: the forwarder's line. Filled by `joinForwarders`. */
  readonly forwarded: ReadonlyMap<Group, Forwarded>;
}

const FLOW_SLACK_US = 500_000;
const MAX_HOPS = 8;

interface Walk {
  tuple: Tuple;
  at: Micros;
  anchored: boolean;
  errorUs: number;
  host: string | undefined;
  readonly facts: Fact[];
}

/** Follows a violation's packet back to the address that sent it first. */
export function followTrail(group: Group, context: TrailContext): Trail {
  const primary = primaryOf(group);
  const names = namesIn(group);
  const start = startTuple(primary.event);
  const walk: Walk | undefined =
    start === undefined ? undefined : { tuple: start, ...anchorOf(group), anchored: false, host: undefined, facts: [] };
  if (walk === undefined) return bareTrail(group, primary, names, context);
  undoTranslations(walk, context);
  if (walk.facts.length === 0) useStatedSource(walk, primary);
  const proxied = proxyTrail(group, walk, names, context);
  if (proxied !== undefined) return proxied;
  const forwarded = context.forwarded.get(group);
  if (forwarded !== undefined) return forwarderTrail(group, walk, forwarded, names, context);
  return finish(walk, [walk.tuple], 'direct', names, primary.event, context);
}

function primaryOf(group: Group): Timed<ViolatingEvent> {
  return group.members.reduce(
    (first, { timed }) => (timed.at < first.at ? timed : first),
    group.members[0]?.timed as Timed<ViolatingEvent>,
  );
}

function startTuple(event: ViolatingEvent): Tuple | undefined {
  if (event.kind === 'process') {
    const socket = event.socket;
    return socket === undefined ? undefined : toTuple(socket.transport, socket.local, socket.remote, undefined);
  }
  if (event.kind === 'dns') {
    return event.client === undefined
      ? undefined
      : toTuple(event.transport ?? 'udp', event.client, { ip: event.upstream ?? '', port: 53 }, undefined);
  }
  const [src, dst] = event.initiator === 'dst' ? [event.dst, event.src] : [event.src, event.dst];
  return toTuple(event.transport ?? 'tcp', src, dst, event.icmp?.id);
}

/** Names that the records of the group give the destination. */
function namesIn(group: Group): Set<string> {
  const names = new Set<string>();
  const all = [...group.members.map((member) => member.timed), ...group.context];
  for (const { event } of all) {
    if (event.kind === 'dns') names.add(event.name);
    else if (event.kind === 'network') {
      for (const name of [event.dst.domain, event.dns?.name, event.http?.host])
        if (name !== undefined && !/^[\d.:]+$/.test(name)) names.add(name.toLowerCase());
    } else if (event.dnsName !== undefined) names.add(event.dnsName);
  }
  return names;
}

function undoTranslations(walk: Walk, context: TrailContext): void {
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const entry = context.nat.undo(walk.tuple, walk.at, FLOW_SLACK_US + walk.errorUs);
    if (entry === undefined) break;
    const from = walk.tuple;
    walk.facts.push({
      code: 'nat-join',
      strength: from.srcPort === 0 ? 'no-port' : entry.windowed ? 'window' : 'exact',
      says: `${from.srcIp}:${from.srcPort} is ${entry.inside.srcIp}:${entry.inside.srcPort} before translation${entry.host === undefined ? '' : ` on ${entry.host}`}`,
      trust: 'outside',
      refs: [entry.ref],
    });
    walk.tuple = entry.inside;
    walk.host = entry.host ?? walk.host;
    if (!entry.windowed || !walk.anchored) walk.at = Math.min(walk.at, entry.start) as Micros;
    walk.anchored = true;
    walk.errorUs = Math.max(walk.errorUs, entry.errorUs);
  }
  const witness = context.nat.witness(walk.tuple, walk.at, FLOW_SLACK_US + walk.errorUs);
  if (witness !== undefined) {
    walk.at = Math.min(walk.at, witness.start) as Micros;
    walk.anchored = true;
  }
}

/** Without a translation record, the private source that the record itself states; its port is not known. */
function useStatedSource(walk: Walk, { event }: Timed<ViolatingEvent>): void {
  const stated = statedSource(event);
  if (stated === undefined) return;
  walk.facts.push({
    code: 'nat-join',
    strength: 'no-port',
    says: `the record itself says that ${walk.tuple.srcIp} is ${stated} before translation`,
    trust: 'outside',
    refs: [event.ref],
  });
  walk.tuple = { ...walk.tuple, srcIp: stated, srcPort: 0 };
}

/** Private address behind a public source, where the record holds both. */
function statedSource(event: ViolatingEvent): string | undefined {
  if (event.kind !== 'network' || event.initiator === 'dst') return undefined;
  const inner = event.nat?.srcIp;
  return inner !== undefined && isPrivateIp(inner) && event.src.ip !== undefined && !isPrivateIp(event.src.ip)
    ? inner
    : undefined;
}

function finish(
  walk: Walk,
  tuples: readonly Tuple[],
  via: Trail['via'],
  names: ReadonlySet<string>,
  event: ViolatingEvent,
  context: TrailContext,
): Trail {
  const inner = tuples[0] ?? walk.tuple;
  const owner = context.hosts.hostOfIp(inner.srcIp);
  const nets = context.leases.hostsOfNet(inner.srcIp);
  const leased = [...new Set(context.leases.leasesByIp(inner.srcIp).map((lease) => lease.host))];
  const host = owner ?? walk.host ?? (nets.length === 1 ? nets[0] : leased.length === 1 ? leased[0] : undefined);
  const shared = context.leases.leasesByIp(inner.srcIp).length > 0;
  const domains = new Set(names);
  for (const answer of context.queries.namesOf(inner.dstIp, walk.at)) domains.add(answer.name);
  return {
    tuples,
    host,
    begun: walk.at,
    anchored: walk.anchored,
    errorUs: walk.errorUs,
    via,
    hostOwned: owner !== undefined && !shared && context.leases.sandboxesOnHost(owner).size > 0,
    domains,
    dstIps: new Set([inner.dstIp, walk.tuple.dstIp]),
    dstPort: event.kind === 'network' ? event.dst.port : inner.dstPort,
    facts: walk.facts,
    explicitSandbox: explicitSandbox(event, context),
    missing: missingOf(walk, host, shared, context),
  };
}

function explicitSandbox(event: ViolatingEvent, context: TrailContext): string | undefined {
  if (event.kind === 'dns') return undefined;
  if (event.sandboxId !== undefined) return event.sandboxId;
  return event.containerId === undefined ? undefined : context.leases.sandboxOfContainer(event.containerId);
}

function missingOf(walk: Walk, host: string | undefined, leased: boolean, context: TrailContext): readonly string[] {
  const missing: string[] = [];
  const address = `${walk.tuple.srcIp}:${walk.tuple.srcPort}`;
  if (host === undefined && !leased)
    missing.push(
      `a NAT or conntrack record that covers ${address}, or a lease or inventory row for ${walk.tuple.srcIp}`,
    );
  else if (host !== undefined && !leased && walk.facts.length === 0 && context.leases.sandboxesOnHost(host).size > 1) {
    missing.push(`conntrack events of ${host} (conntrack -E -o timestamp,id) that cover ${address}`);
  }
  return missing;
}

function bareTrail(
  group: Group,
  primary: Timed<ViolatingEvent>,
  names: ReadonlySet<string>,
  context: TrailContext,
): Trail {
  const { event } = primary;
  const dst = event.kind === 'network' ? (event.initiator === 'dst' ? event.src : event.dst) : undefined;
  const src = event.kind === 'network' ? (event.initiator === 'dst' ? event.dst : event.src) : undefined;
  const domains = new Set(names);
  for (const answer of dst?.ip === undefined ? [] : context.queries.namesOf(dst.ip, primary.at))
    domains.add(answer.name);
  const source = statedSource(event) ?? src?.ip;
  const pseudo: Tuple = {
    transport: 'ip',
    srcIp: source ?? '',
    srcPort: 0,
    dstIp: dst?.ip ?? '',
    dstPort: dst?.port ?? 0,
  };
  return {
    tuples: source === undefined ? [] : [pseudo],
    host: source === undefined ? primary.host : (context.hosts.hostOfIp(source) ?? undefined),
    begun: primary.lo < primary.at ? primary.lo : primary.at,
    anchored: false,
    errorUs: primary.errorUs,
    via: group.members.some(({ timed }) => timed.event.kind === 'network' && timed.event.type === 'proxy')
      ? 'proxy'
      : 'direct',
    hostOwned: false,
    domains,
    dstIps: new Set(dst?.ip === undefined ? [] : [dst.ip]),
    dstPort: dst?.port,
    facts: [],
    explicitSandbox: explicitSandbox(event, context),
    missing: [],
  };
}

/** A proxy's own connection, or its log line, leads back to the client that asked it. */
function proxyTrail(group: Group, walk: Walk, names: Set<string>, context: TrailContext): Trail | undefined {
  const primary = primaryOf(group);
  const lines = [...group.members.map((member) => member.timed), ...group.context].filter(
    (timed): timed is Timed<NetworkEvent> => timed.event.kind === 'network' && timed.event.type === 'proxy',
  );
  const isLeg = context.hosts.isProxy(walk.tuple.srcIp);
  const request = lines[0] ?? (isLeg ? nearestRequest(walk, context) : undefined);
  if (request === undefined) return undefined;
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
  const tuples: Tuple[] = [];
  let begun = request.lo;
  let host: string | undefined;
  let anchored = false;
  for (const tuple of inner.tuples) {
    const leg: Walk = { tuple, at: request.lo, anchored: false, errorUs: request.errorUs, host: undefined, facts: [] };
    undoTranslations(leg, context);
    tuples.push(leg.tuple);
    host = leg.host ?? host;
    if (leg.anchored) begun = leg.at;
    anchored ||= leg.anchored;
    if (inner.tuples.length === 1) facts.push(...leg.facts);
  }
  const merged: Walk = { tuple: tuples[0] ?? walk.tuple, at: begun, anchored, errorUs: request.errorUs, host, facts };
  const trail = finish(merged, tuples.length > 0 ? tuples : [walk.tuple], 'proxy', names, primary.event, context);
  const farIps = new Set([
    ...trail.dstIps,
    walk.tuple.dstIp,
    ...(event.upstream?.ip === undefined ? [] : [event.upstream.ip]),
  ]);
  for (const answer of context.queries.namesOf(walk.tuple.dstIp, walk.at)) names.add(answer.name);
  return { ...trail, dstIps: farIps, domains: new Set([...trail.domains, ...names]) };
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

/** A forwarder's query leads back to the client whose query it passed on. */
function forwarderTrail(
  group: Group,
  walk: Walk,
  forward: Forwarded,
  names: Set<string>,
  context: TrailContext,
): Trail {
  names.add(forward.name);
  const tuple: Tuple = {
    transport: 'udp',
    srcIp: forward.clientIp,
    srcPort: forward.clientPort ?? 0,
    dstIp: '',
    dstPort: 53,
  };
  const facts: Fact[] = [
    ...walk.facts,
    {
      code: 'proxy-join',
      strength: 'forwarder',
      says: `the DNS forwarder${forward.host === undefined ? '' : ` of ${forward.host}`} sent this query for ${forward.clientIp}${forward.clientPort === undefined ? '' : `:${forward.clientPort}`}`,
      trust: 'outside',
      refs: forward.refs,
    },
  ];
  const inner: Walk = {
    tuple,
    at: Math.min(walk.at, forward.at + forward.stepUs) as Micros,
    anchored: true,
    errorUs: Math.max(walk.errorUs, forward.errorUs),
    host: forward.host,
    facts,
  };
  const trail = finish(inner, [tuple], 'forwarder', names, primaryOf(group).event, context);
  return { ...trail, host: forward.host ?? trail.host, hostOwned: false };
}

/** Joins DNS violations that come from a forwarder's own address to the forwarder's lines, by name and order. */
export function joinForwarders(
  groups: readonly Group[],
  context: Omit<TrailContext, 'forwarded'>,
): Map<Group, Forwarded> {
  const streams = new Map<
    string,
    { group: Group; at: Micros; widthUs: number; host: string | undefined; name: string; qtype: string | undefined }[]
  >();
  for (const group of groups) {
    const primary = primaryOf(group);
    const query = queryOf(group);
    const start = startTuple(primary.event);
    if (query === undefined || start === undefined) continue;
    const walk: Walk = {
      tuple: start,
      at: primary.at,
      anchored: false,
      errorUs: primary.errorUs,
      host: undefined,
      facts: [],
    };
    undoTranslations(walk, { ...context, forwarded: new Map() });
    const host = context.hosts.hostOfIp(walk.tuple.srcIp) ?? walk.host;
    const key = `${host ?? ''}|${query.name}|${query.qtype ?? ''}`;
    const list = streams.get(key) ?? [];
    const precise = precisest(group);
    list.push({
      group,
      at: precise.at,
      widthUs: precise.event.time.stepUs > 1 ? precise.event.time.stepUs : 1,
      host,
      ...query,
    });
    streams.set(key, list);
  }
  const joined = new Map<Group, Forwarded>();
  for (const stream of streams.values()) alignStream(stream, context.queries, joined);
  return joined;
}

function alignStream(
  stream: {
    group: Group;
    at: Micros;
    widthUs: number;
    host: string | undefined;
    name: string;
    qtype: string | undefined;
  }[],
  queries: QueryTable,
  joined: Map<Group, Forwarded>,
): void {
  const first = stream[0];
  if (first === undefined) return;
  stream.sort((a, b) => a.at - b.at);
  const own = new Set(stream.flatMap(({ group }) => group.members.map(({ timed }) => timed.event.ref.source)));
  const forwards = queries
    .forwards(first.name, first.host)
    .filter(
      (forward) =>
        (forward.qtype === undefined || first.qtype === undefined || forward.qtype === first.qtype) &&
        !forward.refs.some((ref) => own.has(ref.source)),
    );
  const pairs = alignInOrder(
    stream,
    forwards.map((forward) => ({ at: forward.at, widthUs: forward.stepUs })),
    600_000,
  );
  for (const [i, j] of pairs) {
    const group = stream[i]?.group;
    const forward = forwards[j];
    if (group !== undefined && forward !== undefined) joined.set(group, forward);
  }
}

function precisest(group: Group): Timed<ViolatingEvent> {
  return [...group.members].sort(
    (a, b) => a.timed.event.time.stepUs - b.timed.event.time.stepUs || a.timed.at - b.timed.at,
  )[0]?.timed as Timed<ViolatingEvent>;
}

function queryOf(group: Group): { name: string; qtype: string | undefined } | undefined {
  for (const { event } of [...group.members.map((member) => member.timed), ...group.context]) {
    if (event.kind === 'dns') return { name: event.name, qtype: event.qtype };
    if (event.kind === 'network' && event.dns !== undefined && event.dst.port === 53)
      return { name: event.dns.name, qtype: event.dns.type };
  }
  return undefined;
}
