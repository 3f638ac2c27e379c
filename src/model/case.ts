import type { EpisodeRef, EvidenceCode, ProcessRef, ToolCallRef, Trust } from './attribution.ts';
import type { SourceRef } from './source.ts';
import type { Violation } from './violation.ts';

/** One fact found by the correlator, before it is weighed. `strength` picks the weight in `attribute/weights.json`. */
export interface Fact {
  readonly code: EvidenceCode;
  readonly strength: string;
  readonly says: string;
  readonly trust: Trust;
  readonly refs: readonly SourceRef[];
}

/** A possible cause with the facts for and against it. */
export interface Suspect {
  /** Stable name for ties and tests. */
  readonly key: string;
  /** `unknown`: a process that no record ties to a sandbox or to the platform. */
  readonly kind: 'call' | 'episode' | 'platform' | 'unknown';
  readonly episode?: EpisodeRef;
  readonly toolCall?: ToolCallRef;
  readonly process?: ProcessRef;
  readonly facts: readonly Fact[];
}

/** Everything the correlator found about one violation. */
export interface Case {
  readonly violation: Violation;
  /** Facts that hold whoever the culprit is: translations, proxy and DNS joins. */
  readonly shared: readonly Fact[];
  readonly suspects: readonly Suspect[];
  /** Sandboxes that can have sent it, when the records tell. */
  readonly sandboxes: readonly string[];
  /** The sandbox is known but its episode left no trace. `mayBeEarlier`: another that held it before left none either. */
  readonly untraced?: { readonly sandboxId: string; readonly episodeId?: string; readonly mayBeEarlier?: boolean };
  /** How probable it is that its cause is among the episodes of which any call is recorded. Undefined: it is. */
  readonly traced?: number;
  /** Its process was found by time alone, and a host that may have sent the flow as well tells nothing of its processes. */
  readonly isUnseen?: true;
  /** The share of the flows of its moment that recorded connects explain, where time alone found its process. Undefined: all. */
  readonly connected?: number;
  /** The share of those whose packet of then it may be, where the record tells no source port and time alone found the process. Undefined: all. */
  readonly firstSent?: number;
  /** Records that would decide, in plain words. */
  readonly missing: readonly string[];
}
