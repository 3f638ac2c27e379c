import { HostTable, statedHost } from './correlate/hosts.ts';
import { type LogHostsOptions, type LogOf, logHosts } from './log-hosts.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Event } from './model/event.ts';
import type { Piece } from './model/timed.ts';
import { type EventsByKind, eachTelling, tellingCalls } from './reading/store/evidence-store.ts';

/** Which host a record belongs to, and which clock wrote its stamp. */
export interface Places {
  readonly hosts: HostTable;
  hostOf(event: Event): string | undefined;
  /** Clock domain: the file, and the host where one file mixes hosts. */
  domainOf(event: Event): string;
  /** Of logs that hold records of several hosts. */
  readonly problems: readonly Diagnostic[];
}

/** What is known of the files. */
interface Files {
  /** Of logs that were rotated: all of one have one clock. */
  readonly pieces: ReadonlyMap<string, Piece>;
  /** Paths of those that hold records of several formats: each of these is a log of its own. */
  readonly mixed: ReadonlySet<string>;
}

/** Hosts of logs: what the records state, what the path says, what the addresses in them give away. */
export function locate(
  store: EventsByKind,
  { isByItsHost, ...files }: Files & Pick<LogHostsOptions, 'isByItsHost'>,
): Places {
  const hosts = new HostTable(store.inventory, statedHosts(store));
  const hostOfSandbox = sandboxHosts(store);
  const logOf = logsIn(files);
  const { hostOf: hostOfLog, shared, problems } = logHosts(store, { hosts, logOf, isByItsHost });
  const episodes = episodeHosts(store, hostOfSandbox);
  const joined = joiner('@');
  /** Whose clock stamped a record, where that of its log does not tell. */
  const clockHostOf = (event: Event, log: string): string | undefined => {
    if (event.kind === 'tool-call' || event.kind === 'episode') return event.host ?? episodes.get(event.episodeId);
    if (shared.has(log)) return event.host !== undefined && isByItsHost(event) ? event.host : hostOfLog(event);
    return event.kind === 'process' && hostOfLog(event) === undefined ? event.host : undefined;
  };
  return {
    hosts,
    problems,
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
      const log = logOf(event);
      const host = clockHostOf(event, log);
      return host === undefined ? log : joined(log, host);
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

/** The log that a record is of: its file or all pieces of it, and its format where the file is mixed. */
function logsIn({ pieces, mixed }: Files): LogOf {
  const joined = joiner('#');
  const logAt = (path: string): string => pieces.get(path)?.log ?? path;
  const mixedLogs = new Set(Array.from(mixed, logAt));
  return ({ ref, format }) => {
    const log = logAt(ref.source);
    return mixedLogs.has(log) ? joined(log, format) : log;
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
