import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
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
  sniffSls,
} from '../../core/products/sls.ts';
import { eventTime } from '../../core/time/time.ts';
import type { DnsEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEADER = ['query_name', 'src_addr', 'answer_rrset'] as const;
const TOPIC = /^dns_(?:intranet|resolve)_log$/;
/** The record is written behind the answer and stamped by the service. */
const DELAY_US = 60_000_000;

/** Lookups that Alibaba's resolvers answered: of machines in a VPC (PrivateZone), or of public zones. */
export const alibabaDns: Format = {
  id: 'alibaba-dns',
  title: 'Alibaba Cloud DNS log (PrivateZone, public zones)',
  roles: ['dns'],
  framing: 'auto',
  status: 'documented',
  clock: '`__time__`: epoch seconds, when the service wrote the record',
  traps: [
    'modules of the resolver write records of their own: only the global one is a lookup of a client',
    'names that a local cache holds are not asked again',
    'the source is the machine or Pod that asked, or the resolver of its cluster',
  ],
  describesHosts: true,
  claims,
  sniff: (sample) => sniffSls(sample, claims),
  open: (context) => openSls(HEADER, (record, reader) => decode(record, reader, context)),
};

function claims({ text, json }: SniffRecord): Sniff {
  const row = json === undefined ? undefined : slsRow(firstSlsRow(json));
  if (TOPIC.test(row?.['__topic__'] ?? '')) return yes(0.98, 'topic of Alibaba DNS');
  const own = row === undefined ? isSlsHeader(text, HEADER) : HEADER.every((name) => row[name] !== undefined);
  return own ? yes(0.96, 'query_name, src_addr and answer_rrset') : no('no DNS log');
}

function decode(record: RawRecord, reader: SlsReader, { zoneOffsetMin }: DecodeContext): Decoded {
  const row = reader.read(record);
  if (row === 'header') return skipped('header');
  if (row === undefined) return failed('neither JSON nor a row under a header');
  const name = domainName(slsText(row, 'query_name'));
  const raw = slsText(row, '__time__');
  const stamp = slsStamp(raw, zoneOffsetMin);
  if (stamp === undefined || raw === undefined) return failed('no __time__');
  if (name === undefined) return skipped('lookup without a name');
  const module = slsText(row, 'module_type');
  if (module !== undefined && module !== 'GLOBAL') return skipped('a module of the resolver');
  const client = compact({ ip: parseIp(slsText(row, 'src_addr') ?? ''), port: parsePort(row['src_port']) });
  const answers = answersOf(row);
  const lookup: DnsEvent = compact({
    kind: 'dns' as const,
    op: answers.length > 0 ? ('answer' as const) : ('query' as const),
    format: 'alibaba-dns',
    clock: '__time__',
    time: eventTime(stamp, { raw, basis: 'emit', beforeUs: DELAY_US }),
    ref: record.ref,
    name,
    qtype: slsText(row, 'query_type'),
    client: client.ip === undefined ? undefined : client,
    upstream: parseIp(slsText(row, 'dst_addr') ?? ''),
    answers: answers.length > 0 ? answers : undefined,
    rcode: slsText(row, 'rcode'),
    transport: transportName(slsText(row, 'transport')),
    host: slsText(row, 'ecs_hostname', 'ecs_id'),
  });
  return decoded(lookup);
}

/** Addresses among the resource records, however they are divided. */
function answersOf(row: SlsRow): readonly string[] {
  const parts = (slsText(row, 'answer_rrset') ?? '').split(/[\s,;|"'[\]{}()]+/);
  return parts.map((part) => parseIp(part)).filter((ip) => ip !== undefined);
}
