import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { at, isObject, tryJson } from '../../core/json/json.ts';
import {
  actionOf,
  directionOf,
  isPlaced,
  nanoTimeOf,
  networkEvent,
  ruleOf,
  wordOf,
} from '../../core/network/network.ts';
import { gcpConnection, gkePod, type LogEntry, openLogEntry } from '../../core/products/gcp.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** A denied 5-tuple is written once in 5 s. */
const AGGREGATION_US = 5_000_000;

/** VPC firewall rules logging of Google Cloud. */
export const gcpFirewall: Format = {
  id: 'gcp-firewall',
  title: 'Google Cloud firewall rules logs',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'timestamp of the log entry: ns, UTC; a denied tuple repeats every 5 s, an allowed one is logged once',
  traps: [
    'rules log only where logging is switched on, the implied deny-egress rule never does',
    'protocol is a number or a name',
    'INTERCEPTED hands the packet to inspection: no verdict',
  ],
  claims,
  open: () => ({ decode }),
};

function openRule(json: unknown, record?: RawRecord): LogEntry | undefined {
  const entry = openLogEntry(json, record);
  if (entry === undefined || !isObject(entry.payload['connection'])) return undefined;
  return typeof entry.payload['disposition'] === 'string' && isObject(entry.payload['rule_details'])
    ? entry
    : undefined;
}

function claims({ json }: SniffRecord): Sniff {
  return openRule(json) === undefined
    ? no('no connection with disposition and rule_details')
    : yes(0.98, 'connection, disposition and rule_details');
}

function decode(record: RawRecord): Decoded {
  const entry = openRule(tryJson(record.text), record);
  if (entry === undefined) return failed('no connection, disposition and rule_details');
  const { payload } = entry;
  const tuple = gcpConnection(payload);
  if (!isPlaced(tuple.src) && !isPlaced(tuple.dst)) return failed('no address');
  const rule = payload['rule_details'];
  const disposition = wordOf(payload['disposition']);
  return decoded(
    networkEvent(record, {
      format: 'gcp-firewall',
      clock: 'timestamp',
      time: nanoTimeOf(entry.timestamp ?? payload['timestamp'], record, {
        basis: 'packet',
        beforeUs: AGGREGATION_US,
        observed: entry.received,
      }),
      type: 'packet',
      action: actionOf(disposition),
      actionRaw: disposition,
      ...tuple,
      initiator: 'src',
      direction: directionOf(at(rule, 'direction')),
      rule: ruleOf(at(rule, 'reference')),
      observer: wordOf(at(payload, 'instance', 'vm_name')),
      srcPod: gkePod(payload, 'src'),
      dstPod: gkePod(payload, 'dest'),
    }),
  );
}
