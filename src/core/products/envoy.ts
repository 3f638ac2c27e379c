import type { Action, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { compact, type JsonObject, numberOf, textOf } from '../json/json.ts';
import { authorityOf } from '../network/forward-proxy.ts';
import { bytesOf, natOf, networkEvent, ruleOf, stampOf, wordOf } from '../network/network.ts';
import { eventTime } from '../time/time.ts';

/** Access log fields by Envoy's names in lower case; absent, `-` and null are alike. */
export type EnvoyFields = { readonly [name: string]: unknown };

/** Order of Envoy's default text format. Envoy documentation, "Access logging", default format string. */
export const DEFAULT_ORDER = [
  'start_time',
  'request',
  'response_code',
  'response_flags',
  'bytes_received',
  'bytes_sent',
  'duration',
  'upstream_service_time',
  'x_forwarded_for',
  'user_agent',
  'request_id',
  'authority',
  'upstream_host',
] as const;

/** Order of Istio's default text format. Istio documentation, "Envoy Access Logs". */
const ISTIO_ORDER = [
  ...DEFAULT_ORDER.slice(0, 4),
  'response_code_details',
  'connection_termination_details',
  'upstream_transport_failure_reason',
  ...DEFAULT_ORDER.slice(4),
  'upstream_cluster',
  'upstream_local_address',
  'downstream_local_address',
  'downstream_remote_address',
  'requested_server_name',
  'route_name',
] as const;

/** What Istio has between the flags and the octets, by how many cells that is: until 1.5 the status of its policy check. */
const ISTIO_MIDDLES: readonly (readonly string[])[] = [
  ['upstream_transport_failure_reason'],
  ['policy_status', 'upstream_transport_failure_reason'],
  ISTIO_ORDER.slice(4, 7),
];

/** The order of Istio's formats; the oldest name no route. */
export function istioOrderOf(cells: readonly string[]): readonly string[] | undefined {
  const octets = cells.findIndex((cell, index) => index >= 4 && isNumber(cell));
  const middle = ISTIO_MIDDLES[octets - 5];
  if (middle === undefined || !isNumber(cells[octets + 1])) return undefined;
  const order = [...ISTIO_ORDER.slice(0, 4), ...middle, ...ISTIO_ORDER.slice(7)];
  const isWhole = cells.length === order.length || (cells.length === order.length - 1 && octets < 7);
  return isWhole ? order : undefined;
}

const isNumber = (cell: string | undefined): boolean => /^\d+$/.test(cell ?? '');

/** The octets are numbers where the order is the default one. */
export function isDefaultOrder(cells: readonly string[]): boolean {
  return cells.length >= 10 && cells.length < ISTIO_ORDER.length && isNumber(cells[4]) && isNumber(cells[5]);
}

const START = /^(?:ACCESS )?(?=\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\] ")/;
const CELL = /\[([^\]]*)\](?=\s|$)|"([^"\\]*(?:\\.[^"\\]*)*)"|(\S+)/g;

/** Cells of a text line: bracketed, quoted or bare. Undefined when it starts with no time and request. */
export function envoyCells(text: string): readonly string[] | undefined {
  const start = START.exec(text);
  if (start === null) return undefined;
  const cells: string[] = [];
  for (const match of text.slice(start[0].length).matchAll(CELL)) {
    const bare = match[3];
    // Only the first cell is bracketed; upstream addresses of IPv6 stand in quotes.
    cells.push(bare ?? match[2] ?? (cells.length === 0 ? (match[1] ?? '') : match[0]));
  }
  return cells;
}

export function fieldsOf(cells: readonly string[], order: readonly string[]): EnvoyFields {
  const fields: Record<string, unknown> = {};
  for (let i = 0; i < order.length; i++) fields[order[i] ?? ''] = cells[i];
  const [method, path, protocol] = textOf(fields['request'])?.split(' ') ?? [];
  return { ...fields, method, path, protocol };
}

/** JSON logs carry the same names in lower case. */
export function isEnvoyJson(json: JsonObject): boolean {
  return (
    typeof json['start_time'] === 'string' &&
    'response_flags' in json &&
    ('upstream_host' in json || 'upstream_cluster' in json)
  );
}

/** Builds the event of one request or connection; undefined without a start time. */
export function envoyEvent(format: string, record: RawRecord, fields: EnvoyFields): NetworkEvent | undefined {
  const word = (name: string): string | undefined => wordOf(fields[name]);
  const raw = word('start_time');
  const stamp = stampOf(raw);
  if (stamp === undefined) return undefined;
  const durationUs = (numberOf(fields['duration']) ?? 0) * 1000;
  const upstream = withPort(authorityOf(word('upstream_host')?.replace(/^(?:tcp|udp):\/\//, '') ?? '-'));
  const wanted = withPort(authorityOf(word('downstream_local_address') ?? '-'));
  const authority = authorityOf(word('authority') ?? '-');
  const target = [upstream, wanted].find((side) => side.ip !== undefined) ?? authority;
  // Between sidecars the SNI names Istio's cluster, not a host.
  const sni = authorityOf(word('requested_server_name') ?? '-').domain;
  const named = sni === undefined || sni.startsWith('outbound_') ? authority.domain : sni;
  const status = numberOf(fields['response_code']);
  return networkEvent(record, {
    format,
    clock: 'start_time',
    time: eventTime(stamp, {
      raw: raw ?? '',
      basis: 'request-start',
      hi: (stamp.at + durationUs + stamp.stepUs) as Micros,
      observed: record.observed,
    }),
    type: 'proxy',
    ...verdictOf(fields),
    src: clientOf(fields),
    dst: named === undefined ? target : { ...target, domain: named },
    nat: natOf(authorityOf(word('upstream_local_address') ?? '-'), {}),
    initiator: 'src',
    transport: /^HTTP\/3/.test(word('protocol') ?? '') ? 'udp' : 'tcp',
    direction: directionOf(word('upstream_cluster')),
    bytes: bytesOf(fields['bytes_received'], fields['bytes_sent']),
    flowId: word('request_id'),
    state: word('response_flags'),
    http: httpOf(fields, status === 0 ? undefined : status),
    upstream: upstream.ip === undefined ? undefined : upstream,
  });
}

/** Envoy writes port 0 for addresses that it took from a header. */
function withPort(endpoint: Endpoint): Endpoint {
  return compact({ ip: endpoint.ip, port: endpoint.port || undefined });
}

/** The peer, else the last address of X-Forwarded-For: the only one that this Envoy added itself. */
function clientOf(fields: EnvoyFields): Endpoint {
  const peer = withPort(authorityOf(wordOf(fields['downstream_remote_address']) ?? '-'));
  if (peer.ip !== undefined) return peer;
  const forwarded = wordOf(fields['x_forwarded_for'])?.split(',').at(-1)?.trim();
  return withPort(authorityOf(forwarded ?? '-'));
}

function httpOf(fields: EnvoyFields, status: number | undefined): NetworkEvent['http'] {
  const method = wordOf(fields['method']);
  if (method === undefined) return undefined;
  return compact({
    method,
    url: wordOf(fields['path']) ?? wordOf(fields['x_envoy_original_path']),
    host: wordOf(fields['authority'])?.toLowerCase(),
    status,
    userAgent: wordOf(fields['user_agent']),
  });
}

const REFUSED = /rbac_access_denied|ext_authz_denied|denied_matched_policy/;

/** Envoy itself answered that it is forbidden: no upstream was asked. The default format has no details that say why. */
function isRefused(fields: EnvoyFields): boolean {
  const isLocal = 'upstream_host' in fields && wordOf(fields['upstream_host']) === undefined;
  return isLocal && numberOf(fields['response_code']) === 403;
}

/** By convention only: authorisation flags and details, rate limits, and Istio's black hole for unlisted hosts. */
function verdictOf(fields: EnvoyFields): { action: Action; actionRaw?: string; rule?: NetworkEvent['rule'] } {
  const flags = wordOf(fields['response_flags'])?.split(',') ?? [];
  const details = wordOf(fields['response_code_details']) ?? wordOf(fields['connection_termination_details']) ?? '';
  const cluster = wordOf(fields['upstream_cluster']);
  const denied =
    flags.includes('UAEX') ||
    flags.includes('RL') ||
    REFUSED.test(details) ||
    isRefused(fields) ||
    cluster === 'BlackHoleCluster' ||
    wordOf(fields['route_name']) === 'block_all';
  const policy = /matched_policy\[(.*)\]/.exec(details)?.[1];
  const rule = ruleOf(
    policy === 'none' ? undefined : policy,
    denied && cluster === 'BlackHoleCluster' ? cluster : denied ? flags[0] : undefined,
  );
  const reached = wordOf(fields['upstream_host']) !== undefined && flags.length === 0;
  return compact({
    action: denied ? ('deny' as const) : reached ? ('allow' as const) : ('unknown' as const),
    actionRaw: details === '' ? flags.join(',') || undefined : details,
    rule,
  }) as ReturnType<typeof verdictOf>;
}

function directionOf(cluster: string | undefined): NetworkEvent['direction'] {
  if (cluster === undefined) return undefined;
  if (cluster.startsWith('inbound|') || cluster === 'InboundPassthroughClusterIpv4') return 'inbound';
  if (cluster.startsWith('outbound|') || cluster === 'PassthroughCluster' || cluster === 'BlackHoleCluster')
    return 'outbound';
  return undefined;
}
