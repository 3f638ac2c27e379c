import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, tryJson } from '../../core/json/json.ts';
import {
  bytesOf,
  endpointOf,
  instantOf,
  isPlaced,
  nanoTimeOf,
  natOf,
  networkEvent,
  wordOf,
} from '../../core/network/network.ts';
import { gcpConnection, gkePod, type LogEntry, openLogEntry } from '../../core/products/gcp.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** VPC Flow Logs of Google Cloud, and what Cloud NAT logs of the connections that it translates. */
export const gcpVpcflow: Format = {
  id: 'gcp-vpcflow',
  title: 'Google Cloud VPC Flow Logs and Cloud NAT',
  roles: ['flow', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: 'start_time and end_time of the flow: ns, UTC; timestamp is the writing, seconds to minutes later',
  traps: [
    'packets are sampled: a missing flow proves nothing',
    'a flow between two VMs is reported by both (reporter SRC and DEST)',
    'no verdict: denied packets never appear',
    'byte counts are text',
    'Cloud NAT logs only TCP and UDP, and a connection whose allocation_status is DROPPED found no port',
  ],
  claims,
  open: () => ({ decode }),
};

function openFlow(json: unknown, record?: RawRecord): LogEntry | undefined {
  const entry = openLogEntry(json, record);
  if (entry === undefined || !isObject(entry.payload['connection'])) return undefined;
  return 'reporter' in entry.payload || 'bytes_sent' in entry.payload || isNat(entry.payload) ? entry : undefined;
}

const isNat = (payload: JsonObject): boolean => 'allocation_status' in payload;

function claims({ json }: SniffRecord): Sniff {
  return openFlow(json) === undefined
    ? no('no connection with reporter')
    : yes(0.98, 'connection with reporter, bytes_sent or allocation_status');
}

function decode(record: RawRecord): Decoded {
  const entry = openFlow(tryJson(record.text), record);
  if (entry === undefined) return failed('no connection with reporter');
  const { payload } = entry;
  const tuple = gcpConnection(payload);
  if (!isPlaced(tuple.src) && !isPlaced(tuple.dst)) return failed('no address');
  const reporter = wordOf(payload['reporter']);
  const start = payload['start_time'] ?? payload['end_time'];
  return decoded(
    networkEvent(record, {
      format: 'gcp-vpcflow',
      clock: 'start_time',
      time: nanoTimeOf(start ?? entry.timestamp, record, {
        basis: start === undefined ? 'emit' : 'flow-start',
        hi: instantOf(payload['end_time']),
        observed: instantOf(entry.timestamp) ?? entry.received,
      }),
      type: 'flow',
      // A NAT gateway without a free port has ruled on nothing.
      action: 'unknown',
      actionRaw: wordOf(payload['allocation_status']),
      ...tuple,
      nat: natOf(endpointOf(at(payload, 'connection', 'nat_ip'), at(payload, 'connection', 'nat_port')), {}),
      direction: directionOfReporter(reporter),
      observer:
        wordOf(at(payload, reporter?.startsWith('DEST') ? 'dest_instance' : 'src_instance', 'vm_name')) ??
        wordOf(at(payload, 'endpoint', 'vm_name')),
      srcPod: gkePod(payload, 'src'),
      dstPod: gkePod(payload, 'dest'),
      bytes: bytesOf(payload['bytes_sent']),
    }),
  );
}

/** Relative to the VM that reports. */
function directionOfReporter(reporter: string | undefined): NetworkEvent['direction'] {
  if (reporter === undefined) return undefined;
  return reporter.startsWith('SRC') ? 'outbound' : reporter.startsWith('DEST') ? 'inbound' : undefined;
}
