import { arrayOf, at, compact, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { fromSecondsNanos, parseEpoch, parseIso } from '../../core/time/time.ts';
import type { Endpoint } from '../../model/event.ts';

/** A Tracee event of either schema: who, and its arguments by name. */
export interface TraceeRecord {
  readonly name: string;
  readonly json: JsonObject;
  readonly args: Readonly<Record<string, unknown>>;
  readonly stamp: Stamp | undefined;
  readonly raw: string;
  readonly host?: string | undefined;
  readonly who: Who;
  readonly returned: number | undefined;
}

interface Who {
  readonly pid?: number;
  readonly tid?: number;
  readonly ppid?: number;
  readonly uid?: number;
  readonly comm?: string;
  readonly exe?: string;
  readonly entityId?: string;
  readonly parentEntityId?: string;
  readonly containerId?: string;
  readonly pod?: string;
}

export function traceeRecord(json: unknown, text: string): TraceeRecord | undefined {
  if (!isObject(json)) return undefined;
  if (typeof json['eventName'] === 'string' && 'hostProcessId' in json) return flat(json, json['eventName'], text);
  if (isObject(json['workload']) && typeof json['name'] === 'string') return nested(json, json['name']);
  return undefined;
}

/** Zero and empty stand for "not known". */
const idOf = (value: unknown): string | undefined => (value === 0 || value === '0' ? undefined : textOf(value));

function podOf(namespace: unknown, name: unknown): string | undefined {
  const pod = textOf(name);
  const space = textOf(namespace);
  return pod === undefined || space === undefined ? pod : `${space}/${pod}`;
}

function flat(json: JsonObject, name: string, text: string): TraceeRecord {
  const args: Record<string, unknown> = {};
  for (const arg of arrayOf(json['args'])) {
    const key = textOf(at(arg, 'name'));
    if (key !== undefined) args[key] = at(arg, 'value');
  }
  const raw = /"timestamp"\s*:\s*(\d{1,20})/.exec(text)?.[1] ?? '';
  const containerId = textOf(at(json, 'container', 'id')) ?? textOf(json['containerId']);
  return {
    name,
    json,
    args,
    raw,
    // Fewer digits are nanoseconds since boot.
    stamp: raw.length < 18 ? undefined : parseEpoch(raw),
    // Inside a container the name is that of the container.
    host: containerId === undefined ? textOf(json['hostName']) : undefined,
    returned: numberOf(json['returnValue']),
    who: compact({
      pid: numberOf(json['hostProcessId']),
      tid: numberOf(json['hostThreadId']),
      ppid: numberOf(json['hostParentProcessId']),
      uid: numberOf(json['userId']),
      comm: textOf(json['processName']),
      exe: textOf(at(json, 'executable', 'path')),
      entityId: idOf(json['processEntityId']),
      parentEntityId: idOf(json['parentEntityId']),
      containerId,
      pod: podOf(
        at(json, 'kubernetes', 'podNamespace') ?? json['podNamespace'],
        at(json, 'kubernetes', 'podName') ?? json['podName'],
      ),
    }),
  };
}

/** Protobuf wrappers are `{"value": n}`; other JSON writers unwrap them. */
const unwrapped = (value: unknown): unknown => (isObject(value) ? value['value'] : value);

/** A member by its name, or as protobuf's own JSON writes it: `host_pid`, `hostPid`. */
export function named(value: unknown, name: string): unknown {
  return (
    at(value, name) ??
    at(
      value,
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    )
  );
}

function nested(json: JsonObject, name: string): TraceeRecord {
  const args: Record<string, unknown> = {};
  for (const item of arrayOf(json['data'])) {
    const key = textOf(at(item, 'name'));
    if (key === undefined || !isObject(item)) continue;
    const value = Object.entries(item).find(([member]) => member !== 'name')?.[1];
    args[key] = isObject(value) && Array.isArray(value['value']) ? value['value'] : value;
  }
  const time = json['timestamp'];
  const process = at(json, 'workload', 'process');
  const parent = arrayOf(at(process, 'ancestors'))[0];
  const seconds = textOf(at(time, 'seconds'));
  const nanos = numberOf(at(time, 'nanos')) ?? 0;
  return {
    name,
    json,
    args,
    raw: textOf(time) ?? (seconds === undefined ? '' : `${seconds}.${String(nanos).padStart(9, '0')}`),
    stamp: seconds === undefined ? parseIso(textOf(time) ?? '') : fromSecondsNanos(seconds, nanos),
    returned: numberOf(args['returnValue']),
    who: compact({
      pid: numberOf(unwrapped(named(process, 'host_pid') ?? at(process, 'pid'))),
      tid: numberOf(unwrapped(named(at(process, 'thread'), 'host_tid') ?? at(process, 'thread', 'tid'))),
      ppid: numberOf(unwrapped(named(parent, 'host_pid') ?? at(parent, 'pid'))),
      uid: numberOf(unwrapped(at(named(process, 'real_user'), 'id'))),
      comm: textOf(at(process, 'thread', 'name')),
      exe: textOf(at(process, 'executable', 'path')),
      entityId: idOf(unwrapped(named(process, 'unique_id') ?? named(process, 'entity_id'))),
      parentEntityId: idOf(unwrapped(named(parent, 'unique_id') ?? named(parent, 'entity_id'))),
      containerId: textOf(at(json, 'workload', 'container', 'id')),
      pod: podOf(
        at(json, 'workload', 'k8s', 'namespace', 'name') ?? at(json, 'workload', 'k8s', 'namespace'),
        at(json, 'workload', 'k8s', 'pod', 'name') ?? at(json, 'workload', 'k8s', 'pod'),
      ),
    }),
  };
}

export function endpoint(ip: unknown, port: unknown): Endpoint {
  return compact({ ip: parseIp(textOf(ip) ?? ''), port: parsePort(port) });
}
