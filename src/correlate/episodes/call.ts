import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

/** One tool call, merged from every artefact that records it; corrected times. */
export interface Call {
  /** Unique inside one run of the program. */
  readonly key: string;
  readonly episodeId: string;
  readonly index: number;
  readonly callId: string | undefined;
  readonly name: string;
  readonly command: string | undefined;
  readonly argumentsText: string | undefined;
  /** Earliest and latest moment at which the call's own processes can have started. */
  readonly start: Micros | undefined;
  readonly end: Micros | undefined;
  readonly earlyUs: number;
  readonly lateUs: number;
  /** `inferred`: the bounds are those of its neighbours in the record, see `placing.ts`. */
  readonly timing: 'recorded' | 'inferred';
  /** Why the stamps of the record were not taken for its time. */
  readonly rejected: string | undefined;
  readonly executed: boolean;
  readonly background: boolean;
  readonly truncated: boolean;
  readonly trust: 'outside' | 'agent-writable';
  readonly sandboxId: string | undefined;
  readonly host: string | undefined;
  readonly ref: SourceRef;
}
