import type { EpisodeTable } from '../episodes/episodes.ts';
import type { LeaseTable } from '../leases/leases.ts';
import type { Owner } from '../processes/owner.ts';
import type { ProcessTable } from '../processes/processes.ts';
import type { Senders } from '../trail/senders.ts';
import type { Trail } from '../trail/walk.ts';

/** Hosts that may have sent a flow and of whose processes nothing is recorded. None where the flow's host is known. */
export type UnseenHosts = (trail: Pick<Trail, 'host'>, senders: Senders | undefined) => readonly string[];

interface Tables {
  readonly processes: Pick<ProcessTable, 'hasHost'>;
  readonly leases: Pick<LeaseTable, 'hostOfSandbox'>;
  readonly episodes: Pick<EpisodeTable, 'episodes'>;
}

const NONE: readonly string[] = [];

export function openUnseenHosts({ processes, leases, episodes: { episodes } }: Tables): UnseenHosts {
  const hostsOf = (sandboxIds: readonly string[]): readonly string[] =>
    sandboxIds.flatMap((id) => leases.hostOfSandbox(id) || []);
  const unseenOf = (hosts: readonly string[]): readonly string[] =>
    [...new Set(hosts)].filter((host) => !processes.hasHost(host)).sort();
  let ofAll: readonly string[] | undefined;
  const all = (): readonly string[] => {
    const hosts = [...episodes.values()].flatMap(({ calls: { extent }, sandboxIds }) => [
      ...extent.hosts.filter((host) => host !== ''),
      ...hostsOf(sandboxIds),
    ]);
    // Where none of them is seen, process records call hosts by other names, or by none.
    return hosts.some((host) => processes.hasHost(host)) ? unseenOf(hosts) : NONE;
  };
  return ({ host }, senders) => {
    if (host !== undefined) return NONE;
    ofAll ??= all();
    if (ofAll.length === 0 || senders === undefined) return ofAll;
    return unseenOf(hostsOf(senders.sorted));
  };
}

/** A process that time alone ties to the flow: whoever did the same on another host is not seen where that one tells nothing. */
export function isByTime({ how }: Pick<Owner, 'how'>): boolean {
  return how === 'destination' || how === 'resolver';
}

/** The records that would tell, in plain words. */
export function unseenMissing(hosts: readonly string[]): string {
  return `process telemetry of ${hosts.join(', ')} with connect records at that moment, or a record that tells the flow's host: the process was found by time alone`;
}
