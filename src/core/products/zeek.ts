import type { CoverageEvent, DnsEvent, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime, Micros } from '../../model/time.ts';
import { decoded, failed, skipped } from '../decoded.ts';
import { arrayOf, at, compact, numberOf, textOf } from '../json/json.ts';
import { verdictOf } from '../network/device.ts';
import { authorityOf } from '../network/forward-proxy.ts';
import { givenLease } from '../network/given-lease.ts';
import { domainName, parseIp, parsePort, transportName } from '../network/ip.ts';
import { bytesOf, dnsEvent, isPlaced, nameOf, networkEvent, ruleOf, stampOf, wordOf } from '../network/network.ts';
import type { Stamp } from '../time/stamp.ts';
import { eventTime } from '../time/time.ts';
import { wordTable } from '../word-table.ts';

/** One Zeek record by Zeek's own field names; sets and vectors are arrays, unset fields are absent. */
export type ZeekFields = { readonly [name: string]: unknown };

const TYPES = wordTable<NetworkEvent['type']>({
  dns: 'dns',
  http: 'http',
  ssl: 'tls',
  quic: 'tls',
  ssh: 'ssh',
  notice: 'finding',
  intel: 'finding',
  socks: 'proxy',
  suricata_corelight: 'alert',
});
/** Logs of protocols that run over TCP only; they have no proto field. */
const TCP_LOGS = new Set(['http', 'ssh', 'ftp', 'rdp', 'socks', 'smtp', 'irc', 'mysql', 'smb_mapping', 'smb_files']);
/** What names a log when the record does not: the field that only this log has. */
const TELLING: readonly (readonly [string, string])[] = [
  ['conn_state', 'conn'],
  ['seen.indicator', 'intel'],
  ['tunnel_type', 'tunnel'],
  ['note', 'notice'],
  ['qtype_name', 'dns'],
  ['qclass', 'dns'],
  ['trans_id', 'dns'],
  ['trans_depth', 'http'],
  ['status_code', 'http'],
  ['uri', 'http'],
  ['auth_attempts', 'ssh'],
  ['kex_alg', 'ssh'],
  ['request.host', 'socks'],
  ['request.name', 'socks'],
  ['security_protocol', 'rdp'],
  ['reply_code', 'ftp'],
  ['established', 'ssl'],
  ['client_initial_dcid', 'quic'],
  ['server_name', 'ssl'],
  ['percent_lost', 'capture_loss'],
  ['assigned_addr', 'dhcp'],
];

/** Name of the log: stated (`_path`, `#path`), or told by a field. Corelight reduces logs to what differs: `dns_red` is `dns`. */
export function zeekLogOf(fields: ZeekFields, path: string | undefined): string | undefined {
  const stated = wordOf(fields['_path']) ?? path;
  if (stated !== undefined) return stated.replace(/_red$/, '');
  for (const [field, log] of TELLING) if (fields[field] !== undefined) return log;
  if (fields['name'] !== undefined && fields['notice'] !== undefined) return 'weird';
  return undefined;
}

/** Events of one record. */
export function decodeZeek(format: string, record: RawRecord, fields: ZeekFields, path: string | undefined): Decoded {
  const read = stampOf(fields['ts']);
  if (read === undefined) return failed('no ts');
  // Zeek counts microseconds; JSON numbers only lose their final zeros.
  const stamp = { ...read, stepUs: 1 };
  const log = zeekLogOf(fields, path) ?? 'record';
  if (log === 'capture_loss') return captureLoss(format, record, fields, stamp);
  if (log === 'dhcp') return leaseOf(format, record, fields, stamp);
  const src = sideOf(fields, 'id.orig_h', 'id.orig_p', 'src');
  const dst = sideOf(fields, 'id.resp_h', 'id.resp_p', 'dst');
  if (!isPlaced(src) && !isPlaced(dst)) return skipped(`${log} record without endpoints`);
  const time = timeOf(log, fields, stamp, record);
  const ends = endsOf(log, fields, src, dst);
  const event = networkEvent(record, {
    format,
    clock: 'ts',
    time,
    type: TYPES[log] ?? 'flow',
    action: actionOf(log, fields),
    actionRaw: wordOf(fields['action']),
    initiator: fields['id.orig_h'] === undefined ? undefined : 'src',
    direction: directionOf(fields),
    flowId: wordOf(fields['uid']),
    communityId: wordOf(fields['community_id']),
    observer: wordOf(fields['_system_name']) ?? wordOf(fields['peer_descr']) ?? wordOf(fields['peer']),
    state: wordOf(fields['conn_state']),
    bytes: bytesOf(fields['orig_bytes'], fields['resp_bytes']),
    src: ends.src,
    dst: ends.dst,
    transport: ends.transport,
    icmp: ends.icmp,
    dns: log === 'dns' ? dnsOf(fields) : undefined,
    http: log === 'http' ? httpOf(fields) : undefined,
    rule: ruleIn(log, fields),
    upstream: log === 'socks' ? socksTarget(fields) : undefined,
  });
  const answer = log === 'dns' ? answerOf(format, record, fields, event) : undefined;
  return answer === undefined ? decoded(event) : decoded(event, answer);
}

