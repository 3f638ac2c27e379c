import type { Action, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { decoded, failed, skipped } from '../decoded.ts';
import {
  arrayOf,
  at,
  compact,
  compactOver,
  integerText,
  isObject,
  type JsonObject,
  numberOf,
  textOf,
} from '../json/json.ts';
import { beganBehind } from '../network/answers.ts';
import { givenLease } from '../network/given-lease.ts';
import { domainName, parseIp, parsePort, transportName } from '../network/ip.ts';
import { bytesOf } from '../network/network.ts';
import type { Stamp } from '../time/stamp.ts';
import { eventTime, parseIso } from '../time/time.ts';
import { wordTable } from '../word-table.ts';

const TYPES = wordTable<NetworkEvent['type']>({
  alert: 'alert',
  drop: 'packet',
  flow: 'flow',
  netflow: 'flow',
  dns: 'dns',
  http: 'http',
  http2: 'http',
  fileinfo: 'http',
  tls: 'tls',
  quic: 'tls',
  ssh: 'ssh',
  anomaly: 'finding',
});

/** Reads one Suricata EVE object. Suricata user guide, "EVE JSON Output". */
export function decodeEve(json: JsonObject, record: RawRecord, format: string): Decoded {
  // Some shippers split the stream by type and drop the member.
  const eventType = textOf(json['event_type']) ?? untold(json);
  if (eventType === undefined) return failed('no event_type');
  if (eventType === 'stats') return skipped('stats record');
  const raw = textOf(json['timestamp']) ?? '';
  const stamp = parseIso(raw);
  if (stamp === undefined) return failed('the timestamp is none');
  if (textOf(at(json, 'dhcp', 'dhcp_type')) === 'ack') return leaseOf(json, record, format, stamp);
  const src = endpoint(json, 'src_ip', 'src_port');
  const dst = endpoint(json, 'dest_ip', 'dest_port');
  if (src.ip === undefined && dst.ip === undefined) return skipped(`${eventType} without addresses`);
  const flow = isObject(json['flow']) ? json['flow'] : isObject(json['netflow']) ? json['netflow'] : {};
  const type = TYPES[eventType] ?? 'flow';
  const start = parseIso(textOf(flow['start']) ?? '')?.at;
  const end = parseIso(textOf(flow['end']) ?? '')?.at;
  const isFlow = type === 'flow' && start !== undefined;
  const ruling = verdict(json, eventType);
  const event: NetworkEvent = compact({
    kind: 'network' as const,
    format,
    clock: 'timestamp',
    time: eventTime(isFlow ? { ...stamp, at: start } : stamp, {
      raw: isFlow ? (textOf(flow['start']) ?? raw) : raw,
      basis: isFlow ? 'flow-start' : 'packet',
      lo: late(json, start) ?? (isFlow ? start : undefined),
      hi: isFlow ? (end ?? stamp.at) : undefined,
      observed: isFlow ? stamp.at : record.observed,
    }),
    ref: record.ref,
    host: textOf(json['host']) ?? record.host,
    type,
    action: ruling.action,
    actionRaw: ruling.actionRaw,
    rule: ruling.rule,
    severity: ruling.severity,
    severityRaw: ruling.severityRaw,
    src,
    dst,
    initiator: initiatorOf(json, flow, src) ?? (ruling.action === 'unknown' ? undefined : beganBehind(src, dst)),
    transport: protocolOf(json) ?? (eventType === 'tls' ? 'tcp' : undefined),
    flowId: integerText(record.text, 'flow_id'),
    communityId: textOf(json['community_id']),
    inIf: textOf(json['in_iface']),
    seq: numberOf(at(json, 'drop', 'tcpseq')),
    ipId: numberOf(at(json, 'drop', 'ipid')),
    icmp: icmpOf(json),
    dns: dnsOf(json),
    http: httpOf(json),
    // A netflow record is one direction and counts plain bytes.
    bytes: isFlow ? bytesOf(flow['bytes_toserver'] ?? flow['bytes'], flow['bytes_toclient']) : undefined,
    state: textOf(flow['state']),
  });
  const domain = eventType === 'dns' ? undefined : domainName(serverName(json) ?? event.http?.host);
  if (domain === undefined) return decoded(event);
  const server = isAnswer(event, eventType) ? 'src' : 'dst';
  return decoded({ ...event, [server]: compactOver(event[server], { domain }) });
}

/** A server acknowledged an address; without `extended: yes` for no time that is told. To a client that has one (INFORM) it gives none. */
function leaseOf(json: JsonObject, record: RawRecord, format: string, stamp: Stamp): Decoded {
  const raw = textOf(json['timestamp']) ?? '';
  const lease = givenLease(record, {
    format,
    clock: 'timestamp',
    time: eventTime(stamp, { raw, basis: 'event', observed: record.observed }),
    ip: textOf(at(json, 'dhcp', 'assigned_ip')),
    mac: textOf(at(json, 'dhcp', 'client_mac')),
    name: textOf(at(json, 'dhcp', 'hostname')),
    seconds: numberOf(at(json, 'dhcp', 'lease_time')),
  });
  return lease === undefined ? skipped('DHCP exchange that gives no address') : decoded(lease);
}

/** What a record is that does not say it; the TLS engine of AWS leaves the type out. */
function untold(json: JsonObject): string | undefined {
  if (isObject(json['alert'])) return 'alert';
  return isObject(json['tls_error']) || isObject(json['revocation_check']) ? 'tls' : undefined;
}

/** AWS writes the name beside the reason why an inspected handshake failed. */
function serverName(json: JsonObject): string | undefined {
  return textOf(at(json, 'tls', 'sni')) ?? textOf(at(json, 'quic', 'sni')) ?? textOf(json['sni']);
}

/** Whether the packet came from the server, whose name it is. A file record states no side: its source is who sent the file. */
function isAnswer({ initiator, http, src, dst }: NetworkEvent, eventType: string): boolean {
  if (eventType !== 'fileinfo' || initiator !== undefined) return initiator === 'dst';
  return http?.method === 'GET' || ((src.port ?? 0) < FIRST_EPHEMERAL && (dst.port ?? 0) >= FIRST_EPHEMERAL);
}

const FIRST_EPHEMERAL = 1024;

function endpoint(json: JsonObject, ipKey: string, portKey: string): Endpoint {
  return compact({ ip: parseIp(textOf(json[ipKey]) ?? ''), port: parsePort(json[portKey]) });
}

/** A protocol that the sensor's host has no name for is three digits. */
function protocolOf(json: JsonObject): string | undefined {
  return transportName(textOf(json['proto'])?.replace(/^0+(?=\d)/, ''));
}

/** An alert raised at flow timeout is late: its cause lies anywhere since the flow's start. */
function late(json: JsonObject, start: Micros | undefined): Micros | undefined {
  return textOf(json['pkt_src'])?.includes('flow timeout') ? start : undefined;
}

function verdict(json: JsonObject, eventType: string): Pick<NetworkEvent, 'action'> & Partial<NetworkEvent> {
  const alert = isObject(json['alert']) ? json['alert'] : undefined;
  const final = finalOf(json);
  if (json['tls_error'] !== undefined)
    return compact({ action: 'deny' as const, actionRaw: textOf(at(json, 'tls_error', 'error_message')) });
  // Why a packet was dropped by no signature: a stream error, a default, a memory limit.
  const reason = textOf(at(json, 'drop', 'reason'));
  if (alert === undefined)
    return {
      action: eventType === 'drop' || final === 'drop' || isDropped(json) || isRevoked(json) ? 'deny' : 'unknown',
      ...(reason === undefined ? {} : { actionRaw: reason }),
    };
  const own = textOf(alert['action']);
  const action: Action =
    final === undefined ? perSignature(own, eventType) : final === 'drop' || final === 'reject' ? 'deny' : 'alert';
  const severity = numberOf(alert['severity']);
  const sid = textOf(alert['signature_id']);
  return compact({
    action,
    actionRaw: final ?? own,
    rule: compact({
      id: sid === undefined ? undefined : `${textOf(alert['gid']) ?? '1'}:${sid}:${textOf(alert['rev']) ?? '0'}`,
      name: textOf(alert['signature']),
      category: textOf(alert['category']),
    }),
    severity: severity === undefined ? undefined : Math.max(0, 4 - severity),
    severityRaw: textOf(alert['severity']),
  });
}

/** What became of the packet, from version 7 on. A sensor that only listens sends resets while it lets the packet pass. */
function finalOf(json: JsonObject): string | undefined {
  return at(json, 'verdict', 'reject') === undefined ? textOf(at(json, 'verdict', 'action')) : 'reject';
}

/** What became of the rest of a flow, from version 7 on; absent where nothing was decided. */
const isDropped = (json: JsonObject): boolean => textOf(at(json, 'flow', 'action')) === 'drop';

/** TLS inspection of AWS refuses servers whose certificate was revoked. */
const isRevoked = (json: JsonObject): boolean =>
  /^(?:drop|reject)$/i.test(textOf(at(json, 'revocation_check', 'action')) ?? '');

/** `alert.action` says what the signature did: without `verdict` the packet passed unless it was blocked. */
function perSignature(own: string | undefined, eventType: string): Action {
  if (own === 'blocked' || own === 'drop' || own === 'reject' || eventType === 'drop') return 'deny';
  return own === 'allowed' ? 'allow' : 'alert';
}

function initiatorOf(json: JsonObject, flow: JsonObject, src: Endpoint): 'src' | 'dst' | undefined {
  const opener = textOf(flow['src_ip']);
  if (opener !== undefined) {
    const sameIp = parseIp(opener) === src.ip;
    const samePort = flow['src_port'] === undefined || parsePort(flow['src_port']) === src.port;
    return sameIp && samePort ? 'src' : 'dst';
  }
  const direction = textOf(json['direction']);
  return direction === 'to_server' ? 'src' : direction === 'to_client' ? 'dst' : undefined;
}

function icmpOf(json: JsonObject): NetworkEvent['icmp'] {
  const type = numberOf(json['icmp_type']);
  return type === undefined ? undefined : compact({ type, code: numberOf(json['icmp_code']) });
}

/** dns v1 and v2 have rrname beside type; v3 and alerts have queries[] or query[]. */
function dnsOf(json: JsonObject): NetworkEvent['dns'] {
  const dns = json['dns'];
  if (!isObject(dns)) return undefined;
  const query = [...arrayOf(dns['queries']), ...arrayOf(dns['query'])].find(isObject);
  const name = textOf(query?.['rrname']) ?? textOf(dns['rrname']);
  if (name === undefined) return undefined;
  const grouped = isObject(dns['grouped']) ? [...arrayOf(dns['grouped']['A']), ...arrayOf(dns['grouped']['AAAA'])] : [];
  const listed = arrayOf(dns['answers']).flatMap((answer) => (isObject(answer) ? [answer['rdata']] : []));
  const answers = [...grouped, ...listed, dns['type'] === 'answer' ? dns['rdata'] : undefined].flatMap((value) => {
    const ip = parseIp(textOf(value) ?? '');
    return ip === undefined ? [] : [ip];
  });
  return compact({
    name: name.toLowerCase().replace(/\.$/, ''),
    type: textOf(query?.['rrtype']) ?? textOf(dns['rrtype']),
    id: numberOf(query?.['id']) ?? numberOf(dns['id']),
    answers: answers.length === 0 ? undefined : [...new Set(answers)],
  });
}

/** HTTP/2 has the host among its pseudo headers. */
function authority(http: JsonObject): string | undefined {
  const named = arrayOf(http['request_headers']).find((header) => at(header, 'name') === ':authority');
  return textOf(at(named, 'value'))?.replace(/:\d+$/, '');
}

function httpOf(json: JsonObject): NetworkEvent['http'] {
  const http = json['http'];
  if (!isObject(http)) return undefined;
  return compact({
    method: textOf(http['http_method']),
    url: textOf(http['url']),
    host: (textOf(http['hostname']) ?? authority(http))?.toLowerCase(),
    status: numberOf(http['status']),
    userAgent: textOf(http['http_user_agent']),
  });
}
