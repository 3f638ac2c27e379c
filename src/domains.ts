import { HostTable, statedHost } from './correlate/hosts.ts';
import type { Event } from './model/event.ts';
import type { Piece } from './model/timed.ts';
import { type EventsByKind, eachTelling, tellingCalls } from './reading/store/evidence-store.ts';

/** Which host a record belongs to, and which clock wrote its stamp. */
export interface Places {
  readonly hosts: HostTable;
  hostOf(event: Event): string | undefined;
  /** Clock domain: the file, and the host where one file mixes hosts. */
  domainOf(event: Event): string;
}

/** What is known of the files. */
interface Files {
  /** Of logs that were rotated: all of one have one clock. */
  readonly pieces: ReadonlyMap<string, Piece>;
  /** Paths of those that hold records of several formats: each of these is a log of its own. */
  readonly mixed: ReadonlySet<string>;
}

/** Hosts of logs: what the records state, what the path says, what the addresses in them give away. */
export function locate(store: EventsByKind, { pieces, mixed }: Files): Places {
  const hosts = new HostTable(store.inventory, statedHosts(store));
  const hostOfSandbox = sandboxHosts(store);
  const logOf = logsIn(mixed);
  const hostOfLog = logHosts(store, hosts, logOf);
  const episodes = episodeHosts(store, hostOfSandbox);
  const joined = joiner('@');
  return {
    hosts,
    hostOf: (event) => {
      if (event.host !== undefined && event.kind !== 'dns') return event.host;
      if (event.kind === 'tool-call' || event.kind === 'episode')
        return event.sandboxId === undefined ? undefined : hostOfSandbox(event.sandboxId);
      if (event.kind === 'lease' || event.kind === 'inventory') return undefined;
      if (event.kind === 'process' && event.sandboxId !== undefined)
        return hostOfSandbox(event.sandboxId) ?? hostOfLog(event);
      return hostOfLog(event) ?? event.host;
    },
    domainOf: (event) => {
      const path = pieces.get(event.ref.source)?.log ?? logOf(event);
      if (event.kind !== 'tool-call' && event.kind !== 'episode')
        return event.kind === 'process' && hostOfLog(event) === undefined && event.host !== undefined
          ? joined(path, event.host)
          : path;
      const host = event.host ?? episodes.get(event.episodeId);
      return host === undefined ? path : joined(path, host);
    },
  };
}

function statedHosts(store: EventsByKind): ReadonlySet<string> {
  const stated = new Set<string>();
  eachTelling(store, (event) => {
    const host = event.host === undefined ? undefined : statedHost(event);
    if (host !== undefined && event.kind !== 'dns') stated.add(host);
  });
  return stated;
}

type HostOf = (name: string) => string | undefined;

function sandboxHosts({ inventory, leases }: EventsByKind): HostOf {
  const stationed = new Map<string, string>();
  for (const row of inventory)
    if (row.role === 'sandbox' && row.name !== undefined && row.host !== undefined) stationed.set(row.name, row.host);
  return (id) => stationed.get(id) ?? leases.hostOf(id);
}

type LogOf = (event: Event) => string;

/** The log that a record is of: its file, and its format where the file is mixed. */
function logsIn(mixed: ReadonlySet<string>): LogOf {
  const joined = joiner('#');
  return ({ ref, format }) => (mixed.has(ref.source) ? joined(ref.source, format) : ref.source);
}

function logHosts(store: EventsByKind, hosts: HostTable, logOf: LogOf): (event: Event) => string | undefined {
  const known = new Map<string, string | undefined>();
  const byAddress = hostsByTranslation(store, hosts, logOf);
  const byUid = hostsByUid(store, logOf);
  let lastLog: string | undefined;
  let lastHost: string | undefined;
  // Events come file by file.
  return (event) => {
    const log = logOf(event);
    if (log === lastLog) return lastHost;
    if (!known.has(log)) known.set(log, byAddress.get(log) ?? hosts.hostOfPath(event.ref.source) ?? byUid.get(log));
    lastLog = log;
    lastHost = known.get(log);
    return lastHost;
  };
}

function episodeHosts(store: EventsByKind, hostOfSandbox: HostOf): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const list of [tellingCalls(store.calls), store.episodes])
    for (const event of list) {
      const host = event.host ?? (event.sandboxId === undefined ? undefined : hostOfSandbox(event.sandboxId));
      if (host !== undefined) known.set(event.episodeId, host);
    }
  for (const lease of store.leases.whole)
    if (lease.episodeId !== undefined && lease.host !== undefined) known.set(lease.episodeId, lease.host);
  return known;
}

/** `path@host`, one string for each: millions of events ask for it. */
function joiner(sign: '@' | '#'): (path: string, host: string) => string {
  const known = new Map<string, Map<string, string>>();
  return (path, host) => {
    const hosts = known.get(path) ?? new Map<string, string>();
    const before = hosts.get(host);
    if (before !== undefined) return before;
    const name = `${path}${sign}${host}`;
    known.set(path, hosts.set(host, name));
    return name;
  };
}

/** A conntrack log belongs to the host whose address its translations put in front. */
function hostsByTranslation(store: EventsByKind, hosts: HostTable, logOf: LogOf): ReadonlyMap<string, string> {
  const votes = new Map<string, Map<string, number>>();
  for (const event of store.nat) {
    if (event.src.ip === event.replyDst.ip || event.replyDst.ip === undefined) continue;
    const host = hosts.hostOfIp(event.replyDst.ip);
    if (host === undefined) continue;
    const tally = votes.get(logOf(event)) ?? new Map<string, number>();
    tally.set(host, (tally.get(host) ?? 0) + 1);
    votes.set(logOf(event), tally);
  }
  return winners(votes);
}

/** Process telemetry without a host name belongs to the host whose sandbox uids appear in it. */
function hostsByUid(store: EventsByKind, logOf: LogOf): ReadonlyMap<string, string> {
  const hostsOfUid = new Map<number, Set<string>>();
  for (const lease of store.leases.whole) {
    if (lease.uid === undefined || lease.host === undefined) continue;
    hostsOfUid.set(lease.uid, (hostsOfUid.get(lease.uid) ?? new Set()).add(lease.host));
  }
  const votes = new Map<string, Map<string, number>>();
  for (const event of store.processes) {
    const owners = event.uid === undefined ? undefined : hostsOfUid.get(event.uid);
    if (owners?.size !== 1) continue;
    const [host = ''] = owners;
    const tally = votes.get(logOf(event)) ?? new Map<string, number>();
    tally.set(host, (tally.get(host) ?? 0) + 1);
    votes.set(logOf(event), tally);
  }
  return winners(votes);
}

/** Whoever gets more than one vote in so many is a host of the log too: which records are whose, it then does not tell. */
const MOST_RIVALS = 20;

function winners(votes: ReadonlyMap<string, ReadonlyMap<string, number>>): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const [log, tally] of votes) {
    const [best, second] = [...tally].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    if (best !== undefined && (second?.[1] ?? 0) * MOST_RIVALS <= best[1]) out.set(log, best[0]);
  }
  return out;
}
