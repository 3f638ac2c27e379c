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
  /** Relative to the common parent of what was named, with `/`; `archive!/member` inside an archive. */
  readonly path: string;
  /** Id of the format that read most of it; undefined when none recognised it. */
  readonly format: string | undefined;
  /** What was found in it, sorted. */
  readonly roles: readonly Role[];
  /** Of the stored bytes, 64 hex digits; empty when it was not made. */
  readonly sha256: string;
  /** Stored bytes that were read. */
  readonly bytes: number;
  readonly records: {
    readonly read: number;
    readonly decoded: number;
    readonly skipped: number;
    readonly failed: number;
    readonly duplicate: number;
  };
  /** Records by the reason for which they were skipped. */
  readonly skipped: Readonly<Record<string, number>>;
  /** First and last time in it, not corrected. */
  readonly first: Micros | undefined;
  readonly last: Micros | undefined;
  /** Host that its path names. */
  readonly host: string | undefined;
  /** Formats that claimed it most, with scores from 0 to 1, the best first. */
  readonly candidates: readonly { readonly id: string; readonly score: number; readonly reason: string }[];
  /** First records that failed, with the reason. */
  readonly bad: readonly { readonly line: number; readonly reason: string; readonly text: string }[];
  /** Formats that share a mixed file, with the number of records each read. */
  readonly mixed: Readonly<Record<string, number>>;
  /** Path of the input that holds the same bytes and was read instead. */
  readonly duplicateOf?: string;
  /** Why nothing was read of it. */
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
  /** Path of a log, `path#format` in a mixed file, `path@host` where one file holds several hosts. */
  readonly domain: string;
  /** How far it is ahead of the reference, microseconds. */
  readonly offsetUs: number;
  /** In which the offset lies; infinite where nothing tells. */
  readonly intervalUs: readonly [number, number];
  /** Parts per million by which it runs fast. */
  readonly driftPpm: number;
  readonly steps: readonly { readonly at: Micros; readonly byUs: number }[];
  /** `UTC`, or what its stamps are and were read as. */
  readonly zone: string;
  /** How many pairs of records the offset rests on. */
  readonly pairs: number;
  /** What the pairs have in common, `reference`, `stated by the user` or why there is no correction. */
  readonly method: string;
  readonly note?: string;
}

/** What chance would explain: see `attribute/chance.ts`. */
export interface Chance {
  /** Incidents that would begin inside a call of a sandbox drawn by lot. */
  readonly expected: number;
  /** Incidents that begin inside a call of the sandbox blamed. */
  readonly observed: number;
  /** Probability of as many or more by chance, 0 to 1. */
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
  /** Of the program. */
  readonly version: string;
  /** Paths as they were given. */
  readonly arguments: readonly string[];
  readonly inputs: readonly InputReport[];
  readonly clocks: readonly ClockReport[];
  /** One a violation. */
  readonly attributions: readonly Attribution[];
  readonly incidents: readonly Incident[];
  /** How many episodes and tool calls the records hold. */
  readonly episodes: number;
  readonly calls: number;
  readonly rollouts: readonly Rollout[];
  /** Share of the records read that were decoded or skipped for a stated reason, 0 to 1. */
  readonly coverage: number;
  /** Undefined where no incident is laid on a sandbox whose calls have times. */
  readonly chance: Chance | undefined;
  readonly problems: readonly Diagnostic[];
  readonly baseline?: BaselineUse;
  readonly lanes?: Lanes;
}