function sideOf(fields: ZeekFields, ip: string, port: string, other: string): Endpoint {
  const own = parseIp(textOf(fields[ip]) ?? '');
  if (own !== undefined) return endpoint(own, parsePort(fields[port]));
  const address = parseIp(textOf(fields[other]) ?? '');
  return compact({ ip: address, port: other === 'dst' ? parsePort(fields['p']) : undefined });
}

function endpoint(ip: string, port: number | undefined): Endpoint {
  return port === undefined ? { ip } : { ip, port };
}

/** conn is written at the end but stamped with the first packet; notices and weirds are stamped when they are raised. */
function timeOf(log: string, fields: ZeekFields, stamp: Stamp, record: RawRecord): EventTime {
  const raw = textOf(fields['ts']) ?? '';
  const written = stampOf(fields['_write_ts'])?.at;
  const observed = written ?? record.observed;
  if (log === 'notice' || log === 'weird' || log === 'intel')
    return eventTime(stamp, { raw, basis: 'event', beforeUs: 1_000_000, observed });
  const lengthUs = Math.round((numberOf(fields['duration']) ?? numberOf(fields['rtt']) ?? 0) * 1_000_000);
  const hi = (stamp.at + Math.max(0, lengthUs)) as Micros;
  return eventTime(stamp, { raw, basis: log === 'conn' ? 'flow-start' : 'request-start', hi, observed });
}

/** Zeek decides nothing; a notice or an intelligence hit is what its scripts were asked to report. */
function actionOf(log: string, fields: ZeekFields): NetworkEvent['action'] {
  if (log === 'suricata_corelight') return verdictOf(textOf(at(fields, 'alert', 'action'))) ?? 'alert';
  if (log !== 'notice' && log !== 'intel') return 'unknown';
  const actions = arrayOf(fields['actions']).map(String);
  return actions.includes('Notice::ACTION_DROP') || fields['dropped'] === true || fields['dropped'] === 'T'
    ? 'deny'
    : 'alert';
}

function directionOf(fields: ZeekFields): NetworkEvent['direction'] {
  const orig = flagOf(fields['local_orig']);
  const resp = flagOf(fields['local_resp']);
  if (orig === undefined || resp === undefined) return undefined;
  if (orig) return resp ? 'internal' : 'outbound';
  return resp ? 'inbound' : undefined;
}

function flagOf(value: unknown): boolean | undefined {
  if (value === true || value === 'T') return true;
  return value === false || value === 'F' ? false : undefined;
}

interface Ends {
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly transport: string | undefined;
  readonly icmp: NetworkEvent['icmp'] | undefined;
}

/** For ICMP the port fields hold type and code. */
function endsOf(log: string, fields: ZeekFields, src: Endpoint, dst: Endpoint): Ends {
  const transport = transportOf(log, fields);
  const domain = domainOf(log, fields);
  const named = domain === undefined ? dst : { ...dst, domain };
  if (transport !== 'icmp' && transport !== 'icmp6')
    return { src: withoutZero(src), dst: withoutZero(named), transport, icmp: undefined };
  const icmp = src.port === undefined ? undefined : compact({ type: src.port, code: dst.port });
  // Zeek writes `icmp` for both versions.
  const version = src.ip?.includes(':') === true ? 'icmp6' : transport;
  return { src: compact({ ip: src.ip }), dst: compact({ ip: dst.ip, domain }), transport: version, icmp };
}

/** Newer versions state the number of a protocol that they do not follow. */
function transportOf(log: string, fields: ZeekFields): string | undefined {
  const stated = wordOf(fields['proto']);
  if (stated !== undefined) return transportName(stated === 'unknown_transport' ? numbered(fields) : stated);
  if (log === 'quic') return 'udp';
  return TCP_LOGS.has(log) || (log === 'ssl' && !isDatagram(fields)) ? 'tcp' : undefined;
}

const numbered = (fields: ZeekFields): string => textOf(fields['ip_proto']) ?? 'unknown_transport';

const isDatagram = (fields: ZeekFields): boolean => /^DTLS/.test(wordOf(fields['version']) ?? '');

function withoutZero(side: Endpoint): Endpoint {
  return side.port === 0 ? compact({ ...side, port: undefined }) : side;
}

