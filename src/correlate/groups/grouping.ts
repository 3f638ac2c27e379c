import { compareInLogs } from '../../core/lines/rotated.ts';
import { push } from '../../core/push.ts';
import type { Micros } from '../../model/time.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import { copiesAmong } from './copied.ts';
import { type Flagged, type Group, NO_OTHERS } from './group.ts';
import { joinProxyTwins } from './proxy-twins.ts';

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
  const copies = copiesAmong(flagged);
  for (const record of flagged) push(byConnection, connectionKey(record, copies.get(record)), itemOf(record));
  const groups: Group[] = [];
  for (const items of byConnection.values()) {
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      groups.push({ members: [only.flagged], context: NO_OTHERS });
      continue;
    }
    items.sort((a, b) => a.at - b.at || compareInLogs(a.flagged.timed, b.flagged.timed));
    for (const members of cluster(items)) groups.push(groupOf(members, items));
  }
  return joinProxyTwins(groups);
}

function groupOf(members: readonly Item[], items: readonly Item[]): Group {
  const group = { members: members.map((item) => item.flagged), context: NO_OTHERS };
  const [first] = members;
  if (first === undefined || !isSyn(first)) return group;
  const others = items.filter((item) => isSyn(item) && item.label !== first.label && item.at < first.at);
  const notBefore = others[others.length - 1]?.at;
  return notBefore === undefined ? group : { ...group, notBefore };
}

function isSyn({ flagged: { timed }, label }: Item): boolean {
  const { event } = timed;
  return label !== undefined && event.kind === 'network' && event.isSyn === true;
}

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
  if (event.kind === 'process') return undefined;
  if (event.dns !== undefined) return `${event.dns.name}|${event.dns.type ?? ''}`;
  return event.seq === undefined ? undefined : `seq ${event.seq}`;
}

/** `copy`: see `copiesAmong`. */
function connectionKey({ timed: { event }, repeats }: Flagged, copy: string | undefined): string {
  const place = copy ?? `${event.ref.source}|${event.ref.line}`;
  if (repeats !== undefined) return `many|${event.ref.source}|${event.ref.line}`;
  if (event.kind === 'dns') return `dns|${event.client?.ip ?? ''}|${event.client?.port ?? place}`;
  if (event.kind === 'process') return `process|${event.ref.source}|${event.ref.line}`;
  if (event.type === 'proxy' || event.count !== undefined) return `single|${place}`;
  const [src, dst] = event.initiator === 'dst' ? [event.dst, event.src] : [event.src, event.dst];
  if (event.icmp !== undefined || event.transport === 'icmp') {
    return `icmp|${src.ip ?? ''}|${dst.ip ?? ''}|${event.icmp?.id ?? ''}`;
  }
  if (src.port === undefined || dst.port === undefined) return `single|${place}`;
  if (dst.port === 53) return `dns|${src.ip ?? ''}|${src.port}`;
  return `${event.transport ?? ''}|${src.ip ?? ''}|${src.port}|${dst.ip ?? ''}|${dst.port}`;
}

/** Attempts of one connection, of records in the order of time: those of a label together, the others with them or by themselves. */
function cluster(items: readonly Item[]): readonly (readonly Item[])[] {
  const clusters = labelled(items);
  const loose: Item[][] = [];
  for (const item of items) {
    if (item.label !== undefined) continue;
    const home = homeOf(item, clusters);
    if (home !== undefined) {
      home.push(item);
      continue;
    }
    const last = loose[loose.length - 1];
    if (last !== undefined && isSoonAfter(last, item, TCP_GAP_US)) last.push(item);
    else loose.push([item]);
  }
  return [...clusters, ...loose];
}

function labelled(items: readonly Item[]): readonly Item[][] {
  const clusters: Item[][] = [];
  const open = new Map<string, Item[]>();
  for (const item of items) {
    if (item.label === undefined) continue;
    const current = open.get(item.label);
    const gapUs = item.label.startsWith('seq ') ? TCP_GAP_US : DNS_GAP_US;
    if (current !== undefined && isSoonAfter(current, item, gapUs)) current.push(item);
    else {
      const fresh = [item];
      clusters.push(fresh);
      open.set(item.label, fresh);
    }
  }
  return clusters;
}

function isSoonAfter(members: readonly Item[], item: Item, gapUs: number): boolean {
  const last = members[members.length - 1];
  return last !== undefined && item.at - last.at <= gapUs;
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
