import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import type { ClockReport } from '../../model/report.ts';
import { alignedClocks } from '../../pipeline.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { runOptions } from '../command-line/run-options.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { complain } from '../terminal/complaints.ts';
import { withProgress } from '../terminal/progress.ts';
import { cleaner, print } from '../terminal/terminal.ts';

/** A table of clock domains; with --json each domain and the pairs behind it. */
export async function clocksCommand(paths: readonly string[], flags: CommonFlags): Promise<number> {
  const { clocks, pairs, problems } = await withProgress(flags, (onProgress) =>
    alignedClocks({ ...runOptions(paths, flags, process.cwd()), onProgress }),
  );
  complain(problems, flags);
  const clean = cleaner(flags);
  if (flags.json) {
    for (const clock of clocks)
      await print(`${jsonText({ record: 'clock', ...clock, evidence: pairs.get(clock.domain) ?? [] })}\n`);
  } else if (!flags.quiet && clocks.length > 0) {
    const show = (domain: string): string => escapeTerminal(clean(domain));
    const width = Math.max(6, ...clocks.map(({ method }) => method.length));
    await print(`${columnsOf('ahead by', '+-', 'drift', 'pairs')}  ${'method'.padEnd(width)}  clock\n`);
    for (const clock of clocks) {
      await print(`${row(clock)}  ${clock.method.padEnd(width)}  ${show(clock.domain)}\n`);
      for (const remark of remarksOn(clock)) await print(`${' '.repeat(REMARK_AT)}${remark}\n`);
    }
  }
  if (clocks.length > 0) return EXIT.clean;
  return problems.some((problem) => problem.code === 'path-missing') ? EXIT.usage : EXIT.incomplete;
}

/** Where remarks stand: below the first letters of the numbers' columns they would be taken for numbers. */
const REMARK_AT = 18;

function row(clock: ClockReport): string {
  const half = (clock.intervalUs[1] - clock.intervalUs[0]) / 2;
  return columnsOf(seconds(clock.offsetUs), seconds(half), `${clock.driftPpm} ppm`, String(clock.pairs));
}

/** Numbers first: names of files are of any length. */
function columnsOf(ahead: string, half: string, drift: string, pairs: string): string {
  return `${ahead.padStart(14)}  ${half.padStart(9)}  ${drift.padStart(9)}  ${pairs.padStart(5)}`;
}

function remarksOn({ zone, steps, note }: ClockReport): readonly string[] {
  const remarks = [zone === 'UTC' ? '' : zone, ...steps.map((step) => `step of ${seconds(step.byUs)}`), note ?? ''];
  return remarks.filter((text) => text !== '');
}

function seconds(us: number): string {
  return `${(us / 1e6).toFixed(3)} s`;
}
