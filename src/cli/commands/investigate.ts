import { setImmediate as giveWay } from 'node:timers/promises';
import type { Attribution } from '../../model/attribution.ts';
import type { Report } from '../../model/report.ts';
import type { AttributionLines } from '../../report/json/ahead.ts';
import { attributionLines, jsonLines } from '../../report/json/index.ts';
import { renderTerminal } from '../../report/terminal/index.ts';
import type { TerminalOptions } from '../../report/terminal/options.ts';
import { commandLine } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { runOptions } from '../command-line/options.ts';
import { freshReport, judged, loadBaseline } from '../exit/baseline.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { judge } from '../exit/gate.ts';
import { stopOnInterrupt } from '../exit/interrupt.ts';
import { refuseEvidence } from '../files/kept-evidence.ts';
import { checkWritable } from '../files/writable.ts';
import { investigateFor } from '../outputs/advice.ts';
import { earlierNights, withRecurrence } from '../outputs/earlier.ts';
import { writeOutputs } from '../outputs/outputs.ts';
import { plannedOutputs, stateHashes } from '../outputs/planned-outputs.ts';
import { complain, isNothingThere } from '../terminal/complaints.ts';
import { createLog } from '../terminal/log.ts';
import { watchReading } from '../terminal/progress.ts';
import { cleaner, print, printLines, terminalOptions } from '../terminal/terminal.ts';

export async function investigateCommand(paths: readonly string[], flags: CommonFlags): Promise<number> {
  const cwd = process.cwd();
  const outputs = plannedOutputs(flags, process.env);
  const names = outputs.map(({ path }) => path);
  checkWritable(names, cwd);
  await refuseEvidence(names, paths, { flags, cwd });
  const baseline = await loadBaseline(paths, flags, cwd);
  const toOutput = outputs.some(({ path }) => path === undefined);
  const { onProgress, onFinding, done } = watchReading(flags.quiet === true || flags.json === true);
  const earlier = earlierNights(flags);
  const interrupt = stopOnInterrupt();
  const lines = attributionLines(cleaner(flags));
  // What a baseline accepts is told later.
  const isFinal = flags.json === true && baseline === undefined;
  const { report: found, flows } = await investigateFor(outputs, {
    ...runOptions(paths, flags, cwd),
    hashes: stateHashes(outputs, flags),
    onProgress,
    onFinding,
    signal: interrupt.signal,
    ...(isFinal ? { whileHashing: ({ attributions }, isHashing) => writeAhead(lines, attributions, isHashing) } : {}),
  });
  interrupt.done();
  done();
  const report = judged(withRecurrence(found, earlier), baseline);
  await logRun(report, flags);
  const isNowhere = isNothingThere(report.inputs, report.problems);
  const isShown = !flags.json && !flags.quiet && !toOutput && !isNowhere;
  if (!isShown) complain(report.problems, flags);
  const { code, because } = isNowhere ? { code: EXIT.usage } : judge(report, flags);
  // A reader that closes the pipe early leaves the verdict as it is.
  process.exitCode = code;
  const command = commandLine(paths, flags);
  // Files first: a reader that closes the pipe early (head) ends the program, and must not cost a report.
  const writing = { paths, cwd, flags, clean: cleaner(flags), command, flows };
  await writeOutputs(
    outputs.filter(({ path }) => path !== undefined),
    report,
    writing,
  );
  if (flags.json) await printLines(jsonLines(report, cleaner(flags), lines));
  else if (isShown)
    await print(renderTerminal(freshReport(report), shown(terminalOptions(flags, command), code, because)));
  await writeOutputs(
    outputs.filter(({ path }) => path === undefined),
    report,
    writing,
  );
  return code;
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
