import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { gcpConnection, gkePod, type LogEntry, openLogEntry } from '../../core/gcp.ts';
import { at, isObject, tryJson } from '../../core/json.ts';
import { bytesOf, instantOf, isPlaced, nanoTimeOf, networkEvent, wordOf } from '../../core/network.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** VPC Flow Logs of Google Cloud. */
export const gcpVpcflow: Format = {
  id: 'gcp-vpcflow',
  title: 'Google Cloud VPC Flow Logs',
  roles: ['flow'],
  framing: 'auto',
  status: 'real',
  clock: 'start_time and end_time of the flow: ns, UTC; timestamp is the writing, seconds to minutes later',
  traps: [
    'packets are sampled: a missing flow proves nothing',
    'a flow between two VMs is reported by both (reporter SRC and DEST)',
    'no verdict: denied packets never appear',
    'byte counts are text',
  ],
  claims,
  open: () => ({ decode }),
};

function openFlow(json: unknown, record?: RawRecord): LogEntry | undefined {
  const entry = openLogEntry(json, record);
  if (entry === undefined || !isObject(entry.payload['connection'])) return undefined;
  return 'reporter' in entry.payload || 'bytes_sent' in entry.payload ? entry : undefined;
}

function claims({ json }: SniffRecord): Sniff {
  return openFlow(json) === undefined
    ? no('no connection with reporter')
    : yes(0.98, 'connection, reporter and bytes_sent');
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
      action: 'unknown',
      ...tuple,
      direction: directionOfReporter(reporter),
      observer: wordOf(at(payload, reporter?.startsWith('DEST') ? 'dest_instance' : 'src_instance', 'vm_name')),
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
