import { type Command, Option } from 'commander';
import { EVENT_KINDS } from '../../model/event.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { inputOptions, outputOptions, withOptions } from '../command-line/options.ts';
import type { TimelineFlags } from '../commands/timeline.ts';

/** Commands that show what was read, and how. */
export function addViews(program: Command): void {
  addEvents(program);
  addInspect(program);
  addTimeline(program);
  addClocks(program);
}

function addEvents(program: Command): void {
  const command = program
    .command('events')
    .argument('<paths...>', 'files, folders, globs or -')
    .description('the normalised event stream: one JSON object a line, ECS field names')
    .addOption(new Option('--kind <KIND>', 'only events of this kind').choices(EVENT_KINDS));
  withOptions(command, inputOptions(), outputOptions()).action(
    async (paths: string[], flags: CommonFlags & { kind?: string }) => {
      const { eventsCommand } = await import('../commands/events.ts');
      process.exitCode = await eventsCommand(paths, flags);
    },
  );
}

function addInspect(program: Command): void {
  const command = program
    .command('inspect')
    .argument('<paths...>', 'files, folders, globs or -')
    .description('what each file is, who else claimed it, how much was read, first bad records');
  withOptions(command, inputOptions(), outputOptions()).action(async (paths: string[], flags: CommonFlags) => {
    const { inspectCommand } = await import('../commands/inspect.ts');
    process.exitCode = await inspectCommand(paths, flags);
  });
}

function addTimeline(program: Command): void {
  const command = program
    .command('timeline')
    .argument('<paths...>', 'files, folders, globs or -')
    .description('all sources merged by corrected time, raw time beside it')
    .option(
      '--around <ID>',
      'what bears on a violation (v-...) or on the first of an incident (i-...), 30 s either way',
    )
    .option('--all', 'with --around: every record of these seconds, also what others did')
    .option('--episode <ID>', 'only one episode and what it is blamed for');
  withOptions(command, inputOptions(), outputOptions()).action(
    async (paths: string[], flags: CommonFlags & TimelineFlags) => {
      const { timelineCommand } = await import('../commands/timeline.ts');
      process.exitCode = await timelineCommand(paths, flags);
    },
  );
}

function addClocks(program: Command): void {
  const command = program
    .command('clocks')
    .argument('<paths...>', 'files, folders, globs or -')
    .description('offset, drift, steps and zone of every clock, with the pairs behind it');
  withOptions(command, inputOptions(), outputOptions()).action(async (paths: string[], flags: CommonFlags) => {
    const { clocksCommand } = await import('../commands/clocks.ts');
    process.exitCode = await clocksCommand(paths, flags);
  });
}

/** Commands that list what is built in. */
export function addListings(program: Command): void {
  program
    .command('formats')
    .argument('[id]', 'one of them, as suricata-eve; without it, all')
    .description('every format: what it contributes, its clock and its traps')
    .option('--json', 'as JSON')
    .action(async (id: string | undefined, flags: { json?: boolean }) => {
      const { formatsCommand } = await import('../commands/listings.ts');
      process.exitCode = await formatsCommand(id, flags);
    });
  program
    .command('rules')
    .argument('[id]', 'one of them; without it, all')
    .description('what counts as a violation: rule packs with strength and references')
    .option('--json', 'as JSON')
    .action(async (id: string | undefined, flags: { json?: boolean }) => {
      const { rulesCommand } = await import('../commands/listings.ts');
      process.exitCode = await rulesCommand(id, flags);
    });
}
