import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { groupIncidents } from '../../attribute/incidents.ts';
import { applyBaseline, type Baseline } from '../../baseline/apply.ts';
import type { Report } from '../../model/report.ts';
import { commandLine, shellQuote } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { givenText } from '../command-line/given-text.ts';
import { shownPath } from '../command-line/shown-path.ts';
import { UsageError } from '../command-line/usage-error.ts';

/** Name of the file where none is given. */
export const BASELINE_NAME = 'egressblame.baseline.json';

/** The baseline of a run, read before the work starts; undefined when none is asked for. */
export async function loadBaseline(
  paths: readonly string[],
  flags: CommonFlags,
  cwd: string,
): Promise<Baseline | undefined> {
  if (flags.baseline === undefined) {
    noteUnused(paths, flags, cwd);
    return undefined;
  }
  const baseline = await readBaseline(flags.baseline, cwd);
  if (baseline !== undefined) return baseline;
  const shown = shownPath(flags.baseline, cwd);
  const create = commandLine(paths, flags, ['--baseline', shown, '--owner', 'YOU', '--reason', 'WHY']);
  throw new UsageError(
    `--baseline ${shown}: there is no such file; this accepts what is found now and writes it:\n  ${create.replace('egressblame', 'egressblame baseline update')}`,
  );
}

/** A baseline that lies here is never taken by itself: it lets findings pass. That it is not used is said. */
function noteUnused(paths: readonly string[], flags: CommonFlags, cwd: string): void {
  if (flags.quiet === true || !existsSync(resolve(cwd, BASELINE_NAME))) return;
  process.stderr.write(
    `egressblame: ${BASELINE_NAME} lies here and is not used; this uses it:\n  ${checkCommandLine(paths, flags, BASELINE_NAME)}\n`,
  );
}

/** How `check` is called with a baseline. */
export function checkCommandLine(paths: readonly string[], flags: CommonFlags, baseline: string): string {
  return `${commandLine(['check', ...paths], flags)} --baseline ${shellQuote(baseline)}`;
}

/** Entries of a baseline file; undefined when the file is not there. */
export async function readBaseline(path: string, cwd: string): Promise<Baseline | undefined> {
  const shown = shownPath(path, cwd);
  const text = givenText(resolve(cwd, path), `the baseline ${shown || '.'}`);
  if (text === undefined) return undefined;
  const { checkDocument } = await import('../../config/document.ts');
  const { baselineSchema } = await import('../../baseline/schema.ts');
  const checked = checkDocument(shown, text, baselineSchema);
  if (!checked.ok)
    throw new UsageError(
      `the baseline cannot be used:\n${checked.faults.map((fault) => `  ${fault}`).join('\n')}\n  (egressblame schema baseline prints what it may hold)`,
    );
  const { entries } = checked.value;
  const twice = entries.find(
    ({ fingerprint }, i) => entries.findIndex((other) => other.fingerprint === fingerprint) < i,
  );
  if (twice !== undefined) throw new UsageError(`${shown}: ${twice.fingerprint} stands there twice; keep one entry`);
  return { path: shown, entries };
}

export function judged(report: Report, baseline: Baseline | undefined): Report {
  return baseline === undefined ? report : applyBaseline(report, baseline, today());
}

/** The present day in UTC, `YYYY-MM-DD`. */
export function today(): string {
  return new Date(Date.now()).toISOString().slice(0, 10);
}

/** The report without what the baseline accepts; `report.baseline` tells how much that is. */
export function freshReport(report: Report): Report {
  if ((report.baseline?.accepted ?? 0) === 0) return report;
  const fresh = report.attributions.filter(({ accepted }) => accepted === undefined);
  return { ...report, ...groupIncidents(fresh) };
}
