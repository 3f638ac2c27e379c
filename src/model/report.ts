import type { Attribution, Incident } from './attribution.ts';
import type { BaselineUse } from './baseline.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Role } from './format.ts';
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
  /** Share of the records read that were decoded or skipped for a stated reason. */
  readonly coverage: number;
  readonly chance: Chance | undefined;
  readonly problems: readonly Diagnostic[];
  readonly baseline?: BaselineUse;
}
