import { push } from '../core/push.ts';
import type { InventoryEvent, LeaseEvent } from '../model/event.ts';
import type { SourceRef } from '../model/source.ts';
import type { Micros } from '../model/time.ts';
import type { Timed } from '../model/timed.ts';

/** Who held a sandbox, half-open [start, end), corrected times. Missing bounds are open. */
export interface Lease {
  readonly sandboxId: string;
  readonly host: string | undefined;
  readonly ip: string | undefined;
  readonly uid: number | undefined;
  readonly containerId: string | undefined;
  readonly rootPid: number | undefined;
  readonly episodeId: string | undefined;
  readonly group: string | undefined;
  readonly sharedIp: boolean;
  readonly start: Micros;
  readonly end: Micros;
  readonly errorUs: number;
  readonly ref: SourceRef;
}

const OPEN_START = -Infinity as Micros;
const OPEN_END = Infinity as Micros;

/** A source that only saw a sandbox start gives way to one that also knows its end: else the sandbox would live for ever. */
function withoutVague(leases: readonly Lease[]): Lease[] {
  const ended = new Map<string, Set<string>>();
  for (const lease of leases) {
    if (lease.end === OPEN_END) continue;
    ended.set(lease.sandboxId, (ended.get(lease.sandboxId) ?? new Set()).add(lease.ref.source));
  }
  return leases.filter((lease) => {
    const sources = ended.get(lease.sandboxId);
    return lease.end !== OPEN_END || sources === undefined || sources.has(lease.ref.source);
  });
}

/** All leases, answered by sandbox, address, uid, container and root process. */
export class LeaseTable {
  readonly all: readonly Lease[];
  readonly #bySandbox = new Map<string, Lease[]>();
  readonly #byIp = new Map<string, Lease[]>();
  readonly #byRootPid = new Map<string, Lease[]>();
  readonly #byEpisode = new Map<string, Lease[]>();
  readonly #byContainer = new Map<string, Lease[]>();
  readonly #uids = new Map<string, Set<string>>();
  readonly #byHost = new Map<string | undefined, Set<string>>();
  /** Hosts on which the leases name addresses of sandboxes, uids, and root processes. */
  readonly #ipHosts = new Set<string | undefined>();
  readonly #uidHosts = new Set<string>();
  readonly #rootPidHosts = new Set<string>();
  readonly #hostsByIp = new Map<string, readonly (string | undefined)[]>();
  readonly #sandboxNets: readonly { host: string; inside: (ip: string) => boolean }[];

