import { at, tryJson } from '../../core/json/json.ts';
import { redact } from '../../core/text/redact.ts';
import { type EarlierReport, recurrenceOf } from '../../history/recurrence.ts';
import { traitsOf } from '../../history/traits.ts';
import type { Report } from '../../model/report.ts';
import { jsonRecords } from '../../report/json/index.ts';
import { givenText } from '../command-line/given-text.ts';
import { UsageError } from '../command-line/usage-error.ts';

/** Reads every `--compare` before the work starts, so that a mistyped name costs nothing. */
export function earlierNights(flags: { readonly compare?: readonly string[] }): readonly EarlierReport[] {
  return (flags.compare ?? []).map((report) => ({ report, incidents: traitsOf(recordsOf(report)) }));
}

function recordsOf(path: string): readonly unknown[] {
  const text = givenText(path, `--compare ${path}`);
  if (text === undefined) throw new UsageError(`--compare ${path}: it is not there`);
  const records = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [tryJson(line)]));
  if (at(records[0], 'record') !== 'run' || records.some((record) => record === undefined))
    throw new UsageError(
      `--compare ${path}: this is no output of --json; write one with: egressblame LOGS... --json > FILE`,
    );
  return records;
}

/** Says of each incident whether earlier nights have seen it; both sides are compared as they are written, without secrets. */
export function withRecurrence(report: Report, earlier: readonly EarlierReport[]): Report {
  if (earlier.length === 0) return report;
  const tonight = new Map(traitsOf(jsonRecords(report, redact)).map((traits) => [traits.incident, traits]));
  return {
    ...report,
    incidents: report.incidents.map((incident) => {
      const traits = tonight.get(incident.id);
      return traits === undefined ? incident : { ...incident, recurrence: recurrenceOf(traits, earlier) };
    }),
  };
}