function domainOf(log: string, fields: ZeekFields): string | undefined {
  if (log === 'ssl' || log === 'quic') return domainName(wordOf(fields['server_name']));
  if (log === 'http') return authorityOf(wordOf(fields['host']) ?? '-').domain;
  return undefined;
}

function ruleIn(log: string, fields: ZeekFields): NetworkEvent['rule'] {
  switch (log) {
    case 'suricata_corelight':
      return signatureOf(fields);
    case 'notice':
      return ruleOf(fields['note'], undefined, fields['sub']);
    case 'weird':
      return ruleOf(fields['name'], undefined, 'weird');
    case 'intel':
      return ruleOf(fields['seen.indicator'], undefined, fields['seen.indicator_type']);
    case 'tunnel':
      return ruleOf(fields['tunnel_type'], undefined, 'tunnel');
    default:
      return undefined;
  }
}

/** As `suricata-eve` names the rules of the same sensor. */
function signatureOf(fields: ZeekFields): NetworkEvent['rule'] {
  const word = (name: string): string | undefined => textOf(at(fields, 'alert', name));
  const id = `${word('gid') ?? '1'}:${word('signature_id') ?? ''}:${word('rev') ?? '0'}`;
  return ruleOf(word('signature'), id, word('category'));
}

function dnsOf(fields: ZeekFields): NonNullable<NetworkEvent['dns']> {
  return compact({
    name: nameOf(wordOf(fields['query']) ?? ''),
    type: wordOf(fields['qtype_name']),
    id: numberOf(fields['trans_id']),
  }) as NonNullable<NetworkEvent['dns']>;
}

function httpOf(fields: ZeekFields): NonNullable<NetworkEvent['http']> {
  return compact({
    method: wordOf(fields['method']),
    url: wordOf(fields['uri']),
    host: wordOf(fields['host'])?.toLowerCase(),
    status: numberOf(fields['status_code']),
    userAgent: wordOf(fields['user_agent']),
  });
}

function socksTarget(fields: ZeekFields): Endpoint {
  const host = wordOf(fields['request.host']) ?? wordOf(fields['request.name']);
  return compact({
    ip: parseIp(host ?? ''),
    domain: domainName(host),
    port: parsePort(fields['request_p']),
  });
}

/** One dns record holds the question and what came back; the question is the network event. */
function answerOf(format: string, record: RawRecord, fields: ZeekFields, question: NetworkEvent): DnsEvent | undefined {
  const name = question.dns?.name ?? '';
  const answers = arrayOf(fields['answers']).flatMap((value) => parseIp(textOf(value) ?? '') ?? []);
  const rcode = wordOf(fields['rcode_name']);
  if (name === '' || (answers.length === 0 && rcode === undefined)) return undefined;
  return dnsEvent(record, {
    format,
    clock: 'ts',
    time: { ...question.time, at: question.time.hi },
    op: 'answer',
    name,
    qtype: question.dns?.type,
    client: question.src,
    upstream: question.dst.ip,
    answers: answers.length === 0 ? undefined : answers,
    rcode,
    serial: question.flowId,
    transport: question.transport,
  });
}

/** dhcp.log, one record of an exchange: an address is given where the server acknowledged it. */
function leaseOf(format: string, record: RawRecord, fields: ZeekFields, stamp: Stamp): Decoded {
  const lease = givenLease(record, {
    format,
    clock: 'ts',
    time: eventTime(stamp, { raw: textOf(fields['ts']) ?? '', basis: 'event', observed: record.observed }),
    ip: wordOf(fields['assigned_addr']),
    mac: wordOf(fields['mac']),
    name: wordOf(fields['host_name']),
    seconds: numberOf(fields['lease_time']),
  });
  const isGiven = arrayOf(fields['msg_types']).includes('ACK');
  return lease === undefined || !isGiven ? skipped('DHCP exchange that gives no address') : decoded(lease);
}

/** capture_loss.log: packets that Zeek knows it did not see. */
function captureLoss(format: string, record: RawRecord, fields: ZeekFields, stamp: Stamp): Decoded {
  if ((numberOf(fields['percent_lost']) ?? 0) <= 0) return skipped('no capture loss');
  const from = (stamp.at - Math.round((numberOf(fields['ts_delta']) ?? 0) * 1_000_000)) as Micros;
  const event = {
    kind: 'coverage' as const,
    format,
    clock: 'ts',
    time: eventTime(stamp, { raw: textOf(fields['ts']) ?? '', basis: 'window', lo: from, observed: record.observed }),
    ref: record.ref,
    host: record.host,
    reason: 'lost' as const,
    count: numberOf(fields['gaps']),
    from,
    to: stamp.at,
  };
  return decoded(compact(event) as CoverageEvent);
}
