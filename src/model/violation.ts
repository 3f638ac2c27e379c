import type { DnsEvent, NetworkEvent, ProcessEvent } from './event.ts';
import type { SourceRef } from './source.ts';
import type { Micros } from './time.ts';

export const CATEGORIES = [
  'internal-probe',
  'metadata-access',
  'cryptomining',
  'reverse-tunnel',
  'dns-exfiltration',
  'unapproved-egress',
  'data-exfiltration',
  'policy-violation',
] as const;
export type Category = (typeof CATEGORIES)[number];

export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How much a rule proves: a sensor's own verdict, or a pack rule on traffic that was allowed. */
export type Strength = 'verdict' | 'strong' | 'medium' | 'weak';

/** Why an event counts as a violation. */
export interface Finding {
  readonly rule: { readonly id: string; readonly name: string };
  readonly category: Category;
  readonly severity: Severity;
  readonly strength: Strength;
  /** ATT&CK technique ids and ATLAS technique ids, pinned in `model/vocabulary.ts`. */
  readonly attack: readonly string[];
  readonly atlas: readonly string[];
}

/** Events that can be a violation themselves. */
export type ViolatingEvent = NetworkEvent | DnsEvent | ProcessEvent;

/** Records of one file that were counted, not weighed one by one: the same kind of violation within a short time. */
export interface Repeats {
  readonly path: string;
  /** 1-based line of each, the representative's own not among them. Many of them are kept as little more than that. */
  readonly lines: Iterable<number> & { readonly length: number };
}

/** One packet, connection attempt, query or request that broke a rule; all records of it are listed once. */
export interface Violation {
  /** `v-` and 12 hex digits, stable for the same records. */
  readonly id: string;
  readonly finding: Finding;
  /** The record shown first: earliest, then path and line. */
  readonly event: ViolatingEvent;
  /** Every other record of the same packet or attempt. */
  readonly alsoSeen: readonly SourceRef[];
  /** Set where the violation stands for many of its kind, see `fold/folding.ts`. */
  readonly repeats?: Repeats;
  /** Number of packets or connections, an aggregated record's own count included. */
  readonly count: number;
  /** Corrected times, microseconds UTC. */
  readonly first: Micros;
  readonly last: Micros;
}
