import type { HostTable } from './correlate/hosts.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Event, ProcessEvent } from './model/event.ts';
import type { EventsByKind } from './reading/store/evidence-store.ts';

export type LogOf = (event: Event) => string;

/** Which hosts' records stand in each log. */
export interface LogHosts {
  /** The host of its log, or where those of several stand in it of the record itself; undefined where nothing tells. */
  hostOf(event: Event): string | undefined;
  /** Logs in which records of several hosts stand: each of these has its own clock there. */
  readonly shared: ReadonlySet<string>;
  /** Of shared logs whose records do not all tell of which host they are. */
  readonly problems: readonly Diagnostic[];
}

export interface LogHostsOptions {
  readonly hosts: HostTable;
  readonly logOf: LogOf;
  /** Whether the host that a record names wrote it. */
  readonly isByItsHost: (event: Event) => boolean;
}

/** Hosts of logs: what the records state, what the path says, what the addresses and uids in them give away. */
export function logHosts(store: EventsByKind, { hosts, logOf, isByItsHost }: LogHostsOptions): LogHosts {
  const ownHost = ownHosts(store, hosts);
  const byAddress = elect(store.nat, logOf, ownHost);
  const byUid = elect(store.processes, logOf, ownHost);
  const hostOfLog = (log: string, path: string): string | undefined =>
    byAddress.winners.get(log) ?? hosts.hostOfPath(path) ?? byUid.winners.get(log);
  const contested = new Map(
    [...byAddress.contested, ...byUid.contested].filter(([log, { path }]) => hostOfLog(log, path) === undefined),
  );
  const stretches = stretchesOf(store.processes, { logOf, ownHost, isAsked: (log) => contested.has(log) });
  const toldHost = (event: Event, log: string): string | undefined =>
    stretches.get(log)?.hostAt(event) ?? ownHost(event);
  const known = new Map<string, string | undefined>();
  let lastLog: string | undefined;
  let lastHost: string | undefined;
  let isLastContested = false;
  return {
    // Events come file by file.
    hostOf: (event) => {
      const log = logOf(event);
      if (log !== lastLog) {
        if (!known.has(log)) known.set(log, hostOfLog(log, event.ref.source));
        lastLog = log;
        lastHost = known.get(log);
        isLastContested = contested.has(log);
      }
      return isLastContested ? toldHost(event, log) : lastHost;
    },
    shared: new Set([...namingSeveral(store, { logOf, isByItsHost }), ...contested.keys()]),
    problems: untold(store.processes, { logOf, contested, toldHost }),
  };
}

type OwnHost = (event: Event) => string | undefined;

/** What a record gives away: translations put an address of the host in front; process telemetry holds the uids of its sandboxes. */
function ownHosts(store: EventsByKind, hosts: HostTable): OwnHost {
  const hostsOfUid = new Map<number, Set<string>>();
  for (const { uid, host } of store.leases.whole)
    if (uid !== undefined && host !== undefined) hostsOfUid.set(uid, (hostsOfUid.get(uid) ?? new Set()).add(host));
  return (event) => {
    if (event.kind === 'nat') {
      const { src, replyDst } = event;
      return src.ip === replyDst.ip || replyDst.ip === undefined ? undefined : hosts.hostOfIp(replyDst.ip);
    }
    if (event.kind !== 'process' || event.uid === undefined) return undefined;
    const owners = hostsOfUid.get(event.uid);
    return owners?.size === 1 ? [...owners][0] : undefined;
  };
}

/** Whoever gets more than one vote in so many is a host of the log too: which records are whose, it then does not tell. */
const MOST_RIVALS = 20;

interface Contested {
  readonly path: string;
  readonly hosts: readonly string[];
}

