import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { isNetwork, networkLeases } from './network.ts';

/** Containers as `docker inspect` and `podman inspect` show them, and networks: the only places where Docker names addresses. */
export const dockerInspect: Format = {
  id: 'docker-inspect',
  title: 'Docker and Podman inspections of containers and networks',
  roles: ['lease'],
  framing: 'auto',
  status: 'documented',
  clock: '`State.StartedAt`, nanoseconds, clock of the daemon',
  traps: [
    'a stopped container has no address any more',
    'only the last start is told: a restarted container held its address before',
    'a network tells who is in it now, not since when: beside `docker ps`, events or inspections its addresses get bounds',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ json }: SniffRecord): Sniff {
  if (isNetwork(json)) return yes(0.98, 'Id, IPAM and Containers');
  return isContainer(json) ? yes(0.98, 'Id, State and NetworkSettings') : no('no container');
}

function isContainer(json: unknown): boolean {
  const id = textOf(at(json, 'Id')) ?? '';
  return /^[0-9a-f]{64}$/.test(id) && isObject(at(json, 'State')) && isObject(at(json, 'NetworkSettings'));
}

/** The zero time of Go stands for "not yet". */
function stampAt(value: unknown): Stamp | undefined {
  const stamp = parseIso(textOf(value) ?? '');
  return stamp === undefined || stamp.at <= 0 ? undefined : stamp;
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  if (isNetwork(json)) {
    const held = networkLeases(json, record);
    return held.length === 0 ? skipped('network without containers') : decoded(...held);
  }
  if (!isContainer(json)) return failed('no container');
  const state = at(json, 'State');
  const started = stampAt(at(state, 'StartedAt'));
  if (started === undefined) return skipped('container that never started');
  const containerId = textOf(at(json, 'Id')) ?? '';
  const runs = at(state, 'Running') === true;
  const pid = numberOf(at(state, 'Pid'));
  const base = compact({
    kind: 'lease' as const,
    time: eventTime(started, {
      raw: textOf(at(state, 'StartedAt')) ?? '',
      basis: 'event',
      observed: record.observed,
    }),
    ref: record.ref,
    format: 'docker-inspect',
    clock: 'State',
    host: record.host,
    sandboxId: (textOf(at(json, 'Name')) ?? containerId).replace(/^\//, ''),
    containerId,
    rootPid: pid === undefined || pid === 0 ? undefined : pid,
    start: started.at,
    end: runs ? undefined : stampAt(at(state, 'FinishedAt'))?.at,
  });
  const leases: LeaseEvent[] = addressesOf(at(json, 'NetworkSettings')).map((ip) => ({ ...base, ip }));
  return decoded(...(leases.length === 0 ? [base] : leases));
}

function addressesOf(settings: unknown): readonly string[] {
  const networks = at(settings, 'Networks');
  const all = [settings, ...Object.values(isObject(networks) ? networks : {})].flatMap((place) =>
    ['IPAddress', 'GlobalIPv6Address'].map((key) => parseIp(textOf(at(place, key)) ?? '')),
  );
  return [...new Set(all.filter((ip) => ip !== undefined))];
}
