import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { transportName } from '../../core/network/ip.ts';
import {
  actionOf,
  clockOf,
  directionOf,
  endpointOf,
  nanoTimeOf,
  networkEvent,
  podName,
  ruleOf,
  wordOf,
} from '../../core/network/network.ts';
import { openLogEntry } from '../../core/products/gcp.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Denies are aggregated before they are written. */
const AGGREGATION_US = 5_000_000;

/** GKE network policy logging: `policy-action` records, bare from the node or inside a LogEntry. */
export const k8sGkeNetpol: Format = {
  id: 'k8s-gke-netpol',
  title: 'GKE network policy logs',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'timestamp: ns, UTC; the first of `count` aggregated connections may be 5 s older',
  traps: ['denies are aggregated: count > 1 spreads back in time', 'a denied record names no policy'],
  claims,
  open: () => ({ decode }),
};

function payloadOf(json: unknown): { payload: JsonObject; timestamp: unknown; node: unknown } | undefined {
  const entry = openLogEntry(json);
  if (entry === undefined) return undefined;
  const { payload } = entry;
  if (!isObject(payload['connection']) || typeof payload['disposition'] !== 'string') return undefined;
  // The VPC firewall log has the same two keys, with rule_details and without pods.
  if (payload['rule_details'] !== undefined || (!isObject(payload['src']) && !isObject(payload['dest'])))
    return undefined;
  const node = payload['node_name'] ?? at(json, 'resource', 'labels', 'node_name');
  return { payload, timestamp: payload['timestamp'] ?? entry.timestamp, node };
}

function claims({ json }: SniffRecord): Sniff {
  return payloadOf(json) === undefined
    ? no('no connection with disposition and pods')
    : yes(0.97, 'connection, disposition and pods of GKE policy logging');
}

function decode(record: RawRecord): Decoded {
  const found = payloadOf(tryJson(record.text));
  if (found === undefined) return failed('no connection, disposition and pods');
  const { payload, timestamp } = found;
  const link = payload['connection'];
  const transport = transportName(textOf(at(link, 'protocol')));
  const policy = arrayOf(payload['policies'])[0];
  const host = wordOf(found.node);
  const disposition = wordOf(payload['disposition']);
  return decoded(
    networkEvent(record, {
      format: 'k8s-gke-netpol',
      clock: clockOf('timestamp', host),
      time: nanoTimeOf(timestamp, record, { basis: 'packet', beforeUs: AGGREGATION_US }),
      type: 'packet',
      action: actionOf(disposition),
      actionRaw: disposition,
      src: endpointOf(at(link, 'src_ip'), at(link, 'src_port')),
      dst: endpointOf(at(link, 'dest_ip'), at(link, 'dest_port')),
      initiator: 'src',
      transport,
      direction: directionOf(at(link, 'direction')),
      rule: ruleOf(at(policy, 'name'), podName(at(policy, 'namespace'), at(policy, 'name')), at(policy, 'kind')),
      count: numberOf(payload['count']),
      host,
      srcPod: podOf(payload['src']),
      dstPod: podOf(payload['dest']),
    }),
  );
}

function podOf(side: unknown): string | undefined {
  return podName(at(side, 'pod_namespace') ?? at(side, 'namespace'), at(side, 'pod_name'));
}
