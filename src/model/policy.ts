/** Where a connection goes, as far as records tell. Absent means "no record says so": no rule that asks for it matches. */
export interface FlowEnds {
  /** Address that opened the connection, as the sensors of the violations see it (after source NAT). */
  readonly source?: string;
  /** Destination address; for a proxied request, the address the request reaches for. */
  readonly ip?: string;
  /** Name from the DNS question, the TLS SNI, the HTTP Host header or the proxied URL; lower case. */
  readonly domain?: string;
  readonly port?: number;
  /** Lower-case IANA name. */
  readonly transport?: string;
  /** The record is a proxy's own, so a rule of that proxy can see it. */
  readonly proxied?: true;
}

/** Good connections with the same ends. */
export interface GoodFlow extends FlowEnds {
  /** Connections, each counted once, at the sensor that saw most of them. */
  readonly count: number;
}

/** The connections of a night that matter to a policy. */
export interface NightFlows {
  /** Allowed connections that are part of no violation, added up; sorted. */
  readonly good: readonly GoodFlow[];
  /** Ends of each violation by id, completed from every record of it. */
  readonly bad: ReadonlyMap<string, FlowEnds>;
}

/** One line of a policy. A field that is absent matches everything; a flow that lacks what a field asks for does not match. */
export interface Rule {
  readonly action: 'allow' | 'deny';
  /** Address or CIDR. */
  readonly source?: string;
  /** Address or CIDR. */
  readonly destination?: string;
  /** CIDRs inside `destination` that do not match. */
  readonly except?: readonly string[];
  readonly domain?: string;
  /** This name only, or only names below it; both when absent. */
  readonly names?: 'exact' | 'below';
  /** Inclusive. */
  readonly ports?: readonly [number, number];
  readonly transport?: string;
}

/** The first rule that matches decides, else the default. */
export interface Policy {
  readonly default: 'allow' | 'deny';
  /** `proxied`: rules of a proxy, which sees only what goes through it. */
  readonly scope: 'all' | 'proxied';
  readonly rules: readonly Rule[];
}

/** A rule of a suggestion with what it does to the night. */
export interface SuggestedRule {
  readonly rule: Rule;
  /** Bad flows (deny) or good connections (allow) that it matches, other rules not considered. */
  readonly matches: number;
  /** Good connections that a deny rule breaks, other rules not considered. */
  readonly breaks: number;
  /** Incidents with a flow that it stops; empty for allow rules. */
  readonly incidents: readonly string[];
}

/** Flows with the same destination, for lists of what remains or breaks. */
export interface FlowGroup {
  readonly ends: FlowEnds;
  readonly count: number;
  readonly incidents: readonly string[];
}

/** What a policy does to the flows of a night. */
export interface PolicyEffect {
  readonly bad: number;
  readonly stopped: number;
  readonly good: number;
  readonly broken: number;
  /** Bad flows that still pass, most first. */
  readonly remaining: readonly FlowGroup[];
  /** Good connections that are cut, most first. */
  readonly breaking: readonly FlowGroup[];
}

export interface Suggestion {
  readonly mode: 'deny' | 'allow';
  readonly rules: readonly SuggestedRule[];
  readonly effect: PolicyEffect;
  /** No smaller answer exists. False when the search was cut at its limit of nodes. */
  readonly optimal: boolean;
  /** Nodes of the search tree that were visited. */
  readonly nodes: number;
  /** Violations whose verdict was not asked for: neither bad nor good. */
  readonly leftOut: number;
}

/** A change of the policy in words. */
export interface PolicyChange {
  /** `deny tcp to 198.51.100.9 port 3333` */
  readonly says: string;
  /** Bad flows that it stops, other changes not considered. */
  readonly stops: number;
  /** Good connections that it breaks, other changes not considered. */
  readonly breaks: number;
  /** Where those go, most first. */
  readonly breaking: readonly PlaceCount[];
  readonly incidents: readonly string[];
}

export interface PlaceCount {
  readonly place: string;
  readonly count: number;
  /** Incidents that went there too. */
  readonly incidents: readonly string[];
}

/** Which policy would have stopped a night, for reports. `unknown`: the good connections were not kept, so its price is not known. */
export type PolicyAdvice =
  | { readonly is: 'unknown' }
  | {
      readonly is: 'suggested';
      /** The whole result in one sentence. */
      readonly says: string;
      /** Connections that a change could break; 0 when no record shows one. */
      readonly good: number;
      readonly changes: readonly PolicyChange[];
      readonly remaining: readonly PlaceCount[];
      /** Violations of other verdicts, neither bad nor good. */
      readonly leftOut: number;
      readonly file: PolicyFile;
    };

/** The changes as a product takes them. */
export interface PolicyFile {
  /** For `policy suggest --format`. */
  readonly format: string;
  readonly text: string;
  /** Changes that the product has no words for, in words; the text names them too. */
  readonly unexpressed: readonly string[];
  readonly otherFormats: readonly string[];
}
