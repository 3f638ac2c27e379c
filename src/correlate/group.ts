import { sha256 } from '../core/digest.ts';
import { greatest, least } from '../core/extremes.ts';
import { push } from '../core/push.ts';
import type { DnsEvent, NetworkEvent } from '../model/event.ts';
import type { Micros } from '../model/time.ts';
import type { Timed } from '../model/timed.ts';
import {
  type Category,
  type Finding,
  type Repeats,
  SEVERITIES,
  type Severity,
  type ViolatingEvent,
  type Violation,
} from '../model/violation.ts';
import { compareRef } from './lease.ts';
import { joinProxyTwins } from './proxy-twins.ts';

/** A record that broke a rule. */
export interface Flagged {
  readonly timed: Timed<ViolatingEvent>;
  readonly finding: Finding;
  /** Set where the record stands for many of its kind. */
  readonly repeats?: Repeats;
}

/** All records of one packet, attempt, query or request. */
export interface Group {
  readonly members: readonly Flagged[];
  /** Records without a finding of their own that show the same packet (a DNS server's line, a proxy's line). */
  readonly context: readonly Timed<ViolatingEvent>[];
}

/** What the first of a group's records gives that gives anything. */
export function firstOf<T>(
  { members, context }: Group,
  give: (timed: Timed<ViolatingEvent>) => T | undefined,
): T | undefined {
  for (const { timed } of members) {
    const given = give(timed);
    if (given !== undefined) return given;
  }
  for (const timed of context) {
    const given = give(timed);
    if (given !== undefined) return given;
  }
  return undefined;
}

interface Item {
  readonly flagged: Flagged;
  readonly label: string | undefined;
  readonly ipId: number | undefined;
  readonly at: Micros;
  readonly widthUs: number;
}

/** Longest silence inside one attempt: TCP retransmits a SYN after 1, 3, 7, 15, 31 and 63 s. */
const TCP_GAP_US = 70_000_000;
const DNS_GAP_US = 8_000_000;
/** Loggers of one packet differ by microseconds; stamps cut to seconds and what is left of clock errors widen that. */
const SAME_PACKET_US = 700_000;

/** Puts the records of one packet or connection attempt together. */
export function groupRecords(flagged: readonly Flagged[]): readonly Group[] {
  const byConnection = new Map<string, Item[]>();
  for (const record of flagged) push(byConnection, connectionKey(record), itemOf(record));
  const groups: Group[] = [];
  for (const items of byConnection.values()) {
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      groups.push({ members: [only.flagged], context: NONE });
      continue;
    }
    items.sort((a, b) => a.at - b.at || compareRef(a.flagged.timed.event.ref, b.flagged.timed.event.ref));
    for (const members of cluster(items)) groups.push({ members: members.map((item) => item.flagged), context: NONE });
  }
  return joinProxyTwins(groups);
}

/** Most violations are one record and no more. */
const NONE: readonly never[] = [];

function itemOf(flagged: Flagged): Item {
  const { event, at, errorUs } = flagged.timed;
  return {
    flagged,
    label: labelOf(event),
    ipId: event.kind === 'network' ? event.ipId : undefined,
    at,
    widthUs: event.time.stepUs + errorUs,
  };
}

/** What tells two packets of one 5-tuple apart. */
function labelOf(event: ViolatingEvent): string | undefined {
  if (event.kind === 'dns') return `${event.name}|${event.qtype ?? ''}`;
  if (event.kind === 'process') return event.ref.source + event.ref.line;
  if (event.dns !== undefined) return `${event.dns.name}|${event.dns.type ?? ''}`;
  return event.seq === undefined ? undefined : `seq ${event.seq}`;
}

function connectionKey({ timed: { event }, repeats }: Flagged): string {
  if (repeats !== undefined) return `many|${event.ref.source}|${event.ref.line}`;
  if (event.kind === 'dns')
    return `dns|${event.client?.ip ?? ''}|${event.client?.port ?? `${event.ref.source}:${event.ref.line}`}`;
  if (event.kind === 'process') return `process|${event.ref.source}|${event.ref.line}`;
  if (event.type === 'proxy' || event.count !== undefined) return `single|${event.ref.source}|${event.ref.line}`;
  const [src, dst] = event.initiator === 'dst' ? [event.dst, event.src] : [event.src, event.dst];
  if (event.icmp !== undefined || event.transport === 'icmp') {
    return `icmp|${src.ip ?? ''}|${dst.ip ?? ''}|${event.icmp?.id ?? ''}`;
  }
  if (src.port === undefined || dst.port === undefined) return `single|${event.ref.source}|${event.ref.line}`;
  if (dst.port === 53) return `dns|${src.ip ?? ''}|${src.port}`;
  return `${event.transport ?? ''}|${src.ip ?? ''}|${src.port}|${dst.ip ?? ''}|${dst.port}`;
}

