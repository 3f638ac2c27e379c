import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parsePort, transportName } from '../../core/network/ip.ts';
import {
  actionOf,
  bytesOf,
  clockOf,
  endpointOf,
  instantOf,
  natOf,
  networkEvent,
  podName,
  ruleOf,
  timeOf,
  wordOf,
} from '../../core/network/network.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Calico Enterprise and Cloud flow logs (flows.log, Elasticsearch export). */
export const calicoFlow: Format = {
  id: 'calico-flow',
  title: 'Calico flow logs',
  roles: ['violation', 'flow', 'process'],
  framing: 'auto',
  status: 'real',
  clock: 'start_time and end_time: epoch s, the aggregation window (300 s by default)',
  traps: [
    'source_port is null and names end in * when aggregated',
    'each flow is reported by both ends (reporter src and dst), with bytes seen from that end',
    'a window, not an instant: the cause lies anywhere in it',
  ],
  claims,
  open: () => ({ decode }),
};

function openFlow(json: unknown): JsonObject | undefined {
  const source = at(json, '_source');
  const flow = isObject(source) ? source : json;
  if (!isObject(flow)) return undefined;
  const isFlow = 'start_time' in flow && 'reporter' in flow && ('source_name' in flow || 'source_name_aggr' in flow);
  return isFlow && 'dest_type' in flow ? flow : undefined;
}

function claims({ json }: SniffRecord): Sniff {
  return openFlow(json) === undefined
    ? no('no Calico flow')
    : yes(0.98, 'start_time, reporter, source_name and dest_type of Calico');
}

function decode(record: RawRecord): Decoded {
  const flow = openFlow(tryJson(record.text));
  if (flow === undefined) return failed('no Calico flow');
  const action = actionOf(wordOf(flow['action']));
  const start = instantOf(flow['start_time']);
  const reporter = wordOf(flow['reporter']);
  return decoded(
    networkEvent(record, {
      format: 'calico-flow',
      clock: clockOf('start_time', wordOf(flow['host'])),
      time: timeOf(flow['start_time'], record, {
        basis: 'window',
        lo: start,
        hi: instantOf(flow['end_time']) ?? start,
        observed: instantOf(flow['@timestamp']) ?? record.observed,
      }),
      type: 'flow',
      action,
      actionRaw: wordOf(flow['action']),
      src: endpointOf(flow['source_ip'], flow['source_port']),
      dst: endpointOf(flow['dest_ip'], flow['dest_port'], destinationDomain(flow)),
      initiator: 'src',
      transport: transportName(textOf(flow['proto'])),
      direction: reporter === 'src' ? 'outbound' : reporter === 'dst' ? 'inbound' : undefined,
      nat: natOf(endpointOf(undefined, onlyPort(flow['nat_outgoing_ports'])), {}),
      rule: policyOf(flow, action),
      count: numberOf(flow['num_flows']),
      host: wordOf(flow['host']),
      observer: reporter === undefined ? undefined : `reporter ${reporter}`,
      srcPod: podOf(flow, 'source'),
      dstPod: podOf(flow, 'dest'),
      bytes: trafficOf(flow, reporter),
      ...processOf(flow, reporter),
    }),
  );
}

/** Pod of an endpoint: only workload endpoints that are not aggregated (`name-*`) are one pod. */
function podOf(flow: JsonObject, side: 'source' | 'dest'): string | undefined {
  const name = wordOf(flow[`${side}_name`]);
  if (flow[`${side}_type`] !== 'wep' || name === undefined || name.endsWith('*')) return undefined;
  return podName(flow[`${side}_namespace`], name);
}

function destinationDomain(flow: JsonObject): unknown {
  const domains = arrayOf(flow['dest_domains']);
  return domains.length === 1 ? domains[0] : undefined;
}

function onlyPort(value: unknown): number | undefined {
  const ports = arrayOf(value);
  return ports.length === 1 ? parsePort(ports[0]) : undefined;
}

/** Policies are `index|tier|policy|action|rule`, in no order; the last one with the flow's own action decided. */
function policyOf(flow: JsonObject, action: NetworkEvent['action']): NetworkEvent['rule'] {
  const policies = flow['policies'];
  const enforced = arrayOf(at(policies, 'enforced_policies'));
  const list = enforced.length > 0 ? enforced : arrayOf(isObject(policies) ? policies['all_policies'] : policies);
  let best: readonly string[] | undefined;
  for (const entry of list) {
    const parts = typeof entry === 'string' ? entry.split('|') : [];
    if (parts.length < 4 || actionOf(parts[3]) !== action) continue;
    if (best === undefined || Number(parts[0]) >= Number(best[0])) best = parts;
  }
  if (best === undefined) return undefined;
  const [, tier, policy = ''] = best;
  return ruleOf(policy.slice(policy.indexOf('/') + 1), policy, tier);
}

/** `in` and `out` are seen from the reporting end. */
function trafficOf(flow: JsonObject, reporter: string | undefined): NetworkEvent['bytes'] {
  if (reporter === 'src') return bytesOf(flow['bytes_out'], flow['bytes_in']);
  return reporter === 'dst' ? bytesOf(flow['bytes_in'], flow['bytes_out']) : undefined;
}

/** The process of the reporting end; it owns the source socket only where the source reports. */
function processOf(flow: JsonObject, reporter: string | undefined): { comm?: string; pid?: number } {
  if (reporter !== 'src') return {};
  const comm = wordOf(flow['process_name']);
  const pid = numberOf(wordOf(flow['process_id']));
  return compact({ comm: comm === '*' ? undefined : comm, pid });
}
