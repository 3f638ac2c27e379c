import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { withoutEngine } from '../../core/network/container-id.ts';
import { transportName } from '../../core/network/ip.ts';
import {
  directionOf,
  endpointOf,
  instantOf,
  isPlaced,
  networkEvent,
  podName,
  ruleOf,
  timeOf,
  wordOf,
} from '../../core/network/network.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

/** What one action of a finding says about the traffic. */
interface Traffic {
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly transport?: string | undefined;
  readonly direction?: NetworkEvent['direction'];
  readonly blocked: boolean;
  readonly dns?: NetworkEvent['dns'];
}

/** One event per connection that a finding names (a port probe names several). */
export function findingEvents(record: RawRecord, finding: JsonObject): NetworkEvent[] {
  const service = finding['service'];
  const type = wordOf(finding['type']);
  const instance = at(finding, 'resource', 'instanceDetails');
  const details = at(finding, 'resource', 'kubernetesDetails', 'kubernetesWorkloadDetails');
  const container = arrayOf(at(details, 'containers'))[0] ?? at(finding, 'resource', 'containerDetails');
  const process = at(service, 'runtimeDetails', 'process');
  const time = findingTime(record, finding);
  return trafficOf(finding).map((traffic) =>
    networkEvent(record, {
      format: 'aws-guardduty',
      clock: 'updatedAt',
      time,
      type: 'finding',
      action: traffic.blocked ? 'deny' : 'alert',
      actionRaw: wordOf(at(service, 'action', 'actionType')),
      src: traffic.src,
      dst: traffic.dst,
      initiator: isPlaced(traffic.dst) ? 'src' : undefined,
      transport: traffic.transport,
      direction: traffic.direction,
      rule: ruleOf(finding['title'], type, type?.split(':')[0]),
      severity: severityOf(numberOf(finding['severity'])),
      severityRaw: textOf(finding['severity']),
      count: numberOf(at(service, 'count')),
      flowId: wordOf(finding['id']),
      host: wordOf(at(instance, 'instanceId')),
      dns: traffic.dns,
      containerId: withoutEngine(wordOf(at(container, 'id')) ?? '') || undefined,
      srcPod: traffic.direction === 'outbound' ? podName(at(details, 'namespace'), at(details, 'name')) : undefined,
      comm: wordOf(at(process, 'name')),
      pid: numberOf(at(process, 'pid')),
      uid: numberOf(at(process, 'userId')),
    }),
  );
}

/** The finding's writing; the cause lies between its first and its last event. */
function findingTime(record: RawRecord, finding: JsonObject): EventTime {
  const service = finding['service'];
  const first = instantOf(at(service, 'eventFirstSeen'));
  const last = instantOf(at(service, 'eventLastSeen')) ?? first;
  const updated = finding['updatedAt'] ?? at(service, 'eventLastSeen') ?? finding['createdAt'];
  return timeOf(updated, record, { basis: 'emit', lo: first, hi: last });
}

function trafficOf(finding: JsonObject): readonly Traffic[] {
  const action = at(finding, 'service', 'action');
  const network = at(action, 'networkConnectionAction');
  if (isObject(network)) return [connection(finding, network)];
  const probes = arrayOf(at(action, 'portProbeAction', 'portProbeDetails'));
  if (probes.length > 0) {
    const blocked = at(action, 'portProbeAction', 'blocked') === true;
    return probes.map((probe) => ({ ...inbound(finding, probe), blocked }));
  }
  const dns = at(action, 'dnsRequestAction');
  if (isObject(dns)) return [request(finding, dns)];
  for (const key of ['awsApiCallAction', 'kubernetesApiCallAction', 'rdsLoginAttemptAction']) {
    const call = at(action, key);
    if (isObject(call)) return [{ src: remoteOf(call), dst: {}, blocked: false }];
  }
  return [{ src: {}, dst: {}, blocked: false }];
}

/** Outbound: the resource is the source. Without a direction its role decides (ACTOR started it, TARGET suffered it). */
function connection(finding: JsonObject, network: JsonObject): Traffic {
  const direction = directionOf(network['connectionDirection']);
  const transport = transportName(textOf(network['protocol']));
  const blocked = network['blocked'] === true;
  const actor = at(finding, 'service', 'resourceRole') === 'ACTOR';
  const both = { local: localOf(finding, network), remote: remoteOf(network) };
  if (direction === 'outbound' || (direction === undefined && actor))
    return { src: both.local, dst: both.remote, transport, direction, blocked };
  return { src: both.remote, dst: both.local, transport, direction, blocked };
}

function inbound(finding: JsonObject, probe: unknown): Omit<Traffic, 'blocked'> {
  return { src: remoteOf(probe), dst: localOf(finding, probe), direction: 'inbound' };
}

function request(finding: JsonObject, dns: JsonObject): Traffic {
  const name = wordOf(dns['domain'])?.toLowerCase().replace(/\.$/, '');
  return {
    src: localOf(finding, dns),
    dst: {},
    transport: transportName(textOf(dns['protocol'])),
    direction: 'outbound',
    blocked: dns['blocked'] === true,
    ...(name === undefined ? {} : { dns: { name } }),
  };
}

function remoteOf(action: unknown): Endpoint {
  const remote = at(action, 'remoteIpDetails');
  return endpointOf(at(remote, 'ipAddressV4') ?? at(remote, 'ipAddressV6'), at(action, 'remotePortDetails', 'port'));
}

/** The local address of the connection; the instance's first interface where the action names none. */
function localOf(finding: JsonObject, action: unknown): Endpoint {
  const local = at(action, 'localIpDetails');
  const named = at(local, 'ipAddressV4') ?? at(local, 'ipAddressV6');
  const card = arrayOf(at(finding, 'resource', 'instanceDetails', 'networkInterfaces'))[0];
  return endpointOf(named ?? at(card, 'privateIpAddress'), at(action, 'localPortDetails', 'port'));
}

/** GuardDuty: 1.0-3.9 low, 4.0-6.9 medium, 7.0-8.9 high, 9.0-10 critical. */
function severityOf(value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (value >= 9) return 4;
  if (value >= 7) return 3;
  return value >= 4 ? 2 : 1;
}
