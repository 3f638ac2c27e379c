import { greatest } from '../../core/extremes.ts';
import { push } from '../../core/push.ts';
import type { InventoryEvent, LeaseEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import { type Spans, spansOf } from '../spans.ts';
import { containerKey, withinLives } from './container-lives.ts';
import { byStart, covers, inOrder, type Lease, OPEN_END, toLease } from './lease.ts';
import { type LeaseSource, PlainTable } from './plain-table.ts';

interface Evidence extends LeaseSource {
  /** Leases that were not read: they come last. */
  readonly more?: readonly Timed<LeaseEvent>[];
  readonly nets?: readonly SandboxNet[];
}

interface SandboxNet {
  readonly host: string;
  readonly inside: (ip: string) => boolean;
}

/** Who ever holds an address, and whether it is the host's own shared one. */
interface Holder {
  readonly sandboxId: string;
  readonly shared: boolean;
}

/** When a sandbox was held. */
interface Held {
  readonly spans: Spans<Lease>;
  readonly end: number;
}

/** All leases, answered by sandbox, address, uid, container and root process. */
export class LeaseTable {
  /** Those that name the episode that held the sandbox, in the order of time. */
  readonly ofEpisodes: readonly Lease[];
  readonly #plain: PlainTable;
  readonly #bySandbox = new Map<string, Lease[]>();
  readonly #byIp = new Map<string, Lease[]>();
  readonly #byRootPid = new Map<string, Lease[]>();
  readonly #byContainer = new Map<string, Lease[]>();
  readonly #uids = new Map<string, Set<string>>();
  readonly #whole: readonly Lease[];
  readonly #onHost = new Map<string | undefined, ReadonlySet<string>>();
  /** Hosts on which the leases name addresses of sandboxes; of which sandboxes there they name uids, and root processes. */
  readonly #ipHosts: Set<string | undefined>;
  readonly #withUid = new Map<string, Set<string>>();
  readonly #withRootPid = new Map<string, Set<string>>();
  /** Of sandboxes and addresses that were asked for. */
  readonly #held = new Map<string, Held>();
  readonly #holders = new Map<string, Map<string | undefined, readonly Holder[]>>();
  readonly #hostsByIp = new Map<string, readonly (string | undefined)[]>();
  readonly #sandboxNets: readonly SandboxNet[];
  /** Of addresses that were asked for: of many violations they are few. */
  readonly #netsByIp = new Map<string, readonly string[]>();

  constructor(source: Evidence) {
    this.#sandboxNets = source.nets ?? [];
    this.#plain = new PlainTable(source);
    this.#ipHosts = this.#plain.ipHosts();
    this.#whole = withoutVague(withinLives(wholeOf(source)), this.#plain).sort(byStart);
    this.ofEpisodes = this.#whole.filter(({ episodeId }) => episodeId !== undefined);
    for (const lease of this.#whole) {
      push(this.#bySandbox, lease.sandboxId, lease);
      if (lease.ip !== undefined) push(this.#byIp, lease.ip, lease);
      if (lease.ip !== undefined && !lease.sharedIp) this.#ipHosts.add(lease.host);
      if (lease.containerId !== undefined) push(this.#byContainer, containerKey(lease.containerId), lease);
      if (lease.rootPid !== undefined) {
        push(this.#byRootPid, `${lease.host ?? ''}|${lease.rootPid}`, lease);
        addTo(this.#withRootPid, lease.host ?? '', lease.sandboxId);
      }
      if (lease.uid !== undefined) {
        addTo(this.#withUid, lease.host ?? '', lease.sandboxId);
        addTo(this.#uids, `${lease.host ?? ''}|${lease.uid}`, lease.sandboxId);
      }
    }
  }

  ofSandbox(sandboxId: string): readonly Lease[] {
    return inOrder(this.#bySandbox.get(sandboxId) ?? [], this.#plain.ofSandbox(sandboxId));
  }

  /** Leases of a sandbox that cover an instant, widened by `slackUs` on both sides. */
  at(sandboxId: string, at: Micros, slackUs = 0): readonly Lease[] {
    return this.around(sandboxId, at - slackUs, at + slackUs).filter((lease) => covers(lease, at, slackUs));
  }

  /** The first of these. */
  firstAt(sandboxId: string, at: Micros, slackUs: number): Lease | undefined {
    return this.around(sandboxId, at - slackUs, at + slackUs).find((lease) => covers(lease, at, slackUs));
  }

  /** Leases of a sandbox that touch a stretch of time, as far as its clock tells; others may be among them, see `Spans`. */
  around(sandboxId: string, from: number, to: number): readonly Lease[] {
    return this.#heldBy(sandboxId).spans.around(from, to);
  }

  /** When the last lease of a sandbox had ended for sure; `-Infinity` where it has none. */
  endOf(sandboxId: string): number {
    return this.#heldBy(sandboxId).end;
  }

  #heldBy(sandboxId: string): Held {
    const known = this.#held.get(sandboxId);
    if (known !== undefined) return known;
    const held = heldOf(this.ofSandbox(sandboxId));
    this.#held.set(sandboxId, held);
    return held;
  }

  /** Sandboxes that ever hold an address (on a host, when it is known), and whether it is the host's own shared one. */
  sandboxesByIp(ip: string, host: string | undefined): readonly Holder[] {
    const onHosts = this.#holders.get(ip) ?? new Map<string | undefined, readonly Holder[]>();
    this.#holders.set(ip, onHosts);
    const known = onHosts.get(host);
    if (known !== undefined) return known;
    const holders = holdersOf(this.leasesByIp(ip), host);
    onHosts.set(host, holders);
    return holders;
  }

  /** Whether leases name addresses at all: only then their absence says something. */
  get statesIps(): boolean {
    return this.#byIp.size > 0 || this.#plain.statesIps;
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
    return inOrder(this.#byIp.get(ip) ?? [], this.#plain.ofIp(ip));
  }

  sandboxOfContainer(containerId: string): string | undefined {
    return this.#byContainer.get(containerKey(containerId))?.[0]?.sandboxId;
  }

  /** Sandbox whose commands this process started then. Pids are used again: of several leases the one held nearest to the moment tells. */
  sandboxOfRootPid(host: string | undefined, pid: number, at: Micros): string | undefined {
    const leases = this.#byRootPid.get(`${host ?? ''}|${pid}`) ?? this.#byRootPid.get(`|${pid}`) ?? [];
    const next = firstStartingAfter(leases, at);
    const [before, after] = [leases[next - 1], leases[next]];
    if (before === undefined || after === undefined) return (before ?? after)?.sandboxId;
    return after.start - at < at - before.end ? after.sandboxId : before.sandboxId;
  }

  /** Whether the leases name the uid of every sandbox on this host that is known: only then the absence of one says something. */
  statesUids(host: string | undefined): boolean {
    return this.#tellsAll(this.#withUid, host);
  }

  /** The same of root processes. */
  statesRootPids(host: string | undefined): boolean {
    return this.#tellsAll(this.#withRootPid, host);
  }

  #tellsAll(told: ReadonlyMap<string, ReadonlySet<string>>, host: string | undefined): boolean {
    const sandboxes = told.get(host ?? '');
    return sandboxes !== undefined && (host === undefined || sandboxes.size === this.sandboxesOnHost(host).size);
  }

  /** Sandboxes that run under a uid on a host. */
  sandboxesOfUid(host: string | undefined, uid: number): ReadonlySet<string> {
    return this.#uids.get(`${host ?? ''}|${uid}`) ?? new Set();
  }

  /** Sandboxes of one host; of all hosts when it is undefined. */
  sandboxesOnHost(host: string | undefined): ReadonlySet<string> {
    const known = this.#onHost.get(host);
    if (known !== undefined) return known;
    const sandboxes = this.#plain.sandboxesOn(host, this.#whole);
    this.#onHost.set(host, sandboxes);
    return sandboxes;
  }

  /** Of several hosts that name a sandbox so, the one on which the episode held it. */
  hostOfSandbox(sandboxId: string, episodeId?: string): string | undefined {
    const leases = this.ofSandbox(sandboxId);
    const own = leases.find(
      (lease) => episodeId !== undefined && lease.episodeId === episodeId && lease.host !== undefined,
    );
    return (own ?? leases.find(({ host }) => host !== undefined))?.host;
  }

  /** Hosts whose sandbox network holds the address, from the inventory. */
  hostsOfNet(ip: string): readonly string[] {
    const known = this.#netsByIp.get(ip);
    if (known !== undefined) return known;
    const hosts = this.#sandboxNets.filter((net) => net.inside(ip)).map((net) => net.host);
    this.#netsByIp.set(ip, hosts);
    return hosts;
  }
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set.add(value));
}

function heldOf(leases: readonly Lease[]): Held {
  const startOf = ({ start, errorUs }: Lease): number => start - errorUs;
  const endOf = ({ end, errorUs }: Lease): number => end + errorUs;
  return { spans: spansOf(leases, startOf, endOf), end: greatest(leases, endOf) };
}

/** The place of the first of these, which are in the order of time, that begins after a moment; their number where none does. */
function firstStartingAfter(leases: readonly Lease[], at: Micros): number {
  let low = 0;
  let high = leases.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((leases[middle]?.start ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

function holdersOf(leases: readonly Lease[], host: string | undefined): readonly Holder[] {
  const seen = new Map<string, boolean>();
  for (const lease of leases) {
    if (host !== undefined && lease.host !== undefined && lease.host !== host) continue;
    seen.set(lease.sandboxId, lease.sharedIp);
  }
  return Array.from(seen, ([sandboxId, shared]) => ({ sandboxId, shared }));
}

function wholeOf({ leases, correct, shift, more = [] }: Evidence): readonly Lease[] {
  return [
    ...leases.whole.map((event, i) => toLease(correct(event), shift, leases.wholeNth.at(i))),
    ...more.map((timed, i) => toLease(timed, shift, leases.length + i)),
  ];
}

/** A source that only saw a sandbox start gives way to one that also knows its end: else the sandbox would live for ever. */
function withoutVague(leases: readonly Lease[], plain: PlainTable): Lease[] {
  const ended = new Map<string, Set<string>>();
  for (const { sandboxId, end, log } of leases)
    if (end !== OPEN_END) ended.set(sandboxId, (ended.get(sandboxId) ?? new Set()).add(log));
  return leases.filter(({ sandboxId, end, log }) => {
    if (end !== OPEN_END) return true;
    const sources = [...(ended.get(sandboxId) ?? []), ...plain.ofSandbox(sandboxId).map((lease) => lease.log)];
    return sources.length === 0 || sources.includes(log);
  });
}

/** Sandboxes that the inventory lists become leases without bounds when no lease names them. */
export function leasesFromInventory(
  inventory: readonly Timed<InventoryEvent>[],
  known: { readonly has: (sandboxId: string) => boolean },
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
