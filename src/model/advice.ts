import type { PolicyAdvice } from './policy.ts';
import type { BatchSize, Quarantine } from './quarantine.ts';

/** What follows from a report, for the formats that show it. */
export interface Advice {
  readonly quarantine: Quarantine;
  /** Training steps that lose an episode, as far as the records hold their episodes. */
  readonly batches: readonly BatchSize[];
  /** A rollout file among the inputs, as a command line can name it. */
  readonly rollouts?: string;
  readonly policy: PolicyAdvice;
}
