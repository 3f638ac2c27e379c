import type { NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { at, isObject, type JsonObject, textOf } from '../json/json.ts';
import { transportName } from '../network/ip.ts';
import { endpointOf, hasPorts, instantOf, podName, wordOf } from '../network/network.ts';

/** Payload and times of a Cloud Logging `LogEntry`. */
export interface LogEntry {
  readonly payload: JsonObject;
  /** `timestamp` of the entry as written. */
  readonly timestamp: unknown;
  /** When Cloud Logging got the entry. */
  readonly received: Micros | undefined;
  /** Last part of `logName`, unescaped. */
  readonly log: string | undefined;
}

/** Opens a `LogEntry`; a bare payload (its envelope already removed) is taken as it is. */
export function openLogEntry(json: unknown, record?: RawRecord): LogEntry | undefined {
  if (!isObject(json)) return undefined;
  const payload = json['jsonPayload'];
  if (!isObject(payload)) {
    return { payload: json, timestamp: undefined, received: record?.observed, log: undefined };
  }
  const name = wordOf(json['logName']);
  return {
    payload,
    timestamp: json['timestamp'],
    received: instantOf(json['receiveTimestamp']) ?? record?.observed,
    log: name?.slice(name.lastIndexOf('/') + 1).replaceAll('%2F', '/'),
  };
}

/** Pod of one side of a flow: `src_gke_details.pod.{pod_namespace,pod_name}`. */
export function gkePod(payload: JsonObject, side: 'src' | 'dest'): string | undefined {
  const pod = at(payload, `${side}_gke_details`, 'pod');
  return podName(at(pod, 'pod_namespace'), at(pod, 'pod_name'));
}

/** Both sides and the protocol of `connection`, which firewall and flow records share. */
export function gcpConnection(
  payload: JsonObject,
): Pick<NetworkEvent, 'src' | 'dst'> & { transport: string | undefined } {
  const link = payload['connection'];
  const transport = transportName(textOf(at(link, 'protocol')));
  const ports = hasPorts(transport);
  return {
    src: endpointOf(at(link, 'src_ip'), ports ? at(link, 'src_port') : undefined),
    dst: endpointOf(at(link, 'dest_ip'), ports ? at(link, 'dest_port') : undefined),
    transport,
  };
}
