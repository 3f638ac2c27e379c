import { parseIp, splitHostPort } from '../core/network/ip.ts';
import type { Action, DnsEvent, Endpoint, NetworkEvent, ProcessEvent } from '../model/event.ts';
import type { ViolatingEvent } from '../model/violation.ts';
import type { Surface } from './surfaces.ts';

/** The fields that conditions compare, whatever kind of event they came from. */
export interface Facts {
  readonly surface: Surface;
  readonly action: Action;
  readonly type: string;
  readonly rule?: string | undefined;
  readonly clientIp?: string | undefined;
  readonly serverIp?: string | undefined;
  readonly port?: number | undefined;
  readonly transport?: string | undefined;
  readonly direction?: NetworkEvent['direction'] | undefined;
  readonly domains: readonly string[];
  /** Host of the request where the request names an address. */
  readonly hostIp?: string | undefined;
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly qtype?: string | undefined;
  readonly bytesOut?: number | undefined;
  readonly command?: string | undefined;
}

/** Longest text that a pattern is tried on: records are hostile, patterns take time. */
const LONGEST = 8192;

export function factsOf(event: ViolatingEvent): Facts {
  if (event.kind === 'network') return networkFacts(event);
  return event.kind === 'dns' ? dnsFacts(event) : processFacts(event);
}

export function commandFacts(command: string): Facts {
  return { surface: 'command', action: 'unknown', type: 'command', domains: [], command: clip(command) };
}

function clip(text: string | undefined): string | undefined {
  return text !== undefined && text.length > LONGEST ? text.slice(0, LONGEST) : text;
}

/** Client and server of a network record; the literal order where the record does not tell. */
export function sidesOf(event: NetworkEvent): { client: Endpoint; server: Endpoint } {
  if (event.initiator === 'dst') return { client: event.dst, server: event.src };
  return { client: event.src, server: event.dst };
}

function ruleText(rule: NetworkEvent['rule']): string | undefined {
  if (rule === undefined) return undefined;
  const parts = [rule.name, rule.category, rule.id].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : clip(parts.join(' '));
}

/** Host of an absolute URL or of a CONNECT target, without port or credentials. */
function urlHost(url: string): string | undefined {
  const absolute = /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/?#@]{0,256}@)?(\[[^\]/]{1,64}\]|[^/?#:]{1,256})/i.exec(url);
  if (absolute?.[1] !== undefined) return absolute[1].replace(/^\[|\]$/g, '').toLowerCase();
  return /^[^/?#\s]{1,256}$/.test(url) ? splitHostPort(url).host.toLowerCase() : undefined;
}

function networkFacts(event: NetworkEvent): Facts {
  const { client, server } = sidesOf(event);
  const { http, dns, upstream } = event;
  const host = http?.host ?? (http?.url === undefined ? undefined : urlHost(http.url));
  const hostName = host === undefined ? undefined : splitHostPort(host.toLowerCase()).host;
  const hostIp = hostName === undefined ? undefined : parseIp(hostName);
  const rule = ruleText(event.rule);
  return {
    surface: event.type === 'proxy' ? 'proxy' : 'traffic',
    // An audited policy alerts without a signature: where the traffic goes says what kind it is, as for a denial.
    action: rule === undefined && event.action === 'alert' ? 'unknown' : event.action,
    type: event.type,
    rule,
    domains: namesOf([server.domain, dns?.name, upstream?.domain, hostIp === undefined ? hostName : undefined]),
    clientIp: client.ip,
    // A proxied request reaches for the upstream; without one, for the address its URL names.
    serverIp: upstream?.ip ?? hostIp ?? server.ip,
    port: upstream?.port ?? server.port,
    transport: event.transport,
    direction: event.direction,
    hostIp,
    url: clip(http?.url),
    method: http?.method?.toUpperCase(),
    userAgent: clip(http?.userAgent),
    qtype: dns?.type?.toUpperCase(),
    bytesOut: event.initiator === 'dst' ? event.bytes?.toSrc : event.bytes?.toDst,
  };
}

const NO_NAMES: readonly string[] = [];

function namesOf(names: readonly (string | undefined)[]): readonly string[] {
  let known: string[] | undefined;
  for (const name of names) {
    if (name === undefined || name === '') continue;
    const plain = plainName(name);
    if (known === undefined) known = [plain];
    else if (!known.includes(plain)) known.push(plain);
  }
  return known ?? NO_NAMES;
}

function plainName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

function dnsFacts(event: DnsEvent): Facts {
  return {
    surface: 'dns',
    action: event.action ?? 'unknown',
    type: 'dns',
    domains: [plainName(event.name)],
    rule: ruleText(event.rule),
    clientIp: event.client?.ip,
    qtype: event.qtype?.toUpperCase(),
  };
}

function processFacts(event: ProcessEvent): Facts {
  const { remote, local, transport } = event.socket ?? {};
  return {
    surface: 'command',
    // A host sensor alerts on what it names; where the socket leads says what kind it is, as for a denial.
    action: event.action === 'deny' ? 'deny' : 'unknown',
    type: 'process',
    domains: namesOf([event.dnsName ?? remote?.domain]),
    rule: ruleText(event.rule),
    clientIp: local?.ip,
    serverIp: remote?.ip,
    port: remote?.port,
    transport,
    command: clip(event.commandLine ?? event.args?.join(' ')),
  };
}
