import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { networkEvent } from '../../core/network/device.ts';
import { hasPorts } from '../../core/network/network.ts';
import { eventTime, micros, parseEpoch, parseIso } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Action } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const TYPE = /^com\.oraclecloud\.vcn\.flowlogs\.(DataEvent|QualityEvent\.\w+)$/;
const ACTIONS = wordTable<Action>({ ACCEPT: 'allow', REJECT: 'deny' });

/** VCN flow logs of Oracle Cloud Infrastructure. OCI documentation, "Details for VCN Flow Logs". */
export const ociVcnFlow: Format = {
  id: 'oci-vcn-flow',
  title: 'Oracle Cloud VCN flow logs',
  roles: ['flow', 'violation'],
  framing: 'auto',
  status: 'documented',
  clock: '`startTime`, `endTime`: epoch s of the first and last packet in a window of one minute',
  traps: [
    'each direction is its own record, and who opened the flow is not told',
    'addresses are private ones, also of traffic over a public address',
    'DNS, DHCP and metadata at link-local addresses are never logged',
    'NODATA: no traffic; SKIPDATA: records were lost',
  ],
  claims,
  open: () => ({ decode }),
};

/** The records: one, or those that a search of logs answers with. */
function recordsOf(json: unknown): readonly JsonObject[] {
  const results = arrayOf(at(json, 'data', 'results') ?? at(json, 'results'));
  return (results.length > 0 ? results : [json]).flatMap((result) => {
    const content = at(result, 'data', 'logContent') ?? at(result, 'logContent') ?? result;
    return isObject(content) && TYPE.test(textOf(content['type']) ?? '') ? [content] : [];
  });
}

function claims({ json }: SniffRecord): Sniff {
  return recordsOf(json).length > 0 ? yes(0.99, 'type com.oraclecloud.vcn.flowlogs') : no('no type of VCN flow logs');
}

function decode(record: RawRecord): Decoded {
  const records = recordsOf(tryJson(record.text));
  if (records.length === 0) return failed('no VCN flow log');
  const results = records.map((content) => flowOf(content, record));
  const events = results.flatMap((result) => (result.status === 'decoded' ? result.events : []));
  return events.length > 0 ? decoded(...events) : (results[0] ?? failed('no VCN flow log'));
}

function flowOf(content: JsonObject, record: RawRecord): Decoded {
  const flow = content['data'];
  const status = textOf(at(flow, 'status'));
  if (status === 'NODATA') return skipped('window without traffic');
  const raw = textOf(at(flow, 'startTime')) ?? '';
  const start = parseEpoch(raw);
  if (start === undefined) return failed('no startTime');
  const end = parseEpoch(textOf(at(flow, 'endTime')) ?? '');
  const hi = micros(Math.max(start.at, end?.at ?? 0) + start.stepUs);
  const observed = parseIso(textOf(at(content, 'oracle', 'ingestedtime')) ?? '')?.at ?? record.observed;
  const time = eventTime(start, { raw, basis: 'window', hi, observed });
  const base = { format: 'oci-vcn-flow', clock: 'startTime', time, ref: record.ref };
  if (status === 'SKIPDATA')
    return decoded({ ...base, kind: 'coverage' as const, reason: 'lost' as const, from: start.at, to: hi });
  const text = (key: string): string | undefined => textOf(at(flow, key));
  const ports = hasPorts(text('protocolName')?.toLowerCase());
  const actionRaw = text('action');
  const event = networkEvent('oci-vcn-flow', record, {
    time,
    clock: 'startTime',
    action: ACTIONS[actionRaw ?? ''],
    actionRaw,
    srcIp: text('sourceAddress'),
    dstIp: text('destinationAddress'),
    srcPort: ports ? text('sourcePort') : undefined,
    dstPort: ports ? text('destinationPort') : undefined,
    transport: text('protocol') ?? text('protocolName'),
    bytesToDst: text('bytesOut'),
    flowId: text('flowid'),
    observer: textOf(at(content, 'oracle', 'vnicocid')),
  });
  if (event.src.ip === undefined || event.dst.ip === undefined) return failed('no addresses');
  return decoded(compact(event));
}
