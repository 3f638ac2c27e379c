import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp, transportName } from '../../core/network/ip.ts';
import {
  bytesOf,
  directionOf,
  endpointOf,
  hasPorts,
  instantOf,
  isPlaced,
  networkEvent,
  ruleOf,
  timeOf,
  wordOf,
} from '../../core/network/network.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Action, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

/** Flows as traffic analytics puts them together. Azure Network Watcher, "Traffic analytics schema and data aggregation". */
export const azureTrafficAnalytics: Format = {
  id: 'azure-traffic-analytics',
  title: 'Azure traffic analytics (NTANetAnalytics, AzureNetworkAnalytics_CL)',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`FlowStartTime` and `FlowEndTime`: first and last of the flows that were put together, UTC, up to an hour apart',
  traps: [
    'source ports are lost: flows of one client to one port are one row',
    'public addresses stand in lists of their own, many in one row',
    '`TimeGenerated` is when the row was made, up to an hour later',
  ],
  claims,
  open: () => ({ decode }),
};

type Row = Readonly<Record<string, unknown>>;

/** Members without the ending of their type, by which custom logs name them, in small letters: the tables differ in both. */
function rowIn(json: unknown): Row | undefined {
  if (!isObject(json) || !Object.keys(json).some((key) => /^FlowStatus(?:_s)?$/.test(key))) return undefined;
  const row = plainNames(json);
  const isRow = 'flowdirection' in row && 'flowtype' in row && ('srcip' in row || 'srcpublicips' in row);
  return isRow ? row : undefined;
}

function plainNames(json: JsonObject): Row {
  const out: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(json)) out[key.replace(/_[stdgb]$/, '').toLowerCase()] = value;
  return out;
}

function claims({ json }: SniffRecord): Sniff {
  return rowIn(json) === undefined
    ? no('no row of traffic analytics')
    : yes(0.97, 'FlowStatus, FlowDirection and FlowType');
}

const STATUSES = wordTable<Action>({ A: 'allow', ALLOWED: 'allow', D: 'deny', DENIED: 'deny' });

function decode(record: RawRecord): Decoded {
  const row = rowIn(tryJson(record.text));
  if (row === undefined) return failed('no row of traffic analytics');
  const transport = transportOf(wordOf(row['l4protocol']));
  const port = hasPorts(transport) ? wordOf(row['destport']) : undefined;
  const events: NetworkEvent[] = [];
  const [sources, ends] = [endsOf(row['srcip'], row['srcpublicips']), endsOf(row['destip'], row['destpublicips'])];
  // Octets of the row are those of all its addresses.
  const bytes = sources.length * ends.length === 1 ? octetsOf(row) : undefined;
  for (const src of sources)
    for (const dst of ends)
      if (isPlaced(src.end) && isPlaced(dst.end))
        events.push(
          flowOf(record, row, {
            src: src.end,
            dst: endpointOf(dst.end.ip, port),
            transport,
            started: src.started ?? dst.started,
            bytes,
          }),
        );
  return events.length === 0 ? skipped('flow without both addresses') : decoded(...events);
}

interface End {
  readonly end: Endpoint;
  /** Flows that began, where the list of public addresses tells. */
  readonly started?: number;
}

/** The address, or those of the list: `IP|started|ended|packets|packets|bytes|bytes`, entries divided by blanks or bars. */
function endsOf(ip: unknown, list: unknown): readonly End[] {
  const own = endpointOf(wordOf(ip));
  if (own.ip !== undefined) return [{ end: own }];
  const cells = (textOf(list) ?? '').split(/[|\s,;]+/);
  return cells.flatMap((cell, i) => {
    const address = parseIp(cell);
    if (address === undefined) return [];
    const started = numberOf(cells[i + 1]);
    return [started === undefined ? { end: { ip: address } } : { end: { ip: address }, started }];
  });
}

function transportOf(word: string | undefined): string | undefined {
  if (word === 'T') return 'tcp';
  return word === 'U' ? 'udp' : transportName(word);
}

interface Flow {
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly transport: string | undefined;
  readonly started: number | undefined;
  readonly bytes: NetworkEvent['bytes'];
}

const octetsOf = (row: Row): NetworkEvent['bytes'] =>
  bytesOf(row['bytessrctodest'] ?? row['outboundbytes'], row['bytesdesttosrc'] ?? row['inboundbytes']);

function flowOf(record: RawRecord, row: Row, { src, dst, transport, started, bytes }: Flow): NetworkEvent {
  const status = wordOf(row['flowstatus']);
  const direction = directionOf(row['flowdirection']);
  const ruled = STATUSES[status?.toUpperCase() ?? ''] ?? 'unknown';
  const isMalicious = row['flowtype'] === 'MaliciousFlow' && direction === 'outbound' && ruled !== 'deny';
  const count =
    started ??
    total(row, ruled === 'deny' ? ['deniedinflows', 'deniedoutflows'] : ['allowedinflows', 'allowedoutflows']);
  return networkEvent(record, {
    format: 'azure-traffic-analytics',
    clock: 'FlowStartTime',
    time: windowOf(record, row),
    type: 'flow',
    action: isMalicious ? 'alert' : ruled,
    actionRaw: status,
    src,
    dst,
    initiator: 'src',
    transport,
    direction,
    rule: ruleOf(
      row['aclrule'] ?? row['nsgrule'],
      row['aclgroup'] ?? row['nsglist'],
      row['threattype'] ?? row['flowtype'],
    ),
    observer: wordOf(row[direction === 'inbound' ? 'destnic' : 'srcnic'] ?? row['nic']),
    count: count > 1 ? count : undefined,
    bytes,
  });
}

const total = (row: Row, keys: readonly string[]): number =>
  keys.reduce((sum, key) => sum + (numberOf(row[key]) ?? 0), 0);

const SECOND_US = 1_000_000;

function windowOf(record: RawRecord, row: Row): NetworkEvent['time'] {
  const start = row['flowstarttime'] ?? row['flowintervalstarttime'];
  const end = instantOf(row['flowendtime'] ?? row['flowintervalendtime']);
  const observed = instantOf(row['timegenerated']) ?? record.observed;
  const hi = end === undefined ? undefined : ((end + SECOND_US) as Micros);
  return timeOf(start, record, compact({ basis: 'window' as const, beforeUs: SECOND_US, hi, observed }));
}
