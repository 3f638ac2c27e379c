import { push } from '../../core/push.ts';
import type { DnsEvent, NetworkEvent } from '../../model/event.ts';
import type { Timed } from '../../model/timed.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import type { Group } from './group.ts';

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
