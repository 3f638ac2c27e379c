import { setImmediate as giveWay } from 'node:timers/promises';
import type { Attribution } from '../../model/attribution.ts';
import type { Report } from '../../model/report.ts';
import type { RunOptions } from '../../pipeline.ts';
import type { AttributionLines } from '../../report/json/ahead.ts';
import { attributionLines, jsonLines } from '../../report/json/index.ts';
import { renderTerminal } from '../../report/terminal/index.ts';
import type { TerminalOptions } from '../../report/terminal/options.ts';
import { commandLine } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { runOptions } from '../command-line/run-options.ts';
import { freshReport, judged } from '../exit/baseline.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { judge } from '../exit/gate.ts';
import { stopOnInterrupt } from '../exit/interrupt.ts';
import { type Investigated, investigateFor } from '../outputs/advice.ts';
import { withRecurrence } from '../outputs/earlier.ts';
import { isPrinted, writeOutputs } from '../outputs/outputs.ts';
import { type Plan, planOf } from '../outputs/plan.ts';
import { stateHashes } from '../outputs/planned-outputs.ts';
import { complain, isNothingThere } from '../terminal/complaints.ts';
import { createLog } from '../terminal/log.ts';
import { watchReading } from '../terminal/progress.ts';
import { cleaner, print, printLines, terminalOptions } from '../terminal/terminal.ts';

/** Finds the culprits and shows them, writes the reports that were asked for, and tells by the exit code how it ended. */
export async function investigateCommand(paths: readonly string[], flags: CommonFlags): Promise<number> {
  const cwd = process.cwd();
  const clean = cleaner(flags);
  const plan = await planOf(paths, flags, cwd);
  const { outputs, baseline, earlier } = plan;
  const lines = attributionLines(clean);
  const { report: found, flows } = await investigateWatched(runOptions(paths, flags, cwd), flags, plan, lines);
  const report = judged(withRecurrence(found, earlier), baseline);
  await logRun(report, flags);
  const isNowhere = isNothingThere(report.inputs, report.problems);
  const isShown = !flags.json && !flags.quiet && !outputs.some(isPrinted) && !isNowhere;
  if (!isShown) complain(report.problems, flags);
  const { code, because } = isNowhere ? { code: EXIT.usage } : judge(report, flags);
  // A reader that closes the pipe early leaves the verdict as it is.
  process.exitCode = code;
  const command = commandLine(paths, flags);
  await writeOutputs(outputs, report, { paths, cwd, flags, clean, command, flows }, async () => {
    if (flags.json) await printLines(jsonLines(report, clean, lines));
    else if (isShown)
      await print(renderTerminal(freshReport(report), shown(terminalOptions(flags, command), code, because)));
  });
  return code;
}

/** A terminal shows how far it is; Ctrl-C ends the reading; records that stand already are written while hashes are made. */
async function investigateWatched(
  run: RunOptions,
  flags: CommonFlags,
  { outputs, baseline }: Plan,
  lines: AttributionLines,
): Promise<Investigated> {
  const { onProgress, onFinding, done } = watchReading(flags.quiet === true || flags.json === true);
  const interrupt = stopOnInterrupt();
  // What a baseline accepts is told later.
  const isFinal = flags.json === true && baseline === undefined;
  const found = await investigateFor(outputs, {
    ...run,
    hashes: stateHashes(outputs, flags),
    onProgress,
    onFinding,
    signal: interrupt.signal,
    ...(isFinal ? { whileHashing: ({ attributions }, isHashing) => writeAhead(lines, attributions, isHashing) } : {}),
  });
  interrupt.done();
  done();
  return found;
}

/** What was read and found of clocks, for `--verbose`. */
async function logRun({ inputs, clocks }: Report, { verbose, settings }: CommonFlags): Promise<void> {
  const log = await createLog(verbose === true);
  if (settings !== undefined) log.info({ path: settings.path }, 'configuration read');
  for (const { path, format, records } of inputs) log.info({ path, format, ...records }, 'input read');
  for (const clock of clocks) log.info({ ...clock }, 'clock aligned');
}

/** Why the exit code says "cannot say", which the violations alone do not tell. */
function shown(options: TerminalOptions, code: number, because: string | undefined): TerminalOptions {
  return code === EXIT.incomplete && because !== undefined ? { ...options, because } : options;
}

/** Lines that wait take memory: none is written where the hashes are there already. */
async function writeAhead(
  lines: AttributionLines,
  attributions: readonly Attribution[],
  isHashing: () => boolean,
): Promise<void> {
  do await giveWay();
  while (isHashing() && lines.writeAhead(attributions));
}
