import type { Event } from '../model/event.ts';

/** What one pass over all events tells of the clocks that stamped them. */
export interface Survey {
  /** How far each clock is trusted to be right, the lower the more. Only domains with stamps (or leases) have one. */
  readonly ranks: ReadonlyMap<string, number>;
  /** The host whose clock a domain is; none where leases of several hosts stand in one file. */
  readonly hosts: ReadonlyMap<string, string>;
  /** First and last stamp of each domain, its own time. */
  readonly spans: ReadonlyMap<string, readonly [number, number]>;
  /** Domains in which no stamp states its zone. */
  readonly zoneless: ReadonlySet<string>;
  /** Domains in which no stamp states its year. */
  readonly yearless: ReadonlySet<string>;
}

/** Which clocks are trusted: the orchestrator's leases, then traces, hosts, and last the network's sensors. */
const RANK: Readonly<Record<Event['kind'], number>> = {
  lease: 0,
  episode: 1,
  'tool-call': 2,
  process: 3,
  nat: 4,
  network: 5,
  dns: 6,
  metric: 7,
  coverage: 8,
  inventory: 9,
};
/** A clock whose zone had to be assumed is never the one that others are held against. */
const ASSUMED_ZONE = 20;

interface Domain {
  rank: number | undefined;
  host: string | undefined;
  first: number;
  last: number;
  zoned: boolean;
  dated: boolean;
}

export function surveyDomains(
  each: (see: (event: Event) => void) => void,
  places: { domainOf(event: Event): string; hostOf(event: Event): string | undefined },
): Survey {
  const domains = new Map<string, Domain>();
  const domainOf = (name: string): Domain => {
    const known = domains.get(name);
    if (known !== undefined) return known;
    const domain = { rank: undefined, host: undefined, first: Infinity, last: -Infinity, zoned: false, dated: false };
    domains.set(name, domain);
    return domain;
  };
  each((event) => {
    const domain = domainOf(places.domainOf(event));
    if (domain.host === undefined && event.kind !== 'lease') domain.host = places.hostOf(event);
    note(domain, event);
  });
  return surveyOf(domains);
}

function note(domain: Domain, { kind, time }: Event): void {
  if (time.zone !== 'assumed') domain.zoned = true;
  if (time.basis !== 'none') {
    if (time.yearAssumed !== true) domain.dated = true;
    if (time.at < domain.first) domain.first = time.at;
    if (time.at > domain.last) domain.last = time.at;
  } else if (kind !== 'lease') return;
  const rank = RANK[kind] + (time.zone === 'assumed' ? ASSUMED_ZONE : 0);
  if (domain.rank === undefined || rank < domain.rank) domain.rank = rank;
}

function surveyOf(domains: ReadonlyMap<string, Domain>): Survey {
  const ranks = new Map<string, number>();
  const hosts = new Map<string, string>();
  const spans = new Map<string, readonly [number, number]>();
  const zoneless = new Set<string>();
  const yearless = new Set<string>();
  for (const [name, { rank, host, first, last, zoned, dated }] of domains) {
    if (rank !== undefined) ranks.set(name, rank);
    if (host !== undefined) hosts.set(name, host);
    if (first <= last) spans.set(name, [first, last]);
    if (!zoned) zoneless.add(name);
    if (!dated) yearless.add(name);
  }
  return { ranks, hosts, spans, zoneless, yearless };
}
