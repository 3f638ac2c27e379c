import { verdictSentence } from '../../core/findings/findings.ts';
import { escapeTerminal } from '../../core/text/text.ts';
import { jsonLines } from '../../report/json/index.ts';
import { commandLine } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { runOptions } from '../command-line/run-options.ts';
import { freshReport, judged } from '../exit/baseline.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { judge } from '../exit/gate.ts';
import { investigateFor } from '../outputs/advice.ts';
import { withRecurrence } from '../outputs/earlier.ts';
import { isPrinted, writeOutputs } from '../outputs/outputs.ts';
import { planOf } from '../outputs/plan.ts';
import { stateHashes } from '../outputs/planned-outputs.ts';
import { complain, isNothingThere } from '../terminal/complaints.ts';
import { cleaner, print, printLines } from '../terminal/terminal.ts';

/** One sentence and the exit code, for CI. */
export async function checkCommand(paths: readonly string[], flags: CommonFlags): Promise<number> {
  const cwd = process.cwd();
  const clean = cleaner(flags);
  const { outputs, baseline, earlier } = await planOf(paths, flags, cwd);
  const hashes = stateHashes(outputs, flags);
  const found = await investigateFor(outputs, { ...runOptions(paths, flags, cwd), hashes });
  const report = judged(withRecurrence(found.report, earlier), baseline);
  complain(report.problems, flags);
  if (isNothingThere(report.inputs, report.problems)) return EXIT.usage;
  const { code, because } = judge(report, flags);
  process.exitCode = code;
  const command = commandLine(paths, flags);
  // Where a report takes the output, the sentence goes beside it.
  const taken = flags.json === true || outputs.some(isPrinted);
  const say = taken ? (text: string) => process.stderr.write(text) : print;
  await writeOutputs(outputs, report, { paths, cwd, flags, clean, command, flows: found.flows }, async () => {
    if (flags.json) await printLines(jsonLines(report, clean));
    if (flags.quiet === true) return;
    await say(`${outcome(code)}: ${verdictSentence(freshReport(report)).replace(/^Cannot say: /, '')}\n`);
    if (because !== undefined) await say(`  because ${escapeTerminal(clean(because))}\n  ${command}\n`);
  });
  return code;
}

function outcome(code: number): string {
  if (code === EXIT.clean) return 'pass';
  return code === EXIT.findings ? 'fail' : 'cannot say';
}
