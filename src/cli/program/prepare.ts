import type { Command } from 'commander';
import type { CommonFlags } from '../command-line/flags.ts';

/** Before a command runs: the configuration goes under its flags, and a source that is none is refused before anything is read. */
export async function prepare(command: Command): Promise<void> {
  const { applyConfiguration } = await import('../command-line/settings.ts');
  await applyConfiguration(command, process.cwd());
  const { as, source, tz, settings } = command.opts<CommonFlags>();
  if (as === undefined && source === undefined && tz === undefined && settings === undefined) return;
  const { checkStated } = await import('../command-line/stated-sources.ts');
  await checkStated(command.opts<CommonFlags>(), command.args, process.cwd());
}
