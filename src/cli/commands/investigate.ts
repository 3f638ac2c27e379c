import { jsonText } from '../../core/text.ts';
import { investigate } from '../../pipeline.ts';
import { jsonRecords } from '../../report/json/index.ts';
import { renderTerminal } from '../../report/terminal/index.ts';
import { exitCodeOf } from '../gate.ts';
import { createLog } from '../log.ts';
import { type CommonFlags, runOptions } from '../options.ts';
import { plannedOutputs, writeOutputs } from '../outputs.ts';
import { progressLine } from '../progress.ts';
import { cleaner, print, terminalOptions } from '../terminal.ts';

export async function investigateCommand(paths: readonly string[], flags: CommonFlags): Promise<number> {
  const outputs = plannedOutputs(flags, process.env);
  const toOutput = outputs.some(({ path }) => path === undefined);
  const progress = progressLine(flags.quiet === true || flags.json === true);
  const report = await investigate({ ...runOptions(paths, flags, process.cwd()), onProgress: progress.update });
  progress.done();
  const log = createLog(flags.verbose === true);
  for (const input of report.inputs)
    log.info({ path: input.path, format: input.format, ...input.records }, 'input read');
  for (const clock of report.clocks) log.info({ ...clock }, 'clock aligned');
  for (const problem of report.problems)
    if (flags.json || flags.quiet) process.stderr.write(`egressblame: ${problem.message}\n`);
  if (flags.json) for (const record of jsonRecords(report, cleaner(flags))) await print(`${jsonText(record)}\n`);
  else if (!flags.quiet && !toOutput) await print(renderTerminal(report, terminalOptions(flags, commandLine(paths))));
  await writeOutputs(outputs, report, {
    paths,
    cwd: process.cwd(),
    clean: cleaner(flags),
    command: commandLine(paths),
  });
  const missingOnly = report.inputs.length === 0 && report.problems.some((problem) => problem.code === 'path-missing');
  return missingOnly ? 2 : exitCodeOf(report, flags);
}

/** The call as the user can repeat it. */
export function commandLine(paths: readonly string[]): string {
  return `egressblame ${paths.map(shellQuote).join(' ')}`;
}

export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
