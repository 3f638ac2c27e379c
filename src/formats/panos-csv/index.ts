import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { networkEvent, severityOf, verdictOf } from '../../core/network/device.ts';
import { givenLease } from '../../core/network/given-lease.ts';
import { urlHost } from '../../core/network/ip.ts';
import { isPlaced } from '../../core/network/network.ts';
import { splitRow } from '../../core/tables/table.ts';
import { eventTime, parseIso, timeFromObserved } from '../../core/time/time.ts';
import type { Action, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime, Micros } from '../../model/time.ts';
import { lookAtTraffic } from './look.ts';
import { START } from './start.ts';

/**
 * High-resolution stamp with zone (PAN-OS 10). A device that still has the factory zone (US/Pacific) proves nothing by stating it:
 * there the local stamp is read in the zone the user gives, and marked assumed.
 */
const HIGH_RESOLUTION = /^(?!1970)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?!-0[78]:00)[+-]\d\d:\d\d$/;

/** Both stamps tell the same moment; apart by more than any zone can explain, the fine one was left by a replay. */
const ANY_ZONE_US = 26 * 3_600_000_000;

/** Coarse stamps are whole seconds. */
const STEP_US = 1_000_000;

/** `DHCP lease started ip 10.0.0.6 --> mac 02:00:00:00:00:06 - hostname node7, interface ethernet1/2`. */
const LEASE = /^DHCP lease (?:started|renewed) ip (\S+) --> mac ([0-9A-Fa-f:]+)(?: - hostname ([^\s,]+))?/;

/** Row types whose columns are those of a session. */
const SESSIONS = new Set(['TRAFFIC', 'THREAT', 'DECRYPTION', 'START', 'GTP', 'SCTP', 'TUNNEL']);