function cluster(items: readonly Item[]): readonly (readonly Item[])[] {
  const clusters: Item[][] = [];
  const open = new Map<string, Item[]>();
  for (const item of items) {
    if (item.label === undefined) continue;
    const current = open.get(item.label);
    const last = current?.[current.length - 1];
    const gap = item.label.startsWith('seq ') ? TCP_GAP_US : DNS_GAP_US;
    if (current !== undefined && last !== undefined && item.at - last.at <= gap) current.push(item);
    else {
      const fresh = [item];
      clusters.push(fresh);
      open.set(item.label, fresh);
    }
  }
  const loose: Item[][] = [];
  for (const item of items) {
    if (item.label !== undefined) continue;
    const home = homeOf(item, clusters);
    if (home !== undefined) {
      home.push(item);
      continue;
    }
    const last = loose[loose.length - 1];
    const previous = last?.[last.length - 1];
    if (last !== undefined && previous !== undefined && item.at - previous.at <= TCP_GAP_US) last.push(item);
    else loose.push([item]);
  }
  return [...clusters, ...loose];
}

/** The labelled attempt that a record without a label belongs to: same IP id, else the nearest record in time. */
function homeOf(item: Item, clusters: readonly Item[][]): Item[] | undefined {
  let best: Item[] | undefined;
  let bestDistance = Infinity;
  for (const members of clusters) {
    for (const member of members) {
      const distance = Math.abs(member.at - item.at);
      if (distance > SAME_PACKET_US + member.widthUs + item.widthUs) continue;
      const score = member.ipId !== undefined && member.ipId === item.ipId ? -1 : distance;
      if (score < bestDistance) {
        best = members;
        bestDistance = score;
      }
    }
  }
  return best;
}

/** Lines of DNS servers and proxies that show a violation's own packet join it, though no rule flagged them. */
export function joinContext(
  groups: readonly Group[],
  queries: readonly Timed<DnsEvent>[],
  requests: readonly Timed<NetworkEvent>[],
): readonly Group[] {
  const byClient = new Map<string, Timed<DnsEvent>[]>();
  for (const query of queries) {
    const { client } = query.event;
    if (query.event.op === 'query' && client?.port !== undefined)
      push(byClient, `${client.ip ?? ''}|${client.port}`, query);
  }
  const byUpstream = new Map<string, Timed<NetworkEvent>[]>();
  for (const request of requests) {
    const ip = request.event.upstream?.ip ?? request.event.dst.ip;
    if (ip !== undefined) push(byUpstream, ip, request);
  }
  if (byClient.size === 0 && byUpstream.size === 0) return groups;
  const taken = new Set<Timed<ViolatingEvent>>();
  return groups.map((group) => {
    const context: Timed<ViolatingEvent>[] = [];
    for (const { timed } of group.members) {
      for (const found of [...dnsLines(timed, byClient), ...proxyLines(timed, byUpstream)]) {
        if (taken.has(found)) continue;
        taken.add(found);
        context.push(found);
      }
    }
    return context.length === 0 ? group : { ...group, context };
  });
}

function dnsLines(
  timed: Timed<ViolatingEvent>,
  byClient: ReadonlyMap<string, readonly Timed<DnsEvent>[]>,
): readonly Timed<DnsEvent>[] {
  const { event } = timed;
  if (event.kind !== 'network' || event.dst.port !== 53) return [];
  const lines = byClient.get(`${event.src.ip ?? ''}|${event.src.port ?? ''}`) ?? [];
  return lines.filter((line) => {
    if (Math.abs(line.at - timed.at) > 1_200_000 + line.errorUs + timed.errorUs) return false;
    if (event.dns === undefined) return false;
    return (
      line.event.name === event.dns.name &&
      (event.dns.type === undefined || line.event.qtype === undefined || line.event.qtype === event.dns.type)
    );
  });
}

/** A proxy's line is logged at the end; the firewall saw the upstream connection begin inside [start, end]. */
function proxyLines(
  timed: Timed<ViolatingEvent>,
  byUpstream: ReadonlyMap<string, readonly Timed<NetworkEvent>[]>,
): readonly Timed<NetworkEvent>[] {
  const { event } = timed;
  if (event.kind !== 'network' || event.type === 'proxy' || event.dst.ip === undefined) return [];
  const slack = 400_000 + timed.errorUs;
  return (byUpstream.get(event.dst.ip) ?? []).filter((line) => {
    const port = line.event.upstream?.port ?? line.event.dst.port;
    if (port !== undefined && event.dst.port !== undefined && port !== event.dst.port) return false;
    if (line.event.src.ip === event.src.ip) return false;
    return timed.at >= line.lo - slack - line.errorUs && timed.at <= line.hi + slack + line.errorUs;
  });
}

/**
 * When the packet was seen, as well as its loggers tell: the median of the precise stamps of its first sighting. Where only
 * aggregates saw it, it may have been up to `windowUs` later.
 */
