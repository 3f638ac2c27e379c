import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { networkEvent } from '../../core/network/device.ts';
import { transportName } from '../../core/network/ip.ts';
import { hasPorts } from '../../core/network/network.ts';
import { headerNames, rowObject, splitRow } from '../../core/tables/table.ts';
import { eventTime, micros, parseIso } from '../../core/time/time.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Flow of one direction, as text. */
interface Flow {
  readonly first: string;
  /** `30.000` seconds, or `00:00:30.000`. */
  readonly lasted: string;
  readonly transport: string;
  readonly src: string;
  readonly srcPort: string;
  readonly dst: string;
  /** Of ICMP `type.code`. */
  readonly dstPort: string;
  readonly flags: string | undefined;
  readonly bytes: string | undefined;
}

const TABLE = /^Date first seen\s.*\bSrc IP Addr:Port\b/;
/** `line`, `long` and what begins like them; a colon stands before a port of version 4, a dot before one of version 6. */
const ROW =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})?)\s+((?:\d\d:)*\d+\.\d+)\s+(\S+)\s+([\d.]+(?=:)|[0-9a-fA-F:]+(?=\.))[:.](\d+(?:\.\d+)?)\s+->\s+([\d.]+(?=:)|[0-9a-fA-F:]+(?=\.))[:.](\d+(?:\.\d+)?)\s+(?:([.A-Z]{6,8})\s+\d+\s+)?(?:[\d.]+(?: [KMGT])?\s+)([\d.]+(?: [KMGT])?)(?:\s|$)/;
const CSV = /^(?:ts,te,td,sa,da,sp,dp,pr,|(?:cnt,af,)?firstSeen,)/;
/** What is printed below the flows, and the columns of that with their one row. */
const FOOTER = /^(?:Summary(?:: total flows:|$)|Time window:|Total (?:flows|records) processed|Sys:|No matched flows)/;
const TOTALS = /^flows,bytes,packets,/;
const TOTAL = /^\d+(?:,\d+){5}$/;

/** Flows that nfdump prints: tables and `-o csv`. nfdump(1), "OUTPUT FORMATS". */
export const nfdump: Format = {
  id: 'nfdump',
  title: 'nfdump tables and CSV',
  roles: ['flow'],
  framing: 'auto',
  status: 'documented',
  clock: 'first packet of the flow, local time without a zone; `-o csv` of version 1.6 writes whole seconds',
  traps: [
    'each direction is its own flow, and who opened it is told by a SYN without an ACK alone',
    'addresses of version 6 are cut short without -6',
    'aggregated flows (-a, -A) name no ports',
  ],
  claims,
  sniff,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (TABLE.test(text)) return yes(0.97, 'column header of nfdump');
  if (CSV.test(text)) return yes(0.97, 'CSV header of nfdump');
  if (ROW.test(text)) return yes(0.9, 'flow of nfdump');
  return CELLS.test(text) ? yes(0.7, 'row like those of nfdump') : no('no flow of nfdump');
}

/** A header speaks for the whole file: other flow logs have names of columns that are like these. */
function sniff(sample: Sample): Sniff {
  const text = sample.records[0]?.text ?? '';
  return CSV.test(text) || TABLE.test(text) ? yes(0.99, 'header of nfdump') : sniffMean(sample, claims);
}

/** A row of CSV: first and last packet, or the first and how long the flow lasted. */
const CELLS =
  /^(?:\d+,\d+,)?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})?,(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})?,)? *\d+\.\d{1,3},[\w.:]+,/;

function open(context: DecodeContext): Decoder {
  let header: readonly string[] | undefined;
  let isBelow = false;
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    if (TABLE.test(text)) return skipped('header');
    if (CSV.test(text)) {
      header = headerNames(text, ',');
      return skipped('header');
    }
    const isTotal = isBelow && TOTAL.test(text);
    isBelow = TOTALS.test(text);
    if (isBelow || isTotal || FOOTER.test(text)) return skipped('summary');
    const flow = CELLS.test(text) && header !== undefined ? cellsOf(text, header) : rowOf(text);
    return flow === undefined ? failed('no flow under a header of nfdump') : eventOf(record, flow, context);
  };
  return { decode };
}

function rowOf(text: string): Flow | undefined {
  const match = ROW.exec(text);
  if (match === null) return undefined;
  const [, first = '', lasted = '', transport = '', src = '', srcPort = '', dst = '', dstPort = '', flags, bytes] =
    match;
  return { first, lasted, transport, src, srcPort, dst, dstPort, flags, bytes };
}

/** Names of version 1.6, and those of 1.7. */
function cellsOf(text: string, header: readonly string[]): Flow {
  const row = rowObject(header, splitRow(text));
  const cell = (older: string, newer: string): string => (row[older] ?? row[newer] ?? '').trim();
  const first = cell('ts', 'firstSeen');
  return {
    first,
    lasted: cell('td', 'duration') || secondsBetween(first, cell('te', 'lastSeen')),
    transport: cell('pr', 'proto'),
    src: cell('sa', 'srcAddr'),
    srcPort: cell('sp', 'srcPort'),
    dst: cell('da', 'dstAddr'),
    dstPort: cell('dp', 'dstPort'),
    flags: cell('flg', 'flags') || undefined,
    bytes: cell('ibyt', 'bytes') || undefined,
  };
}

function secondsBetween(first: string, last: string): string {
  const [from, to] = [parseIso(first), parseIso(last)];
  return from === undefined || to === undefined ? '0' : String((to.at - from.at) / 1_000_000);
}

function eventOf(record: RawRecord, flow: Flow, { zoneOffsetMin }: DecodeContext): Decoded {
  const stamp = parseIso(flow.first, zoneOffsetMin);
  if (stamp === undefined) return failed('no time');
  const transport = transportName(flow.transport);
  const ports = hasPorts(transport);
  const seconds = flow.lasted.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const hi = micros(stamp.at + Math.round((Number.isFinite(seconds) ? seconds : 0) * 1_000_000) + stamp.stepUs);
  const isOpening = transport === 'tcp' && /S/.test(flow.flags ?? '') && !/A/.test(flow.flags ?? '');
  const [, type, code] = transport?.startsWith('icmp') ? (/^(\d+)\.(\d+)$/.exec(flow.dstPort) ?? []) : [];
  const event = networkEvent('nfdump', record, {
    time: eventTime(stamp, { raw: flow.first, basis: 'flow-start', hi, observed: record.observed }),
    clock: 'first seen',
    srcIp: flow.src,
    srcPort: ports ? flow.srcPort : undefined,
    dstIp: flow.dst,
    dstPort: ports ? flow.dstPort : undefined,
    transport: flow.transport,
    icmp: type === undefined ? undefined : { type: Number(type), code: Number(code) },
    initiator: isOpening ? 'src' : undefined,
    state: flow.flags,
    // Numbers of tables are rounded where they are long.
    bytesToDst: /^\d+$/.test(flow.bytes ?? '') ? flow.bytes : undefined,
  });
  return event.src.ip === undefined || event.dst.ip === undefined ? failed('no whole addresses') : decoded(event);
}