/** PAN-OS syslog: comma-separated rows whose columns are fixed per log type and only ever appended. */
export const panosCsv: Format = {
  id: 'panos-csv',
  title: 'Palo Alto PAN-OS syslog (CSV)',
  roles: ['violation', 'flow', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: 'generated time (column 7) of the data plane, device local without a zone, 1 s',
  traps: [
    'a TRAFFIC end row is written when the session ends; its start stands in column 36',
    '0.0.0.0 and port 0 in the NAT columns mean no translation',
    'receive time (column 2) is the management plane and may lag',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
  look: lookAtTraffic,
};

/** First row of an export of the web interface, whose columns are those of the log. */
const HEADER = /^\uFEFF?"?Domain"?,"?Receive Time"?,"?Serial #/;

function claims({ text }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.9, 'header of an exported PAN-OS log');
  return START.test(text) ? yes(0.97, 'PAN-OS columns: receive time, serial, log type') : no('no PAN-OS columns');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const match = START.exec(record.text);
  if (match === null) return HEADER.test(record.text) ? skipped('header') : failed('not a PAN-OS row');
  const from = match.index + (/^[ :,>]/.test(match[0]) ? 1 : 0);
  const cells = splitRow(record.text.slice(from)).map((cell) => cell.trim());
  const type = match[4] ?? '';
  const lease = type === 'SYSTEM' ? leaseOf(record, context, cells) : undefined;
  if (lease !== undefined) return decoded(lease);
  const event = eventOf(record, context, cells, type);
  if (event === undefined) return skipped(`PAN-OS ${type} row carries no connection`);
  return isPlaced(event.src) || isPlaced(event.dst) ? decoded(event) : skipped(`PAN-OS ${type} row without an address`);
}

function eventOf(
  record: RawRecord,
  context: DecodeContext,
  cells: readonly string[],
  type: string,
): NetworkEvent | undefined {
  if (SESSIONS.has(type)) return sessionEvent(record, context, cells, type);
  if (type === 'GLOBALPROTECT') return globalProtect(record, context, cells);
  if (['USERID', 'IPTAG', 'AUTH', 'AUTHENTICATION'].includes(type)) return single(record, context, cells, 8);
  if (type === 'HIPMATCH') return single(record, context, cells, 11, cells[12]);
  if (type === 'CONFIG' || type === 'CORRELATION') return single(record, context, cells, 7);
  if (type === 'SYSTEM') return system(record, context, cells);
  return undefined;
}

function timeOf(record: RawRecord, context: DecodeContext, cells: readonly string[], ended: boolean): EventTime {
  const coarse = cells[6] || cells[1] || '';
  const written = parseIso(coarse, context.zoneOffsetMin);
  const fineText = cells.findLast((cell) => HIGH_RESOLUTION.test(cell));
  const fine = parseIso(fineText ?? '', context.zoneOffsetMin);
  const useFine = fine !== undefined && (written === undefined || Math.abs(fine.at - written.at) < ANY_ZONE_US);
  const stamp = useFine ? fine : written;
  const raw = useFine ? (fineText ?? '') : coarse;
  if (stamp === undefined) return timeFromObserved(record.observed);
  const start = ended ? parseIso(cells[35] ?? '', context.zoneOffsetMin) : undefined;
  // Both coarse stamps are of one clock, whose zone only the fine one tells.
  const began = (start?.at ?? stamp.at) + stamp.at - (stamp.at % STEP_US) - (written?.at ?? stamp.at);
  return eventTime(stamp, {
    raw,
    basis: ended ? 'flow-end' : 'packet',
    beforeUs: STEP_US,
    ...(start !== undefined && began <= stamp.at ? { lo: began as Micros } : {}),
    observed: record.observed,
  });
}

function sessionEvent(record: RawRecord, context: DecodeContext, cells: readonly string[], type: string) {
  const traffic = type === 'TRAFFIC';
  const threat = type === 'THREAT';
  const subtype = cells[4] ?? '';
  const action = cells[30] ?? '';
  const url = threat && subtype === 'url' ? cells[31] : undefined;
  const outcome = verdict(type, subtype, action);
  const signature = threat ? (cells[32] ?? '').replace(/\(\d+\)$/, '') : undefined;
  return networkEvent('panos-csv', record, {
    time: timeOf(record, context, cells, traffic && subtype === 'end'),
    clock: 'generated_time',
    type: threat ? threatType(subtype, outcome) : 'flow',
    action: outcome,
    actionRaw: action,
    srcIp: cells[7],
    dstIp: cells[8],
    natSrcIp: cells[9],
    natDstIp: cells[10],
    rule: inspectionRule(cells, type) || cells[11],
    ruleId: threat ? /\((\d+)\)$/.exec(cells[32] ?? '')?.[1] : undefined,
    // The name of the signature says more than the category of the URL; URL rows have none.
    ruleCategory: threat ? signature || cells[33] : undefined,
    zoneIn: cells[16],
    zoneOut: cells[17],
    inIf: cells[18],
    outIf: cells[19],
    flowId: cells[22],
    count: Number(cells[23]) > 1 ? Number(cells[23]) : undefined,
    srcPort: cells[24],
    dstPort: cells[25],
    natSrcPort: cells[26],
    natDstPort: cells[27],
    // SCTP rows hold one column more before the protocol.
    transport: type === 'SCTP' ? cells[30] : cells[29],
    url,
    method: url === undefined ? undefined : cells[63],
    userAgent: url === undefined ? undefined : cells[46],
    domain: urlHost(url) ?? (type === 'DECRYPTION' ? cells[63] : undefined),
    query: threat && cells[14]?.startsWith('dns') ? askedName(cells[31] || signature) : undefined,
    bytesToDst: traffic ? cells[32] : undefined,
    bytesToSrc: traffic ? cells[33] : undefined,
    severity: threat ? severityOf(cells[34]) : undefined,
    severityRaw: threat ? cells[34] : undefined,
    // A threat seen in the answer names the server as source: the client opened the session.
    initiator: traffic ? 'src' : threat ? (cells[35]?.includes('server-to-client') ? 'dst' : 'src') : undefined,
    observer: threat ? cells[59] : traffic ? cells[52] : undefined,
    state: traffic ? cells[46] : undefined,
  });
}

/** DNS signatures write the name alone, or as `Suspicious DNS Query (generic:name)` or `Tunneling:name`. */
const askedName = (text: string | undefined): string | undefined =>
  /\((?:[\w-]+:)?([^\s():]+)\)$/.exec(text ?? '')?.[1] ??
  urlHost(/^[A-Z][\w -]*:(?!\/\/)(\S+\.\S+)$/i.exec(text ?? '')?.[1] ?? text);

/**
 * `alert` of data, file and url filtering lets the session pass; of signatures it is an alert.
 * A TRAFFIC row of a dropped or denied session may still say `allow`: the rule let it through, the application check did not.
 */
function verdict(type: string, subtype: string, action: string): Action | undefined {
  if (type === 'TRAFFIC' && (subtype === 'drop' || subtype === 'deny')) return 'deny';
  return action === 'alert' && /^(?:data|file|url)$/.test(subtype) ? 'allow' : verdictOf(action);
}

/** Data, file and URL filtering also log what they let pass: that is traffic. */
function threatType(subtype: string, outcome: Action | undefined): NetworkEvent['type'] {
  if (outcome !== 'allow' || !/^(?:data|file|url)$/.test(subtype)) return 'alert';
  return subtype === 'url' ? 'http' : 'flow';
}

/** Tunnel rows are written by the tunnel inspection rule, which stands late in the row. */
function inspectionRule(cells: readonly string[], type: string): string | undefined {
  if (type === 'GTP') return cells[78];
  return type === 'START' || type === 'TUNNEL' ? cells[63] : undefined;
}

function globalProtect(record: RawRecord, context: DecodeContext, cells: readonly string[]) {
  return networkEvent('panos-csv', record, {
    time: timeOf(record, context, cells, false),
    clock: 'generated_time',
    srcIp: unset(cells[17]) ? (unset(cells[18]) ? cells[15] || cells[16] : cells[18]) : cells[17],
    natSrcIp: cells[15] || cells[16],
    host: cells[14],
  });
}

const unset = (cell: string | undefined): boolean => cell === undefined || /^(?:|0\.0\.0\.0|::)$/.test(cell);

function single(
  record: RawRecord,
  context: DecodeContext,
  cells: readonly string[],
  column: number,
  rule?: string | undefined,
) {
  return networkEvent('panos-csv', record, {
    time: timeOf(record, context, cells, false),
    clock: 'generated_time',
    srcIp: cells[column],
    rule,
  });
}

/** What the DHCP server of an interface says of an address it gave. */
function leaseOf(record: RawRecord, context: DecodeContext, cells: readonly string[]) {
  const [, ip, mac, name] = LEASE.exec(cells[14] ?? '') ?? [];
  const time = timeOf(record, context, cells, false);
  return givenLease(record, { format: 'panos-csv', clock: 'generated_time', time, ip, mac, name });
}

function system(record: RawRecord, context: DecodeContext, cells: readonly string[]) {
  const text = cells[14] ?? '';
  return networkEvent('panos-csv', record, {
    time: timeOf(record, context, cells, false),
    clock: 'generated_time',
    srcIp: /(?:From|from|IP|client address):? (\d+(?:\.\d+){3})/.exec(text)?.[1],
    dstIp: /server address:? '?(\d+(?:\.\d+){3})/.exec(text)?.[1],
  });
}
