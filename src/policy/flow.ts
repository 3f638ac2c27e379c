import { compact } from '../core/json/json.ts';
import { domainName, parseIp, parsePort, splitHostPort, urlHost } from '../core/network/ip.ts';
import type { Endpoint, Event, NatEvent, NetworkEvent } from '../model/event.ts';
import type { FlowEnds } from '../model/policy.ts';

/** A record that shows a connection: its ends, and the packet's own tuple to know it again by. */
export interface Sighting {
  readonly ends: FlowEnds;
  /** `transport|address:port|address:port` of each translation the record holds; empty when ports are missing. */
  readonly tuples: readonly string[];
  /** Connections the record stands for. */
  readonly count: number;
  /** Source before and after translation, where the record holds both. */
  readonly translated?: { readonly inner: string; readonly outer: string };
}

/** What a record shows of a connection, whoever allowed or denied it; undefined when it shows none. */
export function sightingOf(event: Event): Sighting | undefined {
  switch (event.kind) {
    case 'network':
      return networkSighting(event);
    case 'nat':
      return natSighting(event);
    case 'dns': {
      if (event.op !== 'query') return undefined;
      const transport = event.transport ?? 'udp';
      const client = event.client ?? {};
      const tuple = client.port === undefined ? [] : [`dns|${client.ip ?? ''}:${client.port}|${event.name}`];
      const ends = compact({ source: client.ip, domain: event.name, port: 53, transport });
      return { ends, tuples: tuple, count: 1 };
    }
    case 'process': {
      if (event.socket === undefined) return undefined;
      const { local, remote, transport } = event.socket;
      const ends = compact({ source: local.ip, ...targetOf(remote), transport });
      return { ends, tuples: tupleOf(transport, local, remote), count: 1 };
    }
    default:
      return undefined;
  }
}

/** True when the record says, or leaves no doubt, that the connection was let through. */
export function wasAllowed(event: Event): boolean {
  switch (event.kind) {
    case 'network':
      return networkAllowed(event);
    case 'nat':
      return event.state !== 'UNREPLIED';
    case 'dns':
      return event.op === 'query' && (event.action === undefined || event.action === 'allow');
    default:
      return false;
  }
}

const CONNECTION_TYPES: ReadonlySet<NetworkEvent['type']> = new Set(['flow', 'proxy', 'dns', 'http', 'tls', 'ssh']);

function networkAllowed(event: NetworkEvent): boolean {
  if (event.direction === 'inbound') return false;
  // The answer to a question is no connection of the resolver.
  if (event.src.port === 53 && event.dst.port !== 53) return false;
  if (event.type === 'packet') return event.action === 'allow';
  if (!CONNECTION_TYPES.has(event.type)) return false;
  if (event.action === 'allow') return true;
  return event.action === 'unknown' && event.bytes?.toSrc !== 0;
}

function networkSighting(event: NetworkEvent): Sighting | undefined {
  const [client, server] = event.initiator === 'dst' ? [event.dst, event.src] : [event.src, event.dst];
  const proxied = event.type === 'proxy';
  const ends = compact({
    source: client.ip,
    ...targetOf(requestedOf(event, server), event.dns?.name),
    transport: event.transport ?? (proxied ? 'tcp' : undefined),
    proxied: proxied ? (true as const) : undefined,
  });
  if (ends.ip === undefined && ends.domain === undefined) return undefined;
  const count = event.type === 'packet' ? 1 : Math.max(1, event.count ?? 1);
  return { ends, tuples: proxied ? [] : tupleOf(event.transport, client, server), count };
}

/** A proxied request reaches for the upstream; a request that names an address, for that address. */
function requestedOf(event: NetworkEvent, server: Endpoint): Endpoint {
  const stated = event.http?.host ?? (event.http?.url === undefined ? undefined : urlHost(event.http.url));
  const { host = '', port } = stated === undefined ? {} : splitHostPort(stated.toLowerCase());
  const ip = parseIp(host);
  const domain = server.domain ?? event.upstream?.domain ?? domainName(host);
  if (event.upstream?.ip !== undefined)
    return compact({ ip: event.upstream.ip, port: event.upstream.port ?? server.port, domain });
  if (ip === undefined || ip === server.ip) return compact({ ...server, domain });
  return compact({ ip, port: port ?? portOfUrl(event.http?.url), domain: event.upstream?.domain });
}

function portOfUrl(url: string | undefined): number | undefined {
  const [, scheme, port] = /^(https?):\/\/[^/]*?(?::(\d+))?(?:\/|$)/i.exec(url ?? '') ?? [];
  if (scheme === undefined) return undefined;
  return parsePort(port) ?? (scheme.toLowerCase() === 'https' ? 443 : 80);
}

function targetOf(end: Endpoint, name?: string): FlowEnds {
  return compact({ ip: end.ip, port: end.port, domain: end.domain ?? name });
}

/** The source that asked, the destination that answered: what the sides on both ends of a translation agree on. */
function natSighting(event: NatEvent): Sighting {
  const { transport, src, dst, replySrc, replyDst } = event;
  const outer = replyDst.ip;
  const ends = compact({ source: src.ip, ip: replySrc.ip ?? dst.ip, port: replySrc.port ?? dst.port, transport });
  const tuples = [...tupleOf(transport, replyDst, replySrc), ...tupleOf(transport, src, dst)];
  if (src.ip === undefined || outer === undefined || outer === src.ip) return { ends, tuples, count: 1 };
  return { ends, tuples, count: 1, translated: { inner: src.ip, outer } };
}

function tupleOf(transport: string | undefined, from: Endpoint, to: Endpoint): readonly string[] {
  if (from.ip === undefined || from.port === undefined || to.ip === undefined) return [];
  return [`${transport ?? ''}|${from.ip}:${from.port}|${to.ip}:${to.port ?? ''}`];
}
