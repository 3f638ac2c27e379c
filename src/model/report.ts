import type { Attribution, Incident, ProcessRef } from './attribution.ts';
import type { BaselineUse } from './baseline.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { CoverageEvent } from './event.ts';
import type { Role } from './format.ts';
import type { SourceRef } from './source.ts';
import type { Micros } from './time.ts';

/** From which verdict on a violation fails a gate; `any` also counts what nobody can be blamed for. */
export const FAIL_ON = ['proven', 'likely', 'ambiguous', 'any', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];

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

/** The same while its hash is still being made. */
export interface ReadReport extends Omit<InputReport, 'sha256'> {
  readonly sha256: Promise<string>;
}

/** Waits for the hashes. */
export function withHashes(reports: readonly ReadReport[]): Promise<InputReport[]> {
  return Promise.all(reports.map(async (report) => ({ ...report, sha256: await report.sha256 })));
}

/** Of files that were read to their end but changed before they were hashed: what was read can no longer be proven. */
export function unhashedProblems(inputs: readonly InputReport[]): readonly Diagnostic[] {
  return inputs
    .filter(({ sha256, bytes, duplicateOf }) => sha256 === '' && bytes > 0 && duplicateOf === undefined)
    .map(({ path }) => ({
      severity: 'warning',
      code: 'unhashed',
      message: `${path} was changed before it was hashed: its SHA-256 is not known`,
      path,
    }));
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

/** How long a process that a verdict names lived; a bound that no record states is absent. Corrected times, microseconds UTC. */
export interface ProcessSpan {
  readonly process: ProcessRef;
  readonly start?: Micros;
  readonly end?: Micros;
  /** Its first and last violation. */
  readonly first: Micros;
  readonly last: Micros;
}

/** How busy one GPU was: the highest utilisation (0 to 1) in each part of `binUs` microseconds; null where nothing was measured. */
export interface GpuLane {
  readonly host: string;
  readonly device: string;
  readonly from: Micros;
  readonly binUs: number;
  readonly busy: readonly (number | null)[];
}

/** A source says itself that records are missing. */
export interface Gap {
  readonly ref: SourceRef;
  readonly reason: CoverageEvent['reason'];
  readonly at: Micros;
  readonly count?: number;
}

/** What a timeline shows beside the attributions; every list is capped. See `timeline/lanes.ts`. */
export interface Lanes {
  readonly processes: readonly ProcessSpan[];
  readonly gpus: readonly GpuLane[];
  readonly gaps: readonly Gap[];
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
  /** Files whose records of this name differ in run, step or outcome: several rollouts may bear it. */
  readonly disputed?: readonly string[];
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
  readonly baseline?: BaselineUse;
  readonly lanes?: Lanes;
}
