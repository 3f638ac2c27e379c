import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { compact, numberOf } from '../../core/json/json.ts';
import { domainName, parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import {
  firstSlsRow,
  isSlsHeader,
  openSls,
  type SlsReader,
  type SlsRow,
  slsRow,
  slsStamp,
  slsText,
} from '../../core/products/sls.ts';
import { eventTime, timeFromObserved } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { DnsEvent, Event, NetworkEvent, ProcessEvent, SocketTuple } from '../../model/event.ts';
import type { Decoded, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime, TimeBasis } from '../../model/time.ts';

const HEADER = ['__topic__', 'uuid'] as const;
/** Columns of processes, sockets, lookups and alerts. */
const OWN = /\b(?:proc_path|proc_name|cmdline|query_name|data_source|src_ip)\b/;
const TOPIC = /^(?:aegis-log-|sas-|local-dns$)/;
/** The agent compares socket tables every 10 s to 1 min. */
const SNAPSHOT_US = 60_000_000;
/** Session and HTTP records arrive 1 to 12 hours late. */
const LATE_US = 12 * 3_600_000_000;
const LEVELS = wordTable<number>({ remind: 1, suspicious: 2, serious: 3 });
const STATES = wordTable<string>({
  '1': 'closed',
  '2': 'listen',
  '3': 'syn-sent',
  '4': 'syn-received',
  '5': 'established',
});

interface Reading {
  readonly row: SlsRow;
  readonly record: RawRecord;
  readonly zoneOffsetMin: number;
}

/** Security Center of Alibaba Cloud: host sockets, processes, alerts, DNS. */
export const alibabaSas: Format = {
  id: 'alibaba-sas',
  title: 'Alibaba Security Center log',
  roles: ['violation', 'process', 'socket', 'dns', 'flow'],
  framing: 'auto',
  status: 'documented',
  clock: 'ingestion time `__time__`; v2 process records add `start_time`, DNS records have their own epochs',
  traps: [
    'socket records are differences of snapshots every 10 s to 1 min: short flows are missed',
    'pids are those of the host; older records name no container',
    'session and HTTP records come 1 to 12 hours late',
    '`anwser_name` is spelt so',
  ],
  claims,
  sniff,
  open: ({ zoneOffsetMin }) => openSls(HEADER, (record, reader) => decode(record, reader, zoneOffsetMin)),
};

/** Rows of a CSV bear no name of their own: their header is asked. */
function sniff(sample: Sample): Sniff {
  const [first] = sample.records;
  if (first === undefined || first.json !== undefined) return sniffMean(sample, claims);
  return isSlsHeader(first.text, HEADER) && OWN.test(first.text)
    ? yes(0.96, 'CSV header with __topic__ and uuid')
    : no('no header of Security Center');
}

function claims({ json }: SniffRecord): Sniff {
  const topic = slsRow(firstSlsRow(json))?.['__topic__'];
  return topic !== undefined && TOPIC.test(topic)
    ? yes(0.98, 'topic of Security Center')
    : no('no topic of Security Center');
}

function decode(record: RawRecord, reader: SlsReader, zoneOffsetMin: number): Decoded {
  const row = reader.read(record);
  if (row === 'header') return skipped('header');
  if (row === undefined) return failed('neither JSON nor a row under a header');
  const event = eventOf({ row, record, zoneOffsetMin });
  return event === undefined ? skipped(`topic ${row['__topic__'] ?? 'missing'}`) : decoded(event);
}

function eventOf(reading: Reading): Event | undefined {
  switch (reading.row['__topic__']) {
    case 'aegis-log-network':
      return socketEvent(reading);
    case 'aegis-log-process':
      return processEvent(reading);
    case 'sas-security-log':
      return alertEvent(reading);
    case 'sas-net-block':
      return flowEvent(reading, 'deny');
    case 'sas-log-session':
    case 'sas-log-http':
      return flowEvent(reading, 'allow');
    case 'aegis-log-dns-query':
    case 'local-dns':
    case 'sas-log-dns':
      return dnsEvent(reading);
    default:
      return undefined;
  }
}

interface Placed {
  readonly format: string;
  readonly clock: string;
  readonly time: EventTime;
  readonly ref: RawRecord['ref'];
}

/** Time from the first named field that holds one, else from ingestion. */
function placed(reading: Reading, own: readonly string[], late: { basis: TimeBasis; beforeUs: number }): Placed {
  const { row, record, zoneOffsetMin } = reading;
  const base = { format: 'alibaba-sas', ref: record.ref };
  for (const key of own) {
    const raw = slsText(row, key);
    const stamp = slsStamp(raw, zoneOffsetMin);
    if (raw !== undefined && stamp !== undefined)
      return { ...base, clock: key, time: eventTime(stamp, { raw, basis: 'event' }) };
  }
  const raw = slsText(row, '__time__');
  const stamp = slsStamp(raw, zoneOffsetMin);
  if (raw === undefined || stamp === undefined)
    return { ...base, clock: 'received', time: timeFromObserved(record.observed) };
  return { ...base, clock: '__time__', time: eventTime(stamp, { raw, ...late }) };
}

function hostOf(row: SlsRow): string | undefined {
  return slsText(row, 'ip', 'host_ip', 'instance_id', 'uuid');
}

function tupleOf(row: SlsRow): SocketTuple | undefined {
  const src = compact({ ip: parseIp(slsText(row, 'src_ip') ?? ''), port: parsePort(row['src_port']) });
  const dst = compact({ ip: parseIp(slsText(row, 'dst_ip') ?? ''), port: parsePort(row['dst_port']) });
  if (src.ip === undefined && dst.ip === undefined) return undefined;
  const transport = transportName(slsText(row, 'proto')) ?? 'unknown';
  const inward = dst.ip !== undefined && dst.ip === row['ip'] && src.ip !== row['ip'];
  return inward ? { transport, local: dst, remote: src } : { transport, local: src, remote: dst };
}

function socketEvent(reading: Reading): ProcessEvent {
  const { row } = reading;
  const status = slsText(row, 'status');
  return compact({
    kind: 'process' as const,
    op: 'socket' as const,
    ...placed(reading, [], { basis: 'snapshot', beforeUs: SNAPSHOT_US }),
    host: hostOf(row),
    pid: numberOf(slsText(row, 'pid')),
    ppid: numberOf(slsText(row, 'ppid')),
    comm: slsText(row, 'proc_name'),
    exe: slsText(row, 'proc_path'),
    commandLine: slsText(row, 'cmdline', 'proc_cmdline'),
    containerId: slsText(row, 'container_id'),
    socket: tupleOf(row),
    state: status === undefined ? undefined : (STATES[status] ?? status),
  });
}

function processEvent(reading: Reading): ProcessEvent {
  const { row, zoneOffsetMin } = reading;
  return compact({
    kind: 'process' as const,
    op: 'exec' as const,
    ...placed(reading, ['proc_start_time', 'start_time'], { basis: 'emit', beforeUs: SNAPSHOT_US }),
    host: hostOf(row),
    pid: numberOf(slsText(row, 'pid')),
    ppid: numberOf(slsText(row, 'ppid')),
    uid: numberOf(slsText(row, 'uid')),
    comm: slsText(row, 'proc_name', 'filename'),
    exe: slsText(row, 'proc_path', 'filepath'),
    commandLine: slsText(row, 'cmdline'),
    start: slsStamp(slsText(row, 'proc_start_time', 'start_time'), zoneOffsetMin)?.at,
    containerId: slsText(row, 'container_id'),
  });
}

function alertEvent(reading: Reading): ProcessEvent {
  const { row } = reading;
  return compact({
    kind: 'process' as const,
    op: 'alert' as const,
    ...placed(reading, [], { basis: 'emit', beforeUs: SNAPSHOT_US }),
    host: hostOf(row),
    rule: compact({ id: slsText(row, 'unique_info'), name: slsText(row, 'name') }),
    severity: LEVELS[slsText(row, 'level') ?? ''],
    action: 'alert' as const,
  });
}

function flowEvent(reading: Reading, action: NetworkEvent['action']): NetworkEvent | undefined {
  const { row } = reading;
  const src = compact({ ip: parseIp(slsText(row, 'src_ip') ?? ''), port: parsePort(row['src_port']) });
  const dst = compact({
    ip: parseIp(slsText(row, 'dst_ip') ?? ''),
    port: parsePort(row['dst_port']),
    domain: domainName(slsText(row, 'host')),
  });
  if (src.ip === undefined && dst.ip === undefined) return undefined;
  const beforeUs = action === 'deny' ? SNAPSHOT_US : LATE_US;
  const url = slsText(row, 'url', 'uri');
  return compact({
    kind: 'network' as const,
    type: url === undefined ? ('flow' as const) : ('http' as const),
    ...placed(reading, ['start_time', 'session_time', 'time'], { basis: 'emit', beforeUs }),
    action,
    src,
    dst,
    transport: transportName(slsText(row, 'proto', 'ip_protocol')),
    http:
      url === undefined
        ? undefined
        : compact({ url, method: slsText(row, 'method', 'request_method'), host: dst.domain }),
  });
}

function dnsEvent(reading: Reading): DnsEvent | undefined {
  const { row } = reading;
  const name = domainName(slsText(row, 'query_name', 'qname', 'domain'));
  if (name === undefined) return undefined;
  const client = compact({
    ip: parseIp(slsText(row, 'src_ip', 'ip', 'client_ip') ?? ''),
    port: parsePort(row['src_port']),
  });
  const answers = (slsText(row, 'answer_rdata', 'answer_rda', 'answer', 'rdata') ?? '')
    .split(/[|,;\s]+/)
    .map((part) => parseIp(part))
    .filter((ip) => ip !== undefined);
  return compact({
    kind: 'dns' as const,
    op: answers.length > 0 ? ('answer' as const) : ('query' as const),
    ...placed(reading, ['query_datetime', 'time', 'start_time'], { basis: 'emit', beforeUs: SNAPSHOT_US }),
    name,
    qtype: slsText(row, 'query_type', 'qtype'),
    client: client.ip === undefined ? undefined : client,
    answers: answers.length > 0 ? answers : undefined,
    rcode: slsText(row, 'rcode', 'response_code'),
  });
}
