import type { Settings } from '../../config/settings.ts';
import type { Role } from '../../model/format.ts';
import type { Importer } from '../../model/importer.ts';
import type { FailOn } from '../../model/report.ts';
import type { Severity } from '../../model/violation.ts';

/** Settings of a run: those of the file, with its importers made into formats. */
export interface RunSettings extends Omit<Settings, 'importers'> {
  readonly importers: readonly Importer[];
}

/** What the command line gives, before it becomes a run. */
export interface CommonFlags {
  readonly as?: Record<string, string>;
  readonly tz?: Record<string, number>;
  readonly clockOffset?: Record<string, number>;
  readonly source?: Record<string, readonly Role[]>;
  /** A file, or false for --no-config. */
  readonly config?: string | boolean;
  /** What the configuration file says; put here before the command runs. */
  readonly settings?: RunSettings;
  readonly year?: number;
  readonly memory?: number;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** False for --no-color. */
  readonly color?: 'auto' | 'always' | 'never' | false;
  readonly redact: boolean;
  readonly failOn: FailOn;
  readonly minSeverity?: Severity;
  readonly minCoverage: number;
  readonly baseline?: string;
  readonly output?: readonly string[];
  readonly compare?: readonly string[];
  readonly format?: string;
}

/** The flags of reading and showing, without those of gates and outputs. */
export type ReadingFlags = Omit<
  CommonFlags,
  'failOn' | 'minSeverity' | 'minCoverage' | 'baseline' | 'output' | 'compare' | 'format'
>;