function elect(events: readonly Event[], logOf: LogOf, ownHost: OwnHost) {
  const votes = new Map<string, { readonly path: string; readonly tally: Map<string, number> }>();
  for (const event of events) {
    const host = ownHost(event);
    if (host === undefined) continue;
    const log = logOf(event);
    const of = votes.get(log) ?? { path: event.ref.source, tally: new Map<string, number>() };
    of.tally.set(host, (of.tally.get(host) ?? 0) + 1);
    votes.set(log, of);
  }
  const winners = new Map<string, string>();
  const contested = new Map<string, Contested>();
  for (const [log, { path, tally }] of votes) {
    const [best, second] = [...tally].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    if (best !== undefined && (second?.[1] ?? 0) * MOST_RIVALS <= best[1]) winners.set(log, best[0]);
    else contested.set(log, { path, hosts: [...tally.keys()].sort() });
  }
  return { winners, contested };
}

/** Logs whose records name more than one host that wrote them. */
function namingSeveral(
  { network, nat, dns, processes, coverage }: EventsByKind,
  { logOf, isByItsHost }: Pick<LogHostsOptions, 'logOf' | 'isByItsHost'>,
): ReadonlySet<string> {
  const first = new Map<string, string>();
  const several = new Set<string>();
  for (const events of [network, nat, dns, processes, coverage] as const)
    for (const event of events) {
      if (event.host === undefined || !isByItsHost(event)) continue;
      const log = logOf(event);
      const before = first.get(log);
      if (before === undefined) first.set(log, event.host);
      else if (before !== event.host) several.add(log);
    }
  return several;
}

/** The records of one log are told in the order of their time but for this, microseconds. */
const FALLS_BACK_US = 10e6;

/** Logs of several hosts that were written behind one another into one file. */
class Stretches {
  readonly #starts: { readonly path: string; readonly line: number; host: string | undefined }[] = [];
  #latest = -Infinity;
  /** Records of two hosts stand in one stretch: they are mixed, and no stretch tells anything. */
  isMixed = false;

  add({ ref, time }: ProcessEvent, host: string | undefined): void {
    let last = this.#starts.at(-1);
    if (last?.path !== ref.source || time.at < this.#latest - FALLS_BACK_US) {
      last = { path: ref.source, line: ref.line, host: undefined };
      this.#starts.push(last);
      this.#latest = time.at;
    }
    this.#latest = Math.max(this.#latest, time.at);
    this.isMixed ||= host !== undefined && last.host !== undefined && host !== last.host;
    last.host ??= host;
  }

  hostAt({ ref }: Event): string | undefined {
    return this.#starts.findLast(({ path, line }) => path === ref.source && line <= ref.line)?.host;
  }
}

interface Asked {
  readonly logOf: LogOf;
  readonly ownHost: OwnHost;
  readonly isAsked: (log: string) => boolean;
}

function stretchesOf(
  processes: readonly ProcessEvent[],
  { logOf, ownHost, isAsked }: Asked,
): ReadonlyMap<string, Stretches> {
  const out = new Map<string, Stretches>();
  for (const event of processes) {
    const log = logOf(event);
    if (event.host !== undefined || !isAsked(log)) continue;
    const stretches = out.get(log) ?? new Stretches();
    stretches.add(event, ownHost(event));
    out.set(log, stretches);
  }
  return new Map([...out].filter(([, { isMixed }]) => !isMixed));
}

interface Untold {
  readonly logOf: LogOf;
  readonly contested: ReadonlyMap<string, Contested>;
  readonly toldHost: (event: Event, log: string) => string | undefined;
}

function untold(processes: readonly ProcessEvent[], { logOf, contested, toldHost }: Untold): readonly Diagnostic[] {
  const found = new Set<string>();
  if (contested.size === 0) return [];
  for (const event of processes) {
    const log = logOf(event);
    if (event.host === undefined && contested.has(log) && toldHost(event, log) === undefined) found.add(log);
  }
  return [...found].map((log) => {
    const { path, hosts } = contested.get(log) ?? { path: log, hosts: [] };
    const message = `${path} holds records of ${hosts.join(', ')}, and not all of them tell of which host they are: verdicts that rest on them are weaker than from a file for each host, or from lines that name their host`;
    return { severity: 'warning', code: 'hosts-mixed', message, path };
  });
}
