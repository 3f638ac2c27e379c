import { parseIp, splitHostPort } from '../core/ip.ts';
import type { Action, DnsEvent, Endpoint, NetworkEvent, ProcessEvent } from '../model/event.ts';
import type { ViolatingEvent } from '../model/violation.ts';
import type { Surface } from './schema.ts';

/** The fields that conditions compare, whatever kind of event they came from. */
export interface Facts {
  readonly surface: Surface;
  readonly action: Action;
  readonly type: string;
  readonly rule?: string;
  readonly clientIp?: string;
  readonly serverIp?: string;
  readonly port?: number;
  readonly transport?: string;
  readonly direction?: NetworkEvent['direction'];
  readonly domains: readonly string[];
  /** Host of the request where the request names an address. */
  readonly hostIp?: string;
  readonly url?: string;
  readonly method?: string;
  readonly userAgent?: string;
  readonly qtype?: string;
  readonly bytesOut?: number;
  readonly command?: string;
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

function clip(text: string): string {
  return text.length > LONGEST ? text.slice(0, LONGEST) : text;
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
export function urlHost(url: string): string | undefined {
  const absolute = /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/?#@]{0,256}@)?(\[[^\]/]{1,64}\]|[^/?#:]{1,256})/i.exec(url);
  if (absolute?.[1] !== undefined) return absolute[1].replace(/^\[|\]$/g, '').toLowerCase();
  return /^[^/?#\s]{1,256}$/.test(url) ? splitHostPort(url).host.toLowerCase() : undefined;
}

function networkFacts(event: NetworkEvent): Facts {
  const { client, server } = sidesOf(event);
  const host = event.http?.host ?? (event.http?.url === undefined ? undefined : urlHost(event.http.url));
  const hostName = host === undefined ? undefined : splitHostPort(host.toLowerCase()).host;
  const hostIp = hostName === undefined ? undefined : parseIp(hostName);
  const domains = new Set<string>();
  for (const name of [server.domain, event.dns?.name, event.upstream?.domain, hostIp === undefined ? hostName : '']) {
    if (name !== undefined && name !== '') domains.add(name.toLowerCase().replace(/\.$/, ''));
  }
  const facts: { -readonly [K in keyof Facts]: Facts[K] } = {
    surface: event.type === 'proxy' ? 'proxy' : 'traffic',
    action: event.action,
    type: event.type,
    domains: [...domains],
  };
  const rule = ruleText(event.rule);
  if (rule !== undefined) facts.rule = rule;
  // An audited policy alerts without a signature: where the traffic goes says what kind it is, as for a denial.
  else if (facts.action === 'alert') facts.action = 'unknown';
  // A proxied request reaches for the upstream; without one, for the address its URL names.
  const serverIp = event.upstream?.ip ?? hostIp ?? server.ip;
  if (client.ip !== undefined) facts.clientIp = client.ip;
  if (serverIp !== undefined) facts.serverIp = serverIp;
  const port = event.upstream?.port ?? server.port;
  if (port !== undefined) facts.port = port;
  if (event.transport !== undefined) facts.transport = event.transport;
  if (event.direction !== undefined) facts.direction = event.direction;
  if (hostIp !== undefined) facts.hostIp = hostIp;
  if (event.http?.url !== undefined) facts.url = clip(event.http.url);
  if (event.http?.method !== undefined) facts.method = event.http.method.toUpperCase();
  if (event.http?.userAgent !== undefined) facts.userAgent = clip(event.http.userAgent);
  if (event.dns?.type !== undefined) facts.qtype = event.dns.type.toUpperCase();
  const bytesOut = event.initiator === 'dst' ? event.bytes?.toSrc : event.bytes?.toDst;
  if (bytesOut !== undefined) facts.bytesOut = bytesOut;
  return facts;
}

function dnsFacts(event: DnsEvent): Facts {
  const rule = ruleText(event.rule);
  return {
    surface: 'dns',
    action: event.action ?? 'unknown',
    type: 'dns',
    domains: [event.name.toLowerCase().replace(/\.$/, '')],
    ...(rule === undefined ? {} : { rule }),
    ...(event.client?.ip === undefined ? {} : { clientIp: event.client.ip }),
    ...(event.qtype === undefined ? {} : { qtype: event.qtype.toUpperCase() }),
  };
}

function processFacts(event: ProcessEvent): Facts {
  const rule = ruleText(event.rule);
  const { remote, local, transport } = event.socket ?? {};
  const command = event.commandLine ?? event.args?.join(' ');
  const domain = event.dnsName ?? remote?.domain;
  return {
    surface: 'command',
    // A host sensor alerts on what it names; where the socket leads says what kind it is, as for a denial.
    action: event.action === 'deny' ? 'deny' : 'unknown',
    type: 'process',
    domains: domain === undefined ? [] : [domain.toLowerCase()],
    ...(rule === undefined ? {} : { rule }),
    ...(local?.ip === undefined ? {} : { clientIp: local.ip }),
    ...(remote?.ip === undefined ? {} : { serverIp: remote.ip }),
    ...(remote?.port === undefined ? {} : { port: remote.port }),
    ...(transport === undefined ? {} : { transport }),
    ...(command === undefined ? {} : { command: clip(command) }),
  };
}
