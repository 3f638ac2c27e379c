export type { Attribution, Candidate, Evidence, Incident, Verdict } from './model/attribution.ts';
export type { Event } from './model/event.ts';
export type { Format } from './model/format.ts';
export type { ClockReport, InputReport, Report } from './model/report.ts';
export type { Violation } from './model/violation.ts';
export { investigate as run, type RunOptions } from './pipeline.ts';
export { VERSION } from './version.ts';
