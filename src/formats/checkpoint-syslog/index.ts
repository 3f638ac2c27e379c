import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { directionAt, headerOf, networkEvent, severityOf, timeOr, verdictOf } from '../../core/network/device.ts';
import { urlHost } from '../../core/network/ip.ts';
import { directionOf } from '../../core/network/network.ts';
import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { flatFields } from '../../core/tables/mapping.ts';
import { parseEpoch, parseIso, parseMonthDay } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const PAIR = /(?:^|[;[]\s*)([A-Za-z_][\w ./-]*?)(?::"([^"\\]*(?:\\.[^"\\]*)*)"|::([^;]*))/g;

/** Export of the log viewer: number, day, time, interface, origin, kind, action, then the tuple, all in quotes. */
const VIEWER = /(?:^|[\s>])"\d+" "(\d{1,2})([A-Z][a-z]{2})(\d{4})" "\s*(\d{1,2}:\d\d:\d\d)" /;

/** Where the list begins: headers have brackets of their own. */
const LIST = /\[(?:Fields@|\s*[A-Za-z_][\w .-]{0,60}:[:"])/;

export const checkpointSyslog: Format = {
  id: 'checkpoint-syslog',
  title: 'Check Point log exporter (syslog)',
  roles: ['violation', 'flow', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header, else time (epoch)',
  traps: [
    'service is the destination port',
    'one connection is updated under the same loguid',
    'the log viewer exports rows of quoted cells without names',
    'the header zone can be malformed (`--5:00`)',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (VIEWER.test(text)) return yes(0.95, 'Check Point log viewer cells');
  if (/\[Fields@1\.3\.6\.1\.4\.1\.2620 /.test(text)) return yes(0.97, 'Check Point structured data');
  if (isFlat(text)) return yes(0.96, 'Check Point fields as JSON or between bars');
  // The plain search goes first: the other one starts anew at every bracket.
  return /\b(?:loguid|originsicname|origin_sic_name|version|ifdir|product):{1,2}"?/.test(text) &&
    /\[.*?\b(?:action|flags|loguid|origin|product):{1,2}"?/.test(text)
    ? yes(0.96, 'Check Point [key:"value"; ..]')
    : no('no Check Point list');
}

/** The exporter's generic and Splunk forms (`a=b|c=d`), its JSON and fw1-loggrabber hold the same fields without a list around them. */
const FLAT = /^(?=.*\b(?:loguid|ifdir|i\/f_dir)"?\s*[=:])(?=.*\borig(?:in)?"?\s*[=:])(?=.*\bproduct"?\s*[=:])/s;
const isFlat = (text: string): boolean =>
  (text.includes('loguid') || text.includes('ifdir') || text.includes('i/f_dir')) &&
  (/^\{/.test(text) || /\w=[^|]*\|\w+=/.test(text)) &&
  FLAT.test(text);

function flatPairs(text: string): Record<string, string> {
  if (text.startsWith('{')) return flatFields(text) ?? {};
  const first = text.search(/\w+=[^|=]*\|/);
  const out: Record<string, string> = {};
  for (const cell of text.slice(Math.max(0, first)).split('|')) {
    const equals = cell.indexOf('=');
    if (equals > 0) out[cell.slice(0, equals).trim()] ??= cell.slice(equals + 1).trim();
  }
  return out;
}

function fieldsOf(text: string, open: number): Record<string, string> {
  if (isFlat(text)) return flatPairs(text);
  if (open < 0) return {};
  return /\[Fields@/.test(text) ? parseKeyValues(text.slice(open + 1)) : pairs(text.slice(open));
}

function pairs(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const match of text.matchAll(PAIR)) {
    const key = match[1];
    if (key !== undefined) out[key] ??= (match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1').trim();
  }
  return out;
}

/** `conn_direction` is relative to the topology, `ifdir` to the interface. */
function directionIn(f: Record<string, string>): NetworkEvent['direction'] {
  const topology = directionOf(f['conn_direction']?.replace(/going$|coming$/, ''));
  const way = f['ifdir'] ?? f['i/f_dir'];
  return topology ?? directionAt(way === 'inbound' ? 'in' : way === 'outbound' ? 'out' : undefined, f['src']);
}

function viewerEvent(record: RawRecord, context: DecodeContext, head: RegExpExecArray): Decoded {
  const cells = [...record.text.matchAll(/"([^"\\]*(?:\\.[^"\\]*)*)"/g)].map((match) => match[1]?.trim());
  const [, day, month, year, clock] = head;
  const raw = `${month} ${day} ${year} ${clock}`;
  return decoded(
    networkEvent('checkpoint-syslog', record, {
      time: timeOr(record, parseMonthDay(raw, context.reference, context.zoneOffsetMin), raw, 'event'),
      clock: 'day time',
      inIf: cells[3],
      observer: cells[4],
      action: verdictOf(cells[6]),
      actionRaw: cells[6],
      dstPort: cells[7],
      srcPort: cells[8],
      srcIp: cells[9],
      dstIp: cells[10],
      transport: cells[11],
      ruleId: cells[12],
      rule: cells[13],
      initiator: 'src',
    }),
  );
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const viewer = VIEWER.exec(record.text);
  if (viewer !== null) return viewerEvent(record, context, viewer);
  const open = record.text.search(LIST);
  const f = fieldsOf(record.text, open);
  if (Object.keys(f).length < 2) return failed('no Check Point list');
  const plain = record.text.slice(0, Math.max(0, open)).replace(/([+-])-(\d):(\d\d)/, '$1' + '0$2:$3');
  const header = headerOf({ ...record, text: plain }, context);
  const own = parseEpoch(f['time'] ?? '') ?? parseIso(f['time'] ?? '', context.zoneOffsetMin);
  // A header without a zone may be a relay's.
  const useHeader = header.stamp !== undefined && (header.stamp.zone === 'explicit' || own === undefined);
  const stamp = useHeader ? header.stamp : own;
  const verdict = verdictOf(f['action'] ?? f['rule_action']);
  const nat = (port: string | undefined): string | undefined => (port === '0' ? undefined : port);
  return decoded(
    networkEvent('checkpoint-syslog', record, {
      time: timeOr(record, stamp, useHeader ? header.rawTime : (f['time'] ?? ''), 'event'),
      clock: useHeader ? 'syslog' : 'time',
      type: /IPS|SmartDefense|Threat|Anti/.test(f['product'] ?? '') && verdict !== 'allow' ? 'alert' : 'flow',
      action: verdict,
      actionRaw: f['action'] ?? f['rule_action'],
      srcIp: f['src'] ?? f['client_ip'] ?? f['endpoint_ip'],
      srcPort: f['s_port'],
      dstIp: f['dst'],
      dstPort: f['service'],
      query: f['dns_query'],
      bytesToDst: f['client_outbound_bytes'] ?? f['sent_bytes'],
      bytesToSrc: f['server_outbound_bytes'] ?? f['received_bytes'],
      url: f['resource'],
      domain: f['domain_name'] ?? f['dst_machine_name'] ?? urlHost(f['resource']),
      natSrcIp: f['xlatesrc'],
      natSrcPort: nat(f['xlatesport']),
      natDstIp: f['xlatedst'],
      natDstPort: nat(f['xlatedport']),
      transport: f['proto'],
      rule: f['rule_name'] ?? f['objectname'] ?? f['protection_name'] ?? f['attack'],
      ruleId: f['rule_uid'] ?? f['rule'],
      severity: severityOf(f['severity']),
      severityRaw: f['severity'],
      direction: directionIn(f),
      zoneIn: f['inzone'],
      zoneOut: f['outzone'],
      observer: f['origin'] ?? f['orig'],
      host: header.host,
      flowId: f['loguid'],
      initiator: 'src',
    }),
  );
}
