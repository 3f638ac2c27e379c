import { columns, padColumns } from '../../core/text/display-width.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import type { ClockReport } from '../../model/report.ts';
import { alignedClocks } from '../../pipeline.ts';
import { complain } from '../complaints.ts';
import { EXIT } from '../exit-codes.ts';
import type { CommonFlags } from '../flags.ts';
import { runOptions } from '../options.ts';
import { withProgress } from '../progress.ts';
import { cleaner, print } from '../terminal.ts';

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
  } else if (!flags.quiet) {
    const show = (domain: string): string => escapeTerminal(clean(domain));
    const width = Math.max(6, ...clocks.map(({ domain }) => columns(show(domain))));
    await print(
      `${'domain'.padEnd(width)}  ${'ahead by'.padStart(14)}  ${'+-'.padStart(9)}  ${'drift'.padStart(9)}  ${'pairs'.padStart(5)}  method\n`,
    );
    for (const clock of clocks) await print(`${padColumns(show(clock.domain), width)}  ${row(clock)}\n`);
  }
  if (clocks.length > 0) return EXIT.clean;
  return problems.some((problem) => problem.code === 'path-missing') ? EXIT.usage : EXIT.incomplete;
}

function row(clock: ClockReport): string {
  const half = (clock.intervalUs[1] - clock.intervalUs[0]) / 2;
  const remarks = [
    clock.zone === 'UTC' ? '' : clock.zone,
    ...clock.steps.map((step) => `step of ${seconds(step.byUs)}`),
    clock.note ?? '',
  ].filter((text) => text !== '');
  return `${seconds(clock.offsetUs).padStart(14)}  ${seconds(half).padStart(9)}  ${`${clock.driftPpm} ppm`.padStart(9)}  ${String(clock.pairs).padStart(5)}  ${clock.method}${remarks.length === 0 ? '' : `; ${remarks.join('; ')}`}`;
}

function seconds(us: number): string {
  return `${(us / 1e6).toFixed(3)} s`;
}
