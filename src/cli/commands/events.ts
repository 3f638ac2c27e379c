import { jsonText } from '../../core/text/text.ts';
import { eventStream } from '../../pipeline.ts';
import { toEcs } from '../../report/ecs/index.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { runOptions } from '../command-line/run-options.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { complain } from '../terminal/complaints.ts';
import { cleaner, print } from '../terminal/terminal.ts';

/** The normalised stream, in file order, times corrected. */
export async function eventsCommand(
  paths: readonly string[],
  flags: CommonFlags & { readonly kind?: string },
): Promise<number> {
  const clean = cleaner(flags);
  let written = 0;
  const problems = await eventStream(runOptions(paths, flags, process.cwd()), async ({ event, at, host }) => {
    if (flags.kind !== undefined && event.kind !== flags.kind) return;
    written++;
    if (!flags.quiet) await print(`${clean(jsonText(toEcs(event, { at, host })))}\n`);
  });
  complain(problems, flags);
  if (written > 0) return EXIT.clean;
  return problems.some((problem) => problem.code === 'path-missing') ? EXIT.usage : EXIT.incomplete;
}
