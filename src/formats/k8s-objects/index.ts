import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, textOf, tryJson } from '../../core/json/json.ts';
import { withoutEngine } from '../../core/network/container-id.ts';
import { parseIp } from '../../core/network/ip.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const KINDS = new Set(['Pod', 'PodList', 'List']);

/** Pods as `kubectl get pods -o json`, `-o yaml` and the API's watch write them. */
export const k8sObjects: Format = {
  id: 'k8s-objects',
  title: 'Kubernetes pods, JSON or YAML',
  roles: ['lease'],
  framing: 'auto',
  status: 'documented',
  clock: 'RFC 3339, whole seconds, clock of the node or the API server',
  traps: [
    'the address stays in the object after the pod has ended',
    'pods on the host network have the address of the node',
    'addresses are used again within half a minute',
  ],
  claims,
  open: () => ({ decode }),
};

/** Pods of a list, of a watch event, or the one itself. */
function podsOf(json: unknown): readonly unknown[] | undefined {
  const object = isObject(json) && isObject(json['object']) && 'type' in json ? json['object'] : json;
  const kind = textOf(at(object, 'kind'));
  if (kind === undefined || !KINDS.has(kind) || at(object, 'apiVersion') === undefined) return undefined;
  if (kind === 'Pod') return [object];
  return arrayOf(at(object, 'items')).filter((item) => (textOf(at(item, 'kind')) ?? 'Pod') === 'Pod');
}

function claims({ json }: SniffRecord): Sniff {
  const pods = podsOf(json);
  if (pods === undefined) return no('no Kubernetes object');
  return yes(pods.length > 0 ? 0.97 : 0.9, 'apiVersion and kind Pod');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const pods = podsOf(json);
  if (pods === undefined) return isObject(json) ? skipped('another object') : failed('no Kubernetes object');
  const events = pods.flatMap((pod) => leasesOf(pod, record));
  return events.length === 0 ? skipped('no pod with an address or container') : decoded(...events);
}

const stampAt = (value: unknown): Stamp | undefined => parseIso(textOf(value) ?? '');

function leasesOf(pod: unknown, record: RawRecord): readonly LeaseEvent[] {
  const name = textOf(at(pod, 'metadata', 'name'));
  const start = stampAt(at(pod, 'status', 'startTime')) ?? stampAt(at(pod, 'metadata', 'creationTimestamp'));
  if (name === undefined || start === undefined) return [];
  const namespace = textOf(at(pod, 'metadata', 'namespace'));
  const [containers = [], ...others] = STATUSES.map((key) => arrayOf(at(pod, 'status', key)));
  const shared = at(pod, 'spec', 'hostNetwork') === true;
  const base = compact({
    kind: 'lease' as const,
    time: eventTime(start, {
      raw: textOf(at(pod, 'status', 'startTime')) ?? '',
      basis: 'event',
      observed: record.observed,
    }),
    ref: record.ref,
    format: 'k8s-objects',
    clock: 'status',
    host: textOf(at(pod, 'spec', 'nodeName')),
    sandboxId: namespace === undefined ? name : `${namespace}/${name}`,
    sharedIp: shared ? (true as const) : undefined,
  });
  const end = endOf(pod, containers);
  const leases: LeaseEvent[] = [];
  for (const ip of addressesOf(pod)) leases.push(compact({ ...base, ip, start: start.at, end: end?.at }));
  for (const container of [...containers, ...others.flat()].flatMap(livesOf)) {
    const containerId = withoutEngine(textOf(at(container, 'containerID')) ?? '');
    if (containerId === '') continue;
    const state = at(container, 'state', 'terminated') ?? at(container, 'state', 'running');
    const began = stampAt(at(state, 'startedAt')) ?? start;
    const finished = stampAt(at(state, 'finishedAt'));
    leases.push(compact({ ...base, containerId, start: began.at, end: finished?.at }));
  }
  return leases;
}

/** The containers that the pod is for come first: its address goes back when they have ended. */
const STATUSES = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

/** A container that was restarted, and the one before it, which has an id of its own. */
function livesOf(container: unknown): readonly unknown[] {
  const before = at(container, 'lastState', 'terminated');
  return isObject(before)
    ? [container, { containerID: before['containerID'], state: { terminated: before } }]
    : [container];
}

function addressesOf(pod: unknown): readonly string[] {
  const all = [at(pod, 'status', 'podIP'), ...arrayOf(at(pod, 'status', 'podIPs')).map((item) => at(item, 'ip'))];
  return [...new Set(all.map((ip) => parseIp(textOf(ip) ?? '')).filter((ip) => ip !== undefined))];
}

/** The address goes back when the last container has ended; a deletion stamp is a deadline, not an end. */
function endOf(pod: unknown, containers: readonly unknown[]): Stamp | undefined {
  const phase = textOf(at(pod, 'status', 'phase'));
  if (phase !== 'Succeeded' && phase !== 'Failed') return undefined;
  let last: Stamp | undefined;
  for (const container of containers) {
    const stamp = stampAt(at(container, 'state', 'terminated', 'finishedAt'));
    if (stamp !== undefined && (last === undefined || stamp.at > last.at)) last = stamp;
  }
  return last;
}
