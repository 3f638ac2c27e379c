import type { ToolCallRef } from './attribution.ts';
import type { Rollout } from './report.ts';
import type { Micros } from './time.ts';
import type { Category } from './violation.ts';

/** How sure an attribution must be before its episode is quarantined; `ambiguous` takes every suspect that was not ruled out. */
export const GRADES = ['proven', 'likely', 'ambiguous'] as const;
export type Grade = (typeof GRADES)[number];

/** Whether an optimizer step used the episode. `unknown` is said, never guessed. */
export type Consumed =
  | { readonly is: 'yes'; readonly step: number }
  | { readonly is: 'no'; readonly because: string }
  | { readonly is: 'unknown' };

/** An episode that is blamed (or, at grade `ambiguous`, suspected). */
export interface FlaggedEpisode {
  readonly rollout: Rollout;
  readonly grade: Grade;
  /** Of its best attribution, 0..1. */
  readonly probability: number;
  readonly categories: readonly Category[];
  /** Incident and violation ids, for `explain`. */
  readonly incidents: readonly string[];
  readonly violations: readonly string[];
  readonly toolCalls: readonly BlamedCall[];
  /** Most frequent first, as `name:port`. */
  readonly destinations: readonly string[];
  /** Earliest violation, corrected time. */
  readonly first: Micros;
  readonly consumed: Consumed;
  /** Whether training was told that this was good: a reward above zero. */
  readonly rewarded: 'yes' | 'no' | 'unknown';
  /** Members of its prompt group that are not flagged themselves; undefined when no record names the group. */
  readonly members: readonly string[] | undefined;
}

export interface BlamedCall {
  readonly call: ToolCallRef;
  readonly categories: readonly Category[];
  readonly destinations: readonly string[];
  readonly incident: string;
}

/** A member of a poisoned group: its own conduct is not blamed, its advantage was computed with a poisoned reward. */
export interface AffectedEpisode {
  readonly rollout: Rollout;
  /** Flagged episodes of its group. */
  readonly through: readonly string[];
  /** `same-step`: group and step are recorded and equal. `step-unknown`: the group is, a step is missing. */
  readonly by: 'same-step' | 'step-unknown';
}

/** The first poisoned step of a training run; every checkpoint written after its update descends from it. */
export interface PoisonedRun {
  /** Absent when no record names the run. */
  readonly run?: string;
  readonly firstStep: number;
  /** Steps in the records at or after the first poisoned one. */
  readonly stepsSeen: readonly number[];
  /** Flagged episodes consumed at the first step. */
  readonly episodes: readonly string[];
}

/** Why the list may be incomplete or a field unknown. */
export interface Gap {
  readonly code:
    | 'violations-undecided'
    | 'sandboxes-untraced'
    | 'traces-missing'
    | 'records-unread'
    | 'inputs-unread'
    | 'names-disputed'
    | 'groups-filtered'
    | 'group-unknown'
    | 'step-unknown'
    | 'reward-unknown';
  readonly count: number;
  readonly says: string;
  /** Episodes that are suspected and not on the list, by name, of each violation its `candidates`: what nobody may call safe. */
  readonly episodes?: readonly string[];
}

/** What must be kept out of training, and how far that can be trusted. */
export interface Quarantine {
  readonly minVerdict: Grade;
  /** Unsafe and rewarded first. */
  readonly flagged: readonly FlaggedEpisode[];
  readonly affected: readonly AffectedEpisode[];
  readonly runs: readonly PoisonedRun[];
  readonly gaps: readonly Gap[];
  /** Episodes in the records, thrown away ones included. */
  readonly episodes: number;
}

/** Rollouts of one training step, or of one prompt group in it, before and after the cut. */
export interface BatchSize {
  readonly run: string | undefined;
  readonly step: number | undefined;
  /** Undefined for the whole step. */
  readonly group: string | undefined;
  readonly before: number;
  readonly after: number;
}
