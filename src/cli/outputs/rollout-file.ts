import type { Report } from '../../model/report.ts';
import type { RunOptions } from '../../pipeline.ts';
import { discover } from '../../sources/files/discover.ts';
import { shownPath } from '../command-line/shown-path.ts';

const ROLLOUT_FORMATS: ReadonlySet<string> = new Set([
  'roll-dump',
  'verifiers',
  'nemo-gym',
  'training-dump',
  'inspect',
]);

/** A rollout file among the inputs, as the user can name it. */
export function rolloutFileOf(report: Report, run: Pick<RunOptions, 'paths' | 'cwd'>): string | undefined {
  const path = report.inputs.find(
    ({ format, path: name }) => format !== undefined && ROLLOUT_FORMATS.has(format) && !name.includes('!/'),
  )?.path;
  const input = discover(run.paths, run.cwd).inputs.find((candidate) => candidate.path === path);
  return input === undefined || input.absolute === '-' || input.pipe !== undefined
    ? undefined
    : shownPath(input.absolute, run.cwd);
}
