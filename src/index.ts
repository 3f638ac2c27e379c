import type { Report } from './model/report.ts';
import type { RunOptions } from './model/run-options.ts';
import { investigate } from './pipeline.ts';

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
export type { Progress, RunOptions } from './model/run-options.ts';
export type { SourceRef } from './model/source.ts';
export type { Micros } from './model/time.ts';
export type { Severity, Violation } from './model/violation.ts';
export { VERSION } from './version.ts';

/**
 * The whole job: reads files, folders, globs and `-`, puts clocks right and names the cause of each violation.
 * A path that is not there and input that cannot be read are no errors but stand in `report.problems`.
 */
export function run(options: RunOptions): Promise<Report> {
  return investigate({ cwd: '.', ...options });
}
