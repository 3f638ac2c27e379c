import { verdictSentence } from '../../core/findings.ts';
import { jsonText } from '../../core/text.ts';
import { investigate } from '../../pipeline.ts';
import { jsonRecords } from '../../report/json/index.ts';
import { earlierNights, withRecurrence } from '../earlier.ts';
import { EXIT } from '../exit-codes.ts';
import { exitCodeOf } from '../gate.ts';
import { type CommonFlags, runOptions } from '../options.ts';
import { plannedOutputs, writeOutputs } from '../outputs.ts';
import { cleaner, print } from '../terminal.ts';
import { commandLine } from './investigate.ts';

/** One sentence and the exit code, for CI. */
export async function checkCommand(paths: readonly string[], flags: CommonFlags): Promise<number> {
  const outputs = plannedOutputs(flags, process.env);
  const earlier = earlierNights(flags);
  const report = withRecurrence(await investigate(runOptions(paths, flags, process.cwd())), earlier);
  for (const problem of report.problems) process.stderr.write(`egressblame: ${problem.message}\n`);
  if (report.inputs.length === 0 && report.problems.some((problem) => problem.code === 'path-missing'))
    return EXIT.usage;
  const code = exitCodeOf(report, flags);
  if (flags.json) for (const record of jsonRecords(report, cleaner(flags))) await print(`${jsonText(record)}\n`);
  else if (!flags.quiet)
    await print(
      `${outcome(code)}: ${verdictSentence(report)}\n${code === EXIT.clean ? '' : `  ${commandLine(paths)}\n`}`,
    );
  await writeOutputs(outputs, report, {
    paths,
    cwd: process.cwd(),
    flags,
    clean: cleaner(flags),
    command: commandLine(paths),
  });
  return code;
}

function outcome(code: number): string {
  if (code === EXIT.clean) return 'pass';
  return code === EXIT.findings ? 'fail' : 'cannot say';
}