  constructor(
    events: readonly Timed<LeaseEvent>[],
    shift: (timed: Timed<LeaseEvent>, at: Micros) => Micros,
    nets: readonly { host: string; inside: (ip: string) => boolean }[] = [],
  ) {
    this.#sandboxNets = nets;
    this.all = withoutVague(events.map((timed) => toLease(timed, shift))).sort(
      (a, b) => a.start - b.start || compareRef(a.ref, b.ref),
    );
    for (const lease of this.all) {
      push(this.#bySandbox, lease.sandboxId, lease);
      if (lease.episodeId !== undefined) push(this.#byEpisode, lease.episodeId, lease);
      if (lease.ip !== undefined) push(this.#byIp, lease.ip, lease);
      if (lease.ip !== undefined && !lease.sharedIp) this.#ipHosts.add(lease.host);
      if (lease.containerId !== undefined) push(this.#byContainer, lease.containerId.slice(0, 12), lease);
      for (const host of new Set([undefined, lease.host]))
        this.#byHost.set(host, (this.#byHost.get(host) ?? new Set()).add(lease.sandboxId));
      if (lease.rootPid !== undefined) {
        push(this.#byRootPid, `${lease.host ?? ''}|${lease.rootPid}`, lease);
        this.#rootPidHosts.add(lease.host ?? '');
      }
      if (lease.uid !== undefined) {
        this.#uidHosts.add(lease.host ?? '');
        const key = `${lease.host ?? ''}|${lease.uid}`;
        const sandboxes = this.#uids.get(key) ?? new Set();
        sandboxes.add(lease.sandboxId);
        this.#uids.set(key, sandboxes);
      }
    }
  }

  ofSandbox(sandboxId: string): readonly Lease[] {
    return this.#bySandbox.get(sandboxId) ?? [];
  }

  ofEpisode(episodeId: string): readonly Lease[] {
    return this.#byEpisode.get(episodeId) ?? [];
  }

  /** Leases of a sandbox that cover an instant, widened by `slackUs` on both sides. */
  at(sandboxId: string, at: Micros, slackUs = 0): readonly Lease[] {
    return this.ofSandbox(sandboxId).filter((lease) => covers(lease, at, slackUs));
  }

  /** Sandboxes that ever hold an address (on a host, when it is known), and whether it is the host's own shared one. */
  sandboxesByIp(ip: string, host: string | undefined): readonly { sandboxId: string; shared: boolean }[] {
    const seen = new Map<string, boolean>();
    for (const lease of this.#byIp.get(ip) ?? []) {
      if (host !== undefined && lease.host !== undefined && lease.host !== host) continue;
      seen.set(lease.sandboxId, lease.sharedIp);
    }
    return [...seen].map(([sandboxId, shared]) => ({ sandboxId, shared }));
  }

  /** Whether leases name addresses at all: only then their absence says something. */
  get statesIps(): boolean {
    return this.#byIp.size > 0;
  }

  /** Whether sandboxes of this host are known to have addresses of their own, by a lease or by the host's sandbox network. */
  statesIpsOn(host: string): boolean {
    return this.#ipHosts.has(host) || this.#sandboxNets.some((net) => net.host === host);
  }

  /** Hosts of the leases that name an address; undefined stands for leases that name no host. */
  hostsByIp(ip: string): readonly (string | undefined)[] {
    const known = this.#hostsByIp.get(ip);
    if (known !== undefined) return known;
    const hosts = [...new Set(this.leasesByIp(ip).map(({ host }) => host))];
    this.#hostsByIp.set(ip, hosts);
    return hosts;
  }

  leasesByIp(ip: string): readonly Lease[] {
    return this.#byIp.get(ip) ?? [];
  }

  sandboxOfContainer(containerId: string): string | undefined {
    return this.#byContainer.get(containerId.slice(0, 12))?.[0]?.sandboxId;
  }

  /** Sandbox whose commands are started by this process. */
  sandboxOfRootPid(host: string | undefined, pid: number): string | undefined {
    const leases = this.#byRootPid.get(`${host ?? ''}|${pid}`) ?? this.#byRootPid.get(`|${pid}`);
    return leases?.[0]?.sandboxId;
  }

  /** Whether the leases name uids on this host at all: only then their absence says something. */
  statesUids(host: string | undefined): boolean {
    return this.#uidHosts.has(host ?? '');
  }

  /** Whether the leases name root processes on this host at all. */
  statesRootPids(host: string | undefined): boolean {
    return this.#rootPidHosts.has(host ?? '');
  }

  /** Sandboxes that run under a uid on a host. */
  sandboxesOfUid(host: string | undefined, uid: number): ReadonlySet<string> {
    return this.#uids.get(`${host ?? ''}|${uid}`) ?? new Set();
  }

  /** Sandboxes of one host; of all hosts when it is undefined. */
  sandboxesOnHost(host: string | undefined): ReadonlySet<string> {
    return this.#byHost.get(host) ?? new Set();
  }

  hostOfSandbox(sandboxId: string): string | undefined {
    return this.ofSandbox(sandboxId).find((lease) => lease.host !== undefined)?.host;
  }

  /** Hosts whose sandbox network holds the address, from the inventory. */
  hostsOfNet(ip: string): readonly string[] {
    return this.#sandboxNets.filter((net) => net.inside(ip)).map((net) => net.host);
  }
}

export function covers(lease: Lease, at: Micros, slackUs: number): boolean {
  return lease.start - slackUs - lease.errorUs <= at && at < lease.end + slackUs + lease.errorUs;
}

function toLease(timed: Timed<LeaseEvent>, shift: (timed: Timed<LeaseEvent>, at: Micros) => Micros): Lease {
  const { event } = timed;
  return {
    sandboxId: event.sandboxId,
    host: event.host ?? timed.host,
    ip: event.ip,
    uid: event.uid,
    containerId: event.containerId,
    rootPid: event.rootPid,
    episodeId: event.episodeId,
    group: event.group,
    sharedIp: event.sharedIp === true,
    start: event.start === undefined ? OPEN_START : shift(timed, event.start),
    end: event.end === undefined ? OPEN_END : shift(timed, event.end),
    errorUs: timed.errorUs,
    ref: event.ref,
  };
}

/** Sandboxes that the inventory lists become leases without bounds when no lease names them. */
export function leasesFromInventory(
  inventory: readonly Timed<InventoryEvent>[],
  known: ReadonlySet<string>,
): readonly Timed<LeaseEvent>[] {
  const out: Timed<LeaseEvent>[] = [];
  for (const timed of inventory) {
    const { event } = timed;
    if (event.role !== 'sandbox' || event.name === undefined || known.has(event.name)) continue;
    const ip = event.ips?.[0];
    const lease: LeaseEvent = {
      kind: 'lease',
      format: event.format,
      clock: event.clock,
      time: event.time,
      ref: event.ref,
      sandboxId: event.name,
      ...(event.host === undefined ? {} : { host: event.host }),
      ...(ip === undefined ? {} : { ip }),
    };
    out.push({ ...timed, event: lease });
  }
  return out;
}

export function compareRef(a: SourceRef, b: SourceRef): number {
  return a.source < b.source ? -1 : a.source > b.source ? 1 : a.line - b.line || a.offset - b.offset;
}
