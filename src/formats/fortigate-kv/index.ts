import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact, isObject, textOf } from '../../core/json/json.ts';
import { beganBehind } from '../../core/network/answers.ts';
import { networkEvent, severityOf, verdictOf } from '../../core/network/device.ts';
import { givenLease } from '../../core/network/given-lease.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { isPlaced } from '../../core/network/network.ts';
import { fortinetPassed } from '../../core/products/fortinet.ts';
import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { flatFields } from '../../core/tables/mapping.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, nearestEpoch, parseIso, timeFromObserved } from '../../core/time/time.ts';
import type { Action, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

type Fields = Record<string, string>;
const MINUTE_US = 60_000_000;

export const fortigateKv: Format = {
  id: 'fortigate-kv',
  title: 'FortiGate syslog (key=value, CSV, JSON)',
  roles: ['violation', 'flow', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: 'eventtime (epoch of s, ms, us or ns by its length), else date and time with tz',
  traps: [
    'traffic logs are written at session close: start = eventtime - duration',
    'utmaction="block" overrides a passed session',
    'transip is the translated source, tranip the translated destination',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text, json }: SniffRecord): Sniff {
  if (isObject(json)) return isWritten(json) ? yes(0.97, 'FortiGate keys as JSON') : no('no FortiGate keys');
  if (text.includes('CEF:') || /(?:^|[\s>])\d\|[^|]{1,64}\|[^|]{1,64}\|/.test(text)) return no('CEF');
  const marks = [/\blogid=/, /\btype="?[a-z]/, /\bsubtype=/, /\bdevid=|\bvd=/].filter((mark) => mark.test(text)).length;
  if (marks === 4) return yes(0.97, 'FortiGate logid, type, subtype, device');
  return marks === 3 && /\b(?:eventtime|devname|level)=/.test(text)
    ? yes(0.95, 'FortiGate keys')
    : no('no FortiGate keys');
}

/** The same keys as members (`set format json`). */
function isWritten(json: Readonly<Record<string, unknown>>): boolean {
  const has = (key: string): boolean => textOf(json[key]) !== undefined;
  return has('logid') && has('type') && has('subtype') && (has('vd') || has('devid') || has('eventtime'));
}

function fieldsOf(text: string): Fields {
  const open = text.indexOf('{"');
  const body = open >= 0 && !text.slice(0, open).includes('=') ? flatFields(text.slice(open)) : undefined;
  return body ?? parseKeyValues(plain(text));
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const f = fieldsOf(record.text);
  if (f['type'] === undefined && f['logid'] === undefined) return failed('no FortiGate keys');
  if (f['dhcp_msg'] !== undefined) return leaseOf(record, f, context);
  const word = f['action'];
  const action = verdict(f);
  const ui = /\((\d[^)]*)\)/.exec(f['ui'] ?? '')?.[1];
  const vpn = f['locip'] !== undefined;
  // Tunnel messages that name no direction are about the far end that came in.
  const inbound = f['dir'] !== 'outbound' && f['init'] !== 'local';
  const event = networkEvent('fortigate-kv', record, {
    time: timeOf(record, f, context),
    clock: f['eventtime'] === undefined ? 'date time' : 'eventtime',
    type: typeOf(f, action),
    action,
    actionRaw: word ?? f['status'],
    srcIp:
      f['srcip'] ?? f['src'] ?? (vpn ? f[inbound ? 'remip' : 'locip'] : (f['ip'] ?? f['userip'] ?? ui ?? f['remip'])),
    srcPort: f['srcport'] ?? f['src_port'] ?? (vpn ? f[inbound ? 'remport' : 'locport'] : undefined),
    dstIp: f['dstip'] ?? f['dst'] ?? (vpn ? f[inbound ? 'locip' : 'remip'] : undefined),
    dstPort: f['dstport'] ?? f['dst_port'] ?? (vpn ? f[inbound ? 'locport' : 'remport'] : undefined),
    query: f['qname'],
    queryType: f['qtype'],
    // Events name the client's host so.
    domain:
      (f['type'] === 'event' ? undefined : f['hostname']) ??
      f['dsthostname'] ??
      /^https?:\/\/([^/:]+)/.exec(f['url'] ?? '')?.[1],
    natSrcIp: f['transip'] ?? (f['subtype'] === 'vpn' ? f['tunnelip'] : undefined),
    natSrcPort: f['transport'],
    natDstIp: f['tranip'],
    natDstPort: f['tranport'],
    transport: f['proto'],
    initiator: initiatorOf(f),
    rule: seenBy(f) ?? f['policyname'] ?? f['policyid'],
    ruleId: f['policyid'],
    ruleCategory: (f['type'] === 'utm' ? f['catdesc'] : undefined) ?? f['subtype'],
    severity: severityOf(graveness(f)),
    severityRaw: graveness(f),
    bytesToDst: f['sentbyte'],
    bytesToSrc: f['rcvdbyte'],
    inIf: f['srcintf'] ?? f['src_int'],
    outIf: f['dstintf'] ?? f['dst_int'],
    observer: f['devname'],
    host: f['devname'],
    flowId: f['sessionid'],
    state: f['type'] === 'traffic' ? word : undefined,
    url: f['url'],
    method: f['httpmethod'],
    userAgent: f['agent'],
  });
  if (!isPlaced(event.src) && !isPlaced(event.dst)) return skipped('event without an address');
  const answers = action === 'deny' ? [] : (f['ipaddr'] ?? '').split(/, ?/).flatMap((text) => parseIp(text) ?? []);
  return event.dns === undefined || answers.length === 0
    ? decoded(event)
    : decoded({ ...event, dns: { ...event.dns, answers } });
}

/**
 * Sessions and what scanners say of them name the client first, whatever `direction` says of the packet; releases before 5.2 named the
 * sender of the packet in attacks, which a service's port gives away.
 */
function initiatorOf(f: Fields): 'src' | 'dst' | undefined {
  if (f['type'] !== 'traffic' && f['type'] !== 'utm' && f['type'] !== 'ips') return undefined;
  if (f['attack'] === undefined) return 'src';
  const end = (ip: string | undefined, port: string | undefined): Endpoint =>
    compact({ ip: parseIp(ip ?? ''), port: parsePort(port) });
  const src = end(f['srcip'] ?? f['src'], f['srcport'] ?? f['src_port']);
  return beganBehind(src, end(f['dstip'] ?? f['dst'], f['dstport'] ?? f['dst_port'])) ?? 'src';
}

/** Attacks say how grave they are themselves; the level is the message's. */
function graveness(f: Fields): string | undefined {
  return (f['attack'] === undefined ? undefined : f['severity']) ?? f['crlevel'] ?? f['level'];
}

/** What a scanner or the control of applications recognised. */
function seenBy(f: Fields): string | undefined {
  return f['attack'] ?? f['virus'] ?? (f['subtype'] === 'app-ctrl' ? f['app'] : undefined);
}

/** Message 26001 of the DHCP server: an acknowledged address belongs to the client for `lease` seconds. */
function leaseOf(record: RawRecord, f: Fields, context: DecodeContext): Decoded {
  const lease = givenLease(record, {
    format: 'fortigate-kv',
    clock: f['eventtime'] === undefined ? 'date time' : 'eventtime',
    time: timeOf(record, f, context),
    ip: f['ip'],
    mac: f['mac'],
    name: f['hostname'],
    seconds: Number(f['lease'] ?? 0),
  });
  const isGiven = f['dhcp_msg']?.toLowerCase() === 'ack';
  return lease === undefined || !isGiven ? skipped('DHCP message that gives no address') : decoded(lease);
}

/** Filters also log what they let pass; attacks, viruses and anomalies are alerts whatever became of them. */
function typeOf(f: Fields, action: Action | undefined): NetworkEvent['type'] {
  if (f['qname'] !== undefined) return 'dns';
  if (f['attack'] !== undefined || f['virus'] !== undefined || f['type'] === 'anomaly') return 'alert';
  if (f['type'] !== 'utm') return 'flow';
  if (action === 'deny' || action === 'alert') return 'alert';
  return f['subtype'] === 'webfilter' ? 'http' : f['subtype'] === 'ssl' ? 'tls' : 'flow';
}

function verdict(f: Fields): Action | undefined {
  // FortiOS 4 says `status`; later events use that word for how they went.
  const word = f['action'] ?? (f['type'] === 'traffic' ? f['status'] : undefined);
  if (word === 'clear_session') return 'deny';
  if (f['type'] === 'traffic') {
    if (word === 'deny' || f['utmaction'] === 'block') return 'deny';
    return fortinetPassed(word) ? 'allow' : verdictOf(word);
  }
  if (word === undefined) return verdictOf(f['utmaction']);
  // The DNS filter answers with the address of its block page.
  if (f['subtype'] === 'dns' && word === 'redirect') return 'deny';
  return fortinetPassed(word) ? 'allow' : f['type'] === 'event' ? undefined : verdictOf(word);
}

function timeOf(record: RawRecord, f: Fields, context: DecodeContext): EventTime {
  const raw = f['eventtime'] ?? `${f['date'] ?? ''} ${f['time'] ?? ''} ${f['tz'] ?? ''}`.trim();
  const own = nearestEpoch(f['eventtime'] ?? '');
  const local =
    f['date'] === undefined
      ? undefined
      : parseIso(`${f['date']} ${f['time'] ?? ''}${zone(f['tz'])}`, context.zoneOffsetMin);
  const stamp = choose(own, local);
  if (stamp === undefined) return timeFromObserved(record.observed);
  const seconds = f['type'] === 'traffic' ? Number(f['duration'] ?? 0) : 0;
  return eventTime(stamp, {
    raw,
    basis: seconds > 0 ? 'flow-end' : 'event',
    beforeUs: (Number.isFinite(seconds) ? seconds : 0) * 1_000_000 + 1_000_000,
    observed: record.observed,
  });
}

/** CSV mode puts commas between the pairs; some relays double the quotes, as if a value that is none were followed by a word. */
function plain(text: string): string {
  const single = /=""[^\s,"]/.test(text) ? text.replace(/""/g, '"') : text;
  return /\btime=[\d:]+,/.test(single) ? single.replace(/,(?=[A-Za-z_]+=)/g, ' ') : single;
}

/** `+0200`, or `UTC+2:00` and `GMT-3` of FortiAnalyzer. */
function zone(tz: string | undefined): string {
  const [, sign, hours = '', minutes = '00'] = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?$/.exec(tz ?? '') ?? [];
  return sign === undefined ? '' : `${sign}${hours.padStart(2, '0')}${minutes}`;
}

/** Relays that rewrite date and time (replay, re-stamping) leave eventtime behind: with a stated zone the date wins then. */
function choose(own: Stamp | undefined, local: Stamp | undefined): Stamp | undefined {
  if (own === undefined || local === undefined) return own ?? local;
  return Math.abs(local.at - own.at) > (local.zone === 'explicit' ? 1 : 60 * 15) * MINUTE_US ? local : own;
}
