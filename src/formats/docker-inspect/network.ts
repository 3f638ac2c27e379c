import { at, compact, isObject, textOf } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import { timeFromObserved } from '../../core/time/time.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';

/** A network as `docker network inspect` shows it, with the containers that are in it now. */
export function isNetwork(json: unknown): boolean {
  const id = textOf(at(json, 'Id')) ?? '';
  return /^[0-9a-f]{64}$/.test(id) && isObject(at(json, 'IPAM')) && isObject(at(json, 'Containers'));
}

/** Addresses of its containers. Since when they hold them is not told: the network's own time says nothing of them. */
export function networkLeases(json: unknown, record: RawRecord): readonly LeaseEvent[] {
  const containers = at(json, 'Containers');
  return Object.entries(isObject(containers) ? containers : {}).flatMap(([containerId, end]) => {
    const ips = ['IPv4Address', 'IPv6Address'].flatMap(
      (key) => parseIp((textOf(at(end, key)) ?? '').replace(/\/\d+$/, '')) ?? [],
    );
    // Endpoints of load balancers of a swarm are named `lb-NETWORK` in place of an id.
    if (!/^[0-9a-f]{64}$/.test(containerId)) return [];
    return ips.map((ip) =>
      compact({
        kind: 'lease' as const,
        time: timeFromObserved(record.observed),
        ref: record.ref,
        format: 'docker-inspect',
        clock: 'none',
        host: record.host,
        sandboxId: textOf(at(end, 'Name')) ?? containerId,
        containerId,
        ip,
        mac: textOf(at(end, 'MacAddress'))?.toLowerCase(),
      }),
    );
  });
}
