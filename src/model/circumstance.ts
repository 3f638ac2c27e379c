import type { SourceRef } from './source.ts';
import type { Micros } from './time.ts';

/** What an earlier night and this one have in common about an incident. */
export type Likeness = 'destination' | 'command-shape' | 'task';

/** Whether something like an incident stands in the reports of earlier nights. */
export interface Recurrence {
  /** `seen-before`: the same destination, or the same command in the same task; `similar`: the same command elsewhere. */
  readonly answer: 'seen-before' | 'similar' | 'new';
  /** Best likeness first. */
  readonly earlier: readonly {
    readonly report: string;
    readonly incident: string;
    readonly same: readonly Likeness[];
  }[];
  /** How many earlier reports were looked through. */
  readonly reports: number;
}

/** Whether the task of the blamed episode asked for what happened. */
export interface Requested {
  readonly answer: 'requested' | 'not-requested' | 'unknown';
  readonly says: string;
  /** Records in which the prompt stands. */
  readonly refs: readonly SourceRef[];
}

/** One card that an incident kept busy. */
export interface GpuUse {
  readonly host: string | undefined;
  readonly device: string;
  /** First and last busy sample, microseconds UTC. */
  readonly from: Micros;
  readonly to: Micros;
  /** Lowest and highest utilisation between them, 0..1. */
  readonly utilisation: readonly [number, number];
  /** GPU-hours at full load: at least and at most. */
  readonly gpuHours: readonly [number, number];
  /** `process`: the samples name the incident's process; `card`: they tell the load of the whole card. */
  readonly basis: 'process' | 'card';
  readonly refs: readonly SourceRef[];
}

/** GPU time that went to an incident instead of training. */
export type GpuTime =
  | { readonly answer: 'measured'; readonly gpuHours: readonly [number, number]; readonly uses: readonly GpuUse[] }
  | { readonly answer: 'unknown'; readonly says: string };
