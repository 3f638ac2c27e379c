import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import { podName } from '../../core/network/network.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Event objects of a cluster: `kubectl get events -o json`, the API's watch, and the lines of event exporters. */
export const k8sEvents: Format = {
  id: 'k8s-events',
  title: 'Kubernetes events, JSON or YAML',
  roles: ['lease'],
  framing: 'auto',
  status: 'documented',
  clock: 'firstTimestamp, whole seconds, or eventTime, microseconds; clock of the component that reports',
  traps: [
    'repeats are folded into one object with a count',
    'Killing says that a container is asked to stop, not that it has',
    'events are dropped under load and forgotten after an hour',
  ],
  claims,
  open: () => ({ decode }),
};

/** The object an event is about: `involvedObject` in v1, `regarding` in events.k8s.io. */
const about = (event: unknown): unknown => at(event, 'involvedObject') ?? at(event, 'regarding');

function isEvent(value: unknown): value is JsonObject {
  return isObject(value) && isObject(about(value)) && typeof value['reason'] === 'string';
}

/** Events of a list, inside a watch or eventrouter line, or the one itself. */
function eventsIn(json: unknown): readonly JsonObject[] | undefined {
  if (isEvent(json)) return [json];
  const inner = at(json, 'object') ?? at(json, 'event');
  if (isEvent(inner)) return [inner];
  const items = arrayOf(at(json, 'items'));
  const isAudit = textOf(at(json, 'apiVersion'))?.startsWith('audit.') === true;
  if (at(json, 'kind') === 'EventList' && !isAudit) return items.filter(isEvent);
  return items.length > 0 && items.every(isEvent) ? items.filter(isEvent) : undefined;
}

function claims({ json }: SniffRecord): Sniff {
  return eventsIn(json) === undefined
    ? no('no Kubernetes event')
    : yes(0.98, 'reason beside the object that it is about');
}

function decode(record: RawRecord): Decoded {
  const found = eventsIn(tryJson(record.text));
  if (found === undefined) return failed('no Kubernetes event');
  const events = found.flatMap((event) => meaningOf(event, record));
  return events.length === 0 ? skipped('event without meaning here') : decoded(...events);
}

/** Empty and null stamps stand beside the one that is used. */
function stampIn(event: JsonObject) {
  for (const key of ['firstTimestamp', 'deprecatedFirstTimestamp', 'eventTime', 'lastTimestamp']) {
    const raw = textOf(event[key]) ?? '';
    const stamp = parseIso(raw);
    if (stamp !== undefined) return { raw, stamp };
  }
  return undefined;
}

function meaningOf(event: JsonObject, record: RawRecord): readonly Event[] {
  const found = stampIn(event);
  if (found === undefined) return [];
  const node = textOf(at(event, 'source', 'host')) ?? textOf(at(event, 'deprecatedSource', 'host'));
  const base = {
    time: eventTime(found.stamp, { raw: found.raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'k8s-events',
    clock: node === undefined ? 'event' : `event@${node}`,
  };
  const object = about(event);
  const reason = textOf(event['reason']);
  if (at(object, 'kind') === 'Node') {
    const name = textOf(at(object, 'name'));
    return reason === 'Rebooted' || reason === 'Starting'
      ? [compact({ ...base, kind: 'coverage' as const, reason: 'restart' as const, host: node ?? name })]
      : [];
  }
  const sandboxId = podName(at(object, 'namespace') ?? at(event, 'metadata', 'namespace'), at(object, 'name'));
  if (at(object, 'kind') !== 'Pod' || sandboxId === undefined) return [];
  const lease = { ...base, kind: 'lease' as const, sandboxId, state: reason?.toLowerCase() };
  if (reason === 'Started') return [compact({ ...lease, host: node, start: found.stamp.at })];
  const message = textOf(event['message']) ?? textOf(event['note']) ?? '';
  if (reason === 'AddedInterface')
    return addressesIn(message).map((ip) => compact({ ...lease, ip, start: found.stamp.at }));
  if (reason !== 'Scheduled') return [];
  const host = / to (\S{1,253})$/.exec(message)?.[1];
  return host === undefined ? [] : [compact({ ...lease, host, start: found.stamp.at })];
}

/** Multus tells what it gave a pod: `Add eth0 [10.128.0.5/23 fd01::5/64] from ovn-kubernetes`. */
function addressesIn(message: string): readonly string[] {
  const listed = /^Add \S+ \[([^\]]{1,200})\]/.exec(message)?.[1] ?? '';
  return listed.split(/[\s,]+/).flatMap((address) => parseIp(address.replace(/\/\d+$/, '')) ?? []);
}
