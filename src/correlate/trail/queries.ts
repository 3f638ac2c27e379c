import { compareInLogs, logOf } from '../../core/lines/rotated.ts';
import { push } from '../../core/push.ts';
import type { DnsEvent, NetworkEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';

/** A query that a forwarder passed on: who asked it, when, and the line that says so. */
export interface Forwarded {
  readonly host: string | undefined;
  readonly clientIp: string;
  readonly clientPort: number | undefined;
  readonly name: string;
  readonly qtype: string | undefined;
  readonly at: Micros;
  /** Width of the stamp, microseconds. */
  readonly stepUs: number;
  readonly errorUs: number;
  readonly refs: readonly SourceRef[];
  /** In which it stands. */
  readonly log: string;
}

/** One name with the addresses that an answer gave, from that time on. */
export interface Answer {
  readonly name: string;
  readonly at: Micros;
  readonly ref: SourceRef;
  /** Taken from an answer of a name server, not from a header that the client wrote. */
  readonly resolved: boolean;
}

/** What DNS logs know: names behind addresses, and who asked a forwarder for a name. */
export class QueryTable {
  readonly #answers = new Map<string, Answer[]>();
  readonly #forwards = new Map<string, Forwarded[]>();
  /** Worked out when it is asked for the first time. */
  #addresses: ReadonlyMap<string, ReadonlySet<string>> | undefined;

  constructor(
    dns: readonly Timed<DnsEvent>[],
    network: readonly Timed<NetworkEvent>[],
    isProxy: (ip: string) => boolean,
  ) {
    const sorted = [...dns].sort(compareInLogs);
    const open = new Map<string, Timed<DnsEvent>>();
    for (const timed of sorted) {
      const { event } = timed;
      const key = `${logOf(timed)}|${event.serial ?? ''}|${event.name}`;
      if (event.op === 'query') open.set(key, timed);
      else if (event.op === 'forward') this.#forward(timed, open.get(key));
      for (const ip of event.answers ?? [])
        push(this.#answers, ip, { name: event.name, at: timed.at, ref: event.ref, resolved: true });
    }
    for (const timed of network) {
      const { dst } = timed.event;
      // A Host header or SNI names the address, unless the address is a proxy's.
      if (dst.ip !== undefined && dst.domain !== undefined && timed.event.type !== 'dns' && !isProxy(dst.ip)) {
        push(this.#answers, dst.ip, { name: dst.domain, at: timed.at, ref: timed.event.ref, resolved: false });
      }
      const dnsPart = timed.event.dns;
      for (const ip of dnsPart?.answers ?? [])
        push(this.#answers, ip, { name: dnsPart?.name ?? '', at: timed.at, ref: timed.event.ref, resolved: true });
    }
    for (const [ip, list] of this.#answers) this.#answers.set(ip, firstOfName(list));
  }

  #forward(timed: Timed<DnsEvent>, query: Timed<DnsEvent> | undefined): void {
    const client = query?.event.client ?? timed.event.client;
    if (client?.ip === undefined) return;
    push(this.#forwards, timed.event.name, {
      host: timed.host,
      clientIp: client.ip,
      clientPort: client.port,
      name: timed.event.name,
      qtype: timed.event.qtype ?? query?.event.qtype,
      at: timed.at,
      stepUs: timed.event.time.stepUs,
      errorUs: timed.errorUs,
      log: logOf(timed),
      refs: query === undefined ? [timed.event.ref] : [query.event.ref, timed.event.ref],
    });
  }

  /** Forwards of a name on a host, in log order. */
  forwards(name: string, host: string | undefined): readonly Forwarded[] {
    return (this.#forwards.get(name) ?? []).filter(
      (forward) => host === undefined || forward.host === undefined || forward.host === host,
    );
  }

  /** All that name servers ever answered with for a name; none where no answer is on record. */
  addressesOf(name: string): ReadonlySet<string> {
    this.#addresses ??= addressesByName(this.#answers);
    return this.#addresses.get(name) ?? NOWHERE;
  }

  /** Names that had resolved to an address by a time. */
  namesOf(ip: string, by: Micros): readonly Answer[] {
    return (this.#answers.get(ip) ?? []).filter((answer) => answer.at <= by + 2_000_000);
  }
}

const NOWHERE: ReadonlySet<string> = new Set();

function addressesByName(answers: ReadonlyMap<string, readonly Answer[]>): ReadonlyMap<string, ReadonlySet<string>> {
  const byName = new Map<string, Set<string>>();
  for (const [ip, list] of answers)
    for (const { name, resolved } of list) {
      if (!resolved) continue;
      const known = byName.get(name);
      if (known === undefined) byName.set(name, new Set([ip]));
      else known.add(ip);
    }
  return byName;
}

/** When each name first stood for the address, in the order of time: every request of a night says it again. */
function firstOfName(answers: readonly Answer[]): Answer[] {
  const seen = new Set<string>();
  return [...answers]
    .sort((a, b) => a.at - b.at)
    .filter(({ name }) => {
      const isFirst = !seen.has(name);
      seen.add(name);
      return isFirst;
    });
}

/** Pairs two logs of one stream of equal queries: same order, times within the stamps' widths. Returns index pairs. */
export function alignInOrder(
  upstream: readonly { readonly at: Micros; readonly widthUs: number }[],
  forwards: readonly { readonly at: Micros; readonly widthUs: number }[],
  slackUs: number,
): ReadonlyMap<number, number> {
  const n = upstream.length;
  const m = forwards.length;
  const fits = (i: number, j: number): boolean => {
    const u = upstream[i];
    const f = forwards[j];
    if (u === undefined || f === undefined) return false;
    return u.at <= f.at + f.widthUs + slackUs && f.at <= u.at + u.widthUs + slackUs;
  };
  // Longest common subsequence under `fits`; both lists are short (equal names from one host).
  const best: number[][] = Array.from({ length: n + 1 }, () => new Array<number>(m + 1).fill(0));
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const skip = Math.max(best[i + 1]?.[j] ?? 0, best[i]?.[j + 1] ?? 0);
      const row = best[i];
      if (row !== undefined) row[j] = fits(i, j) ? Math.max(skip, 1 + (best[i + 1]?.[j + 1] ?? 0)) : skip;
    }
  }
  const pairs = new Map<number, number>();
  let i = 0;
  let j = 0;
  while (i < n && j < m) {
    if (fits(i, j) && (best[i]?.[j] ?? 0) === 1 + (best[i + 1]?.[j + 1] ?? 0)) pairs.set(i++, j++);
    else if ((best[i + 1]?.[j] ?? 0) >= (best[i]?.[j + 1] ?? 0)) i++;
    else j++;
  }
  return pairs;
}
