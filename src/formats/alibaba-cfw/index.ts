import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, compact, numberOf, textOf } from '../../core/json/json.ts';
import { domainName, parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import {
  firstSlsRow,
  isSlsHeader,
  openSls,
  type SlsReader,
  type SlsRow,
  slsIngested,
  slsStamp,
  slsText,
  sniffSls,
} from '../../core/products/sls.ts';
import { eventTime, micros } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { lookAtSessions } from './look.ts';

const HEADER = ['src_ip', 'dst_ip', 'rule_result'] as const;
const ACTIONS = wordTable<NetworkEvent['action']>({ pass: 'allow', alert: 'alert', drop: 'deny' });
/** Without a session start only the ingestion time is left, which is minutes late. */
const INGESTION_DELAY_US = 600_000_000;

/** Cloud Firewall traffic and IPS records of Alibaba's log service. */
export const alibabaCfw: Format = {
  id: 'alibaba-cfw',
  title: 'Alibaba Cloud Firewall log (Internet, NAT, VPC, IPS, DNS)',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'documented',
  clock: '`start_time`/`end_time`: session start and end, whole epoch seconds; `__time__` is ingestion, minutes later',
  traps: [
    'outbound records of the Internet firewall show the public address; `src_private_ip` stands there only in some exports',
    'an all-zero UUID means that no rule hit',
    'the record comes at session end: a tunnel alarms hours after it was opened',
  ],
  claims,
  sniff: (sample) => sniffSls(sample, claims),
  open: (context) => openSls(HEADER, (record, reader) => decode(record, reader, context)),
  isInOrder: true,
  headings: '',
  look: lookAtSessions,
};

function claims({ text, json: document }: SniffRecord): Sniff {
  const json = firstSlsRow(document);
  if (json === undefined) {
    return isSlsHeader(text, HEADER) ? yes(0.97, 'CSV header of Cloud Firewall') : no('not a Cloud Firewall record');
  }
  const has = (key: string): boolean => (at(json, key) ?? undefined) !== undefined;
  if (!has('src_ip')) return no('no src_ip');
  if (textOf(at(json, '__topic__'))?.startsWith('cloudfirewall_')) return yes(0.98, 'topic of Cloud Firewall');
  return has('rule_result') && ['app_dpi_state', 'acl_rule_id', 'ips_rule_id'].some(has)
    ? yes(0.96, 'rule_result and rule ids of Cloud Firewall')
    : no('no fields of Cloud Firewall');
}

function decode(record: RawRecord, reader: SlsReader, context: DecodeContext): Decoded {
  const row = reader.read(record);
  if (row === 'header') return skipped('header');
  if (row === undefined) return failed('neither JSON nor a row under a header');
  const src = parseIp(slsText(row, 'src_ip') ?? '');
  const dst = parseIp(slsText(row, 'dst_ip') ?? '');
  const domain = domainName(slsText(row, 'domain', 'dst_domain'));
  if (src === undefined && dst === undefined) return failed('no address');
  const time = timeOf(row, context);
  if (time === undefined) return failed('no time');
  const actionRaw = slsText(row, 'rule_result');
  const action = ACTIONS[(actionRaw ?? '').toLowerCase()] ?? 'unknown';
  const type = typeOf(row, action);
  const event: NetworkEvent = compact({
    kind: 'network' as const,
    format: 'alibaba-cfw',
    clock: slsText(row, 'start_time') === undefined ? '__time__' : 'start_time',
    time,
    ref: record.ref,
    type,
    action,
    actionRaw,
    src: compact({ ip: src, port: parsePort(row['src_port']) }),
    dst: compact({ ip: dst, port: parsePort(row['dst_port']), domain }),
    transport: transportName(slsText(row, 'ip_protocol')),
    direction: directionOf(row),
    nat: natOf(row),
    rule: ruleOf(row),
    severity: severityOf(row['vul_level']),
    severityRaw: slsText(row, 'vul_level'),
    seq: numberOf(slsText(row, 'tcp_seq')),
    dns: type === 'dns' && domain !== undefined ? { name: domain } : undefined,
    http: httpOf(row),
    bytes: bytesOf(row),
    observer: slsText(row, 'firewall_id', 'cloud_instance_id'),
    state: slsText(row, 'app_dpi_state'),
  });
  return decoded(event);
}

function timeOf(row: SlsRow, { zoneOffsetMin }: DecodeContext): EventTime | undefined {
  const observed = slsIngested(row, zoneOffsetMin);
  const raw = slsText(row, 'start_time');
  const start = slsStamp(raw, zoneOffsetMin);
  if (raw !== undefined && start !== undefined) {
    const end = slsStamp(slsText(row, 'end_time'), zoneOffsetMin);
    const hi = micros(Math.max(start.at + start.stepUs, end?.at ?? 0));
    return eventTime(start, { raw, basis: 'flow-start', hi, observed });
  }
  const ingestedRaw = slsText(row, '__time__');
  const ingested = slsStamp(ingestedRaw, zoneOffsetMin);
  if (ingested === undefined) return undefined;
  return eventTime(ingested, { raw: ingestedRaw ?? '', basis: 'receipt', beforeUs: INGESTION_DELAY_US });
}

function typeOf(row: SlsRow, action: NetworkEvent['action']): NetworkEvent['type'] {
  const log = slsText(row, 'log_type') ?? '';
  if (log === 'dns_firewall_log') return 'dns';
  if (log.endsWith('_ips_log')) return 'alert';
  return action === 'alert' && slsText(row, 'ips_rule_id', 'ips_ai_rule_id') !== undefined ? 'alert' : 'flow';
}

function directionOf(row: SlsRow): NetworkEvent['direction'] | undefined {
  // The VPC firewall writes `out` for everything.
  if (/^vpc_/.test(slsText(row, 'log_type') ?? '')) return 'internal';
  const direction = slsText(row, 'direction')?.toLowerCase();
  return direction === 'out' ? 'outbound' : direction === 'in' ? 'inbound' : undefined;
}

function natOf(row: SlsRow): NetworkEvent['nat'] | undefined {
  const srcIp = parseIp(slsText(row, 'src_private_ip') ?? '');
  return srcIp === undefined ? undefined : { srcIp };
}

function ruleOf(row: SlsRow): NetworkEvent['rule'] | undefined {
  const rule = compact({
    id: slsText(row, 'ips_rule_id', 'ips_ai_rule_id', 'acl_rule_id', 'loose_allow_acl_id'),
    name: slsText(row, 'ips_rule_name_en', 'attack_type_name_en', 'ips_rule_name', 'attack_type_name', 'acl_rule_name'),
    category: slsText(row, 'attack_type_name_en', 'attack_type_name'),
  });
  return Object.keys(rule).length === 0 ? undefined : rule;
}

function severityOf(level: string | undefined): number | undefined {
  return level === '1' || level === '2' || level === '3' ? Number(level) : undefined;
}

function httpOf(row: SlsRow): NetworkEvent['http'] | undefined {
  const url = slsText(row, 'url');
  return url === undefined ? undefined : compact({ url, host: domainName(slsText(row, 'domain')) });
}

/** `in` and `out` are seen from the protected side. */
function bytesOf(row: SlsRow): NetworkEvent['bytes'] | undefined {
  const inward = numberOf(row['in_packet_bytes']);
  const outward = numberOf(row['out_packet_bytes']);
  if (inward === undefined && outward === undefined) return undefined;
  return row['direction'] === 'in'
    ? compact({ toDst: inward, toSrc: outward })
    : compact({ toDst: outward, toSrc: inward });
}
