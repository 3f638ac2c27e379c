import { isPrivateIp } from '../../core/network/ip.ts';
import type { Fact } from '../../model/case.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import { type Group, PRECISE_US } from '../groups/group.ts';
import type { HostTable } from '../hosts.ts';
import type { LeaseTable } from '../leases/leases.ts';
import type { NatTable } from './nat.ts';
import type { Answer, Forwarded, QueryTable } from './queries.ts';
import { type NatEntry, type Tuple, toTuple } from './tuple.ts';

export const FLOW_SLACK_US = 500_000;
const MAX_HOPS = 8;

/** Where the packet came from, as far as translations, proxies and forwarders can be undone. */
export interface Trail {
  /** Innermost tuples; several when a join left alternatives. */
  readonly tuples: readonly Tuple[];
  readonly host: string | undefined;
  /** When the flow began, by the innermost record of it; else the violation's own time. */
  readonly begun: Micros;
  /** Of many flows that were counted together: how much later the last of them began, microseconds. 0 of a single one. */
  readonly windowUs: number;
  /** A record of the flow's beginning exists. */
  readonly anchored: boolean;
  /** Another flow had the same 5-tuple just before. */
  readonly isRetaken?: true;
  /** A stamp of the flow may be that of any moment of its second, see `mayBePadded`. */
  readonly isPadded?: true;
  readonly errorUs: number;
  /** The part of `errorUs` that is a rounded stamp's: the flow began as well anywhere so near to `begun`. */
  readonly coarseUs: number;
  readonly via: 'direct' | 'proxy' | 'forwarder';
  /** The flow left the host untranslated although its sandboxes have addresses of their own: the host itself sent it. */
  readonly hostOwned: boolean;
  readonly domains: ReadonlySet<string>;
  readonly dstIps: ReadonlySet<string>;
  readonly dstPort: number | undefined;
  readonly facts: readonly Fact[];
  /** Sandbox that the record itself names, and the record. */
  readonly explicitSandbox: { readonly id: string; readonly ref: SourceRef } | undefined;
  /** DNS answers by which the destination had a name then. */
  readonly answers: readonly Answer[];
  readonly missing: readonly string[];
  /** The record of a host sensor about a connection of its own process, whose near end it does not tell. */
  readonly record?: SourceRef;
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

export interface Walk {
  tuple: Tuple;
  at: Micros;
  /** See `Group`. */
  readonly notBefore?: Micros | undefined;
  anchored: boolean;
  errorUs: number;
  /** How much later the flow may have begun, until a record of the flow itself tells: only an aggregate saw it. */
  windowUs?: number;
  /** The part of `errorUs` that is a rounded stamp's, until a record of the flow itself tells. */
  coarseUs?: number;
  host: string | undefined;
  readonly facts: Fact[];
}

export function primaryOf(group: Group): Timed<ViolatingEvent> {
  const [only] = group.members;
  if (only !== undefined && group.members.length === 1) return only.timed;
  return group.members.reduce(
    (first, { timed }) => (timed.at < first.at ? timed : first),
    group.members[0]?.timed as Timed<ViolatingEvent>,
  );
}

export function startTuple(event: ViolatingEvent): Tuple | undefined {
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

export function undoTranslations(walk: Walk, context: TrailContext): void {
  if (context.nat.isEmpty) return;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const entry = context.nat.undo(walk.tuple, ...momentOf(walk));
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
    if (entry.isNoBeginning !== true) {
      if (!entry.windowed || !walk.anchored) settle(walk, entry);
      walk.anchored = true;
    }
    walk.errorUs = Math.max(walk.errorUs, entry.errorUs);
  }
  const witness = context.nat.witness(walk.tuple, ...momentOf(walk));
  if (witness !== undefined) {
    settle(walk, witness);
    walk.anchored = true;
  }
}

/** Where in time a translation of the flow is looked for: the middle and the slack around it. */
function momentOf({ at, errorUs, windowUs = 0 }: Walk): [Micros, number] {
  return [(at + windowUs / 2) as Micros, FLOW_SLACK_US + errorUs + windowUs / 2];
}

/** The flow began no later than this, unless it is another of the same ports; inside an aggregate's window or a rounded stamp, just then. */
function settle(walk: Walk, { start, windowed, stepUs, lateUs = 0 }: NatEntry): void {
  const { windowUs = 0, coarseUs = 0, notBefore = -Infinity } = walk;
  if (start < notBefore) return;
  if (lateUs > 0) {
    settleWithin(walk, start, start + lateUs);
    return;
  }
  const sharper = windowed || stepUs > PRECISE_US ? 0 : coarseUs;
  walk.at = windowUs > 0 ? start : (Math.min(walk.at + sharper, start) as Micros);
  walk.windowUs = 0;
  walk.coarseUs = coarseUs - sharper;
  walk.errorUs -= sharper;
}

/** The flow began between these, and no later than it was seen. */
function settleWithin(walk: Walk, earliest: number, latest: number): void {
  const { windowUs = 0, coarseUs = 0 } = walk;
  const to = Math.min(latest, walk.at + (windowUs || coarseUs));
  const half = (to - Math.min(earliest, to)) / 2;
  walk.at = (to - half) as Micros;
  walk.windowUs = 0;
  walk.coarseUs = half;
  walk.errorUs += half - coarseUs;
}

/** Without a translation record, the private source that the record itself states; its port is not known. */
export function useStatedSource(walk: Walk, { event }: Timed<ViolatingEvent>): void {
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
export function statedSource(event: ViolatingEvent): string | undefined {
  if (event.kind !== 'network' || event.initiator === 'dst') return undefined;
  const inner = event.nat?.srcIp;
  return inner !== undefined && isPrivateIp(inner) && event.src.ip !== undefined && !isPrivateIp(event.src.ip)
    ? inner
    : undefined;
}

export function finish(
  walk: Walk,
  tuples: readonly Tuple[],
  via: Trail['via'],
  names: ReadonlySet<string>,
  event: ViolatingEvent,
  context: TrailContext,
): Trail {
  const inner = tuples[0] ?? walk.tuple;
  const owner = context.hosts.hostOfIp(inner.srcIp) ?? context.nat.hostOf(inner.srcIp);
  const nets = context.leases.hostsOfNet(inner.srcIp);
  const leased = context.leases.hostsByIp(inner.srcIp);
  const host = owner ?? walk.host ?? (nets.length === 1 ? nets[0] : leased.length === 1 ? leased[0] : undefined);
  const shared = leased.length > 0;
  const domains = new Set(names);
  const answers = context.queries.namesOf(inner.dstIp, walk.at);
  for (const answer of answers) domains.add(answer.name);
  return {
    tuples,
    host,
    begun: walk.at,
    windowUs: 0,
    anchored: walk.anchored,
    ...(walk.notBefore === undefined ? {} : { isRetaken: true as const }),
    errorUs: walk.errorUs,
    coarseUs: walk.coarseUs ?? 0,
    via,
    hostOwned:
      owner !== undefined &&
      !shared &&
      context.leases.statesIpsOn(owner) &&
      context.nat.isOwn(owner, inner, ...momentOf(walk)),
    domains,
    dstIps: new Set([inner.dstIp, walk.tuple.dstIp]),
    dstPort: event.kind === 'network' ? event.dst.port : inner.dstPort,
    facts: walk.facts,
    explicitSandbox: explicitSandbox(event, context),
    answers,
    missing: missingOf(walk, host, shared, context),
  };
}

/** Sandbox, container or pod of the sender, where the violation's record states it and a lease knows it. */
export function explicitSandbox(event: ViolatingEvent, { leases }: TrailContext): Trail['explicitSandbox'] {
  if (event.kind === 'dns') return undefined;
  const byContainer = event.containerId === undefined ? undefined : leases.sandboxOfContainer(event.containerId);
  const id = event.sandboxId ?? byContainer ?? (event.kind === 'network' ? sandboxOfPod(event, leases) : undefined);
  return id === undefined ? undefined : { id, ref: event.ref };
}

/** Pods stand as `namespace/name` or `name`; a sandbox may be named either way. */
function sandboxOfPod(event: NetworkEvent, leases: LeaseTable): string | undefined {
  const pod = event.initiator === 'dst' ? event.dstPod : event.srcPod;
  if (pod === undefined) return undefined;
  return [pod, pod.slice(pod.lastIndexOf('/') + 1)].find((name) => leases.ofSandbox(name).length > 0);
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
