import type { Report } from './model/report.ts';
import { investigate, type RunOptions as Told } from './pipeline.ts';

export { formatIso, parseMoment } from './core/time/time.ts';
export type {
  Attribution,
  Candidate,
  EpisodeRef,
  Evidence,
  Incident,
  ProcessRef,
  ToolCallRef,
  Verdict,
} from './model/attribution.ts';
export type { Diagnostic } from './model/diagnostic.ts';
export type { Event } from './model/event.ts';
export type { Format, Role } from './model/format.ts';
export type { ClockReport, InputReport, Report } from './model/report.ts';
export type { SourceRef } from './model/source.ts';
export type { Micros } from './model/time.ts';
export type { Severity, Violation } from './model/violation.ts';
export { VERSION } from './version.ts';

/** What a run is told. All but the paths may be left out. */
export interface RunOptions extends Omit<Told, 'cwd'> {
  /** Where relative paths start; the working folder unless told. */
  readonly cwd?: string;
}

/**
 * The whole job: reads files, folders, globs and `-`, puts clocks right and names the cause of each violation.
 * A path that is not there and input that cannot be read are no errors but stand in `report.problems`.
 */
export function run(options: RunOptions): Promise<Report> {
  return investigate({ cwd: '.', ...options });
}
