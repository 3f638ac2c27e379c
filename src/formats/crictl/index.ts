import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { parseEpoch, parseIso, timeOrObserved } from '../../core/time/time.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const ID = /^[0-9a-f]{64}$/;
const STATE = /^(?:CONTAINER|SANDBOX)_[A-Z]+$/;

/** Containers and pod sandboxes as `crictl` prints them in JSON: `ps`, `pods`, `inspect`, `inspectp`. */
export const crictl: Format = {
  id: 'crictl',
  title: 'crictl container and pod JSON',
  roles: ['lease'],
  framing: 'auto',
  status: 'documented',
  clock: '`createdAt`, `startedAt` and `finishedAt` of the runtime, nanoseconds',
  traps: [
    'only `inspectp` names an address; a pod on the host network has none there',
    'the time of creation stands for the start in lists',
  ],
  claims,
  open: () => ({ decode }),
};

/** Of a list, or the one that is inspected. */
function objectsOf(json: unknown): readonly unknown[] {
  if (!isObject(json)) return [];
  const status = json['status'];
  const all = isObject(status) ? [status] : [...arrayOf(json['containers']), ...arrayOf(json['items'])];
  return all.filter((one) => ID.test(textOf(at(one, 'id')) ?? '') && STATE.test(textOf(at(one, 'state')) ?? ''));
}

function claims({ json }: SniffRecord): Sniff {
  return objectsOf(json).length > 0 ? yes(0.97, 'id and CONTAINER_ or SANDBOX_ state') : no('no object of crictl');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const objects = objectsOf(json);
  if (objects.length === 0) return isObject(json) ? skipped('another object') : failed('no object of crictl');
  return decoded(...objects.flatMap((object) => leasesOf(object, initOf(json), record)));
}

/** The first process of a container. That of a pod only holds its namespaces and starts nothing. */
function initOf(json: unknown): number | undefined {
  const pid = numberOf(at(json, 'info', 'pid'));
  return pid === 0 || /^SANDBOX/.test(textOf(at(json, 'status', 'state')) ?? '') ? undefined : pid;
}

interface Moment {
  readonly stamp: Stamp;
  readonly raw: string;
}

/** Nanoseconds since the epoch in lists, ISO where one is inspected; the zero time and 0 stand for "not yet". */
function momentOf(value: unknown): Moment | undefined {
  const raw = textOf(value) ?? '';
  const stamp = parseIso(raw) ?? parseEpoch(raw);
  return stamp === undefined || stamp.at <= 0 ? undefined : { stamp, raw };
}

function leasesOf(object: unknown, rootPid: number | undefined, record: RawRecord): readonly LeaseEvent[] {
  const containerId = textOf(at(object, 'id')) ?? '';
  const start = momentOf(at(object, 'startedAt')) ?? momentOf(at(object, 'createdAt'));
  const base = compact({
    kind: 'lease' as const,
    time: timeOrObserved(start?.stamp, { raw: start?.raw ?? '', basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'crictl',
    clock: start === undefined ? 'none' : 'created',
    host: record.host,
    sandboxId: podOf(object) ?? containerId,
    containerId,
    rootPid,
    start: start?.stamp.at,
    end: momentOf(at(object, 'finishedAt'))?.stamp.at,
    state: textOf(at(object, 'state')),
  });
  const network = at(object, 'network');
  const ips = [at(network, 'ip'), ...arrayOf(at(network, 'additionalIps')).map((more) => at(more, 'ip'))].flatMap(
    (ip) => parseIp(textOf(ip) ?? '') ?? [],
  );
  return ips.length === 0 ? [base] : ips.map((ip) => ({ ...base, ip }));
}

/** Pods carry their name in their metadata, containers in labels of the kubelet. */
function podOf(object: unknown): string | undefined {
  const labels = at(object, 'labels');
  const [name, namespace] = ['name', 'namespace'].map(
    (key) =>
      textOf(at(labels, `io.kubernetes.pod.${key}`)) ??
      (isObject(at(object, 'metadata')) && at(object, 'metadata', 'namespace') !== undefined
        ? textOf(at(object, 'metadata', key))
        : undefined),
  );
  if (name === undefined) return undefined;
  return namespace === undefined ? name : `${namespace}/${name}`;
}