export function anchorOf(group: Group): { readonly at: Micros; readonly errorUs: number; readonly windowUs: number } {
  const { members } = group;
  const [only] = members;
  if (only !== undefined && members.length === 1) return anchorIn(only.timed, only.timed.event.time.basis === 'window');
  const isPrecise = members.some(({ timed }) => timed.event.time.stepUs <= PRECISE_US);
  const pool: Timed<ViolatingEvent>[] = [];
  for (const { timed } of members) if (!isPrecise || timed.event.time.stepUs <= PRECISE_US) pool.push(timed);
  const earliest = least(pool, (timed) => timed.at);
  const first = pool.filter((timed) => timed.at - earliest < 900_000);
  if (first.length > 1) first.sort((a, b) => a.at - b.at || compareRef(a.event.ref, b.event.ref));
  const middle = first[first.length >> 1] as Timed<ViolatingEvent>;
  return anchorIn(
    middle,
    members.every(({ timed }) => timed.event.time.basis === 'window'),
  );
}

/** A coarse stamp stands for its middle. */
function anchorIn({ event, at, hi, errorUs }: Timed<ViolatingEvent>, isWindow: boolean): ReturnType<typeof anchorOf> {
  const { stepUs } = event.time;
  const half = stepUs <= PRECISE_US ? 0 : Math.floor(stepUs / 2);
  return { at: (at + half) as Micros, errorUs: errorUs + half, windowUs: isWindow ? Math.max(0, hi - at) : 0 };
}

/** Coarser stamps than this only place a packet roughly. */
const PRECISE_US = 10_000;

const BROAD: ReadonlySet<Category> = new Set(['policy-violation', 'unapproved-egress']);

/** The finding that says most: a specific category before a broad one, then the higher severity. */
function strongest(members: readonly Flagged[]): Finding {
  const [only] = members;
  if (members.length === 1 && only !== undefined) return only.finding;
  const rank = ({ finding }: Flagged): number =>
    (BROAD.has(finding.category) ? 0 : 10) + SEVERITIES.indexOf(finding.severity);
  let best = members[0] as Flagged;
  for (const member of members) if (rank(member) > rank(best)) best = member;
  const severity = members.reduce<Severity>(
    (worst, { finding }) =>
      SEVERITIES.indexOf(finding.severity) > SEVERITIES.indexOf(worst) ? finding.severity : worst,
    'informational',
  );
  return severity === best.finding.severity ? best.finding : { ...best.finding, severity };
}

/** Builds the violation of a group; ids depend on content, never on order. */
export function toViolation(group: Group): Violation {
  const [only] = group.members;
  if (only !== undefined && group.members.length + group.context.length === 1) return violationOf(only);
  const members = sorted(group.members);
  const primary = (members[0] as Flagged).timed;
  const all = [...members.map((member) => member.timed), ...group.context];
  const others = all
    .slice(1)
    .map((timed) => timed.event.ref)
    .sort(compareRef);
  // A stamp cut to seconds may lie before its packet: the precise ones tell first and last, if there are any.
  const precise = all.filter((timed) => timed.event.time.stepUs <= PRECISE_US);
  const pool = precise.length > 0 ? precise : all;
  const counts = members.map(countOf);
  const repeats = members.find((member) => member.repeats !== undefined)?.repeats;
  return {
    id: violationId(primary.event),
    finding: strongest(members),
    event: primary.event,
    alsoSeen: others,
    ...(repeats === undefined ? {} : { repeats }),
    // Two logs of one request tell it once each.
    count: isProxied(primary.event) ? Math.max(...counts) : counts.reduce((sum, count) => sum + count, 0),
    first: least(pool, (timed) => timed.at) as Micros,
    last: greatest(pool, (timed) => (repeats === undefined ? timed.at : timed.hi)) as Micros,
  };
}

/** The same of a single record. */
function violationOf(record: Flagged): Violation {
  const { timed, finding, repeats } = record;
  const violation: { -readonly [K in keyof Violation]: Violation[K] } = {
    id: violationId(timed.event),
    finding,
    event: timed.event,
    alsoSeen: NONE,
    count: countOf(record),
    first: timed.at,
    last: repeats === undefined ? timed.at : timed.hi,
  };
  if (repeats !== undefined) violation.repeats = repeats;
  return violation;
}

function sorted(members: readonly Flagged[]): readonly Flagged[] {
  if (members.length === 1) return members;
  return [...members].sort((a, b) => a.timed.at - b.timed.at || compareRef(a.timed.event.ref, b.timed.event.ref));
}

/** Packets or connections of a record and of those it stands for. */
function countOf({ timed: { event }, repeats }: Flagged): number {
  return (event.kind === 'network' ? (event.count ?? 1) : 1) + (repeats?.lines.length ?? 0);
}

function isProxied(event: ViolatingEvent): boolean {
  return event.kind === 'network' && event.type === 'proxy';
}

function violationId(event: ViolatingEvent): string {
  const parts: unknown[] = [event.format, event.time.raw, event.time.at];
  if (event.kind === 'network')
    parts.push(event.transport, event.src, event.dst, event.rule?.id ?? event.rule?.name, event.seq);
  else if (event.kind === 'dns') parts.push(event.client, event.name, event.qtype, event.serial);
  else parts.push(event.pid, event.rule?.name, event.commandLine);
  return `v-${sha256(JSON.stringify(parts)).slice(0, 12)}`;
}
