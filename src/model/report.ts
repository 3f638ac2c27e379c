import type { Attribution, Incident } from './attribution.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Role } from './format.ts';
import type { Micros } from './time.ts';

/** What became of one input. `read = decoded + skipped + failed + duplicate`. */
export interface InputReport {
  readonly path: string;
  readonly format: string | undefined;
  readonly roles: readonly Role[];
  readonly sha256: string;
  readonly bytes: number;
  readonly records: {
    readonly read: number;
    readonly decoded: number;
    readonly skipped: number;
    readonly failed: number;
    readonly duplicate: number;
  };
  readonly skipped: Readonly<Record<string, number>>;
  readonly first: Micros | undefined;
  readonly last: Micros | undefined;
  readonly host: string | undefined;
  readonly candidates: readonly { readonly id: string; readonly score: number; readonly reason: string }[];
  /** First records that failed, with the reason. */
  readonly bad: readonly { readonly line: number; readonly reason: string; readonly text: string }[];
  /** Formats that share a mixed file, with the number of records each read. */
  readonly mixed: Readonly<Record<string, number>>;
  readonly duplicateOf?: string;
  readonly note?: string;
}

/** One clock domain's correction: corrected = raw - (offset + drift * (raw - epoch of the domain)). */
export interface ClockReport {
  readonly domain: string;
  readonly offsetUs: number;
  readonly intervalUs: readonly [number, number];
  readonly driftPpm: number;
  readonly steps: readonly { readonly at: Micros; readonly byUs: number }[];
  readonly zone: string;
  readonly pairs: number;
  readonly method: string;
  readonly note?: string;
}

/** What chance would explain: see `attribute/chance.ts`. */
export interface Chance {
  readonly expected: number;
  readonly observed: number;
  readonly p: number;
}

/** One episode as a trainer sees it. What is absent no record states. */
export interface Rollout {
  readonly episode: string;
  /** Other names of it: session, trajectory and trace ids. */
  readonly aliases: readonly string[];
  /** Formats that describe it, sorted. */
  readonly formats: readonly string[];
  readonly sandboxIds: readonly string[];
  readonly run?: string;
  /** Prompt group: its members' advantages are normalised with each other's rewards (GRPO). */
  readonly group?: string;
  /** Training step that consumed it. */
  readonly step?: number;
  readonly attempt?: string;
  readonly reward?: number;
  readonly use?: 'train' | 'eval';
  readonly task?: string;
  /** Kept only for episodes that an attribution names. */
  readonly prompt?: string;
  readonly toolCalls: number;
  /** A log says that the trainer threw it away. */
  readonly dropped: boolean;
}

/** Everything one run found. Reporters read only this. */
export interface Report {
  readonly version: string;
  readonly arguments: readonly string[];
  readonly inputs: readonly InputReport[];
  readonly clocks: readonly ClockReport[];
  readonly attributions: readonly Attribution[];
  readonly incidents: readonly Incident[];
  readonly episodes: number;
  readonly calls: number;
  readonly rollouts: readonly Rollout[];
  /** Share of the records read that were decoded or skipped for a stated reason. */
  readonly coverage: number;
  readonly chance: Chance | undefined;
  readonly problems: readonly Diagnostic[];
}
