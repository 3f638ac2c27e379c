import { Argument, type Command, Option } from 'commander';
import { similarWord } from '../../core/text/similar.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import {
  baselineOption,
  DEFAULT_MIN_COVERAGE,
  inputOptions,
  minSeverityOption,
  outputOptions,
  withOptions,
} from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { BaselineFlags } from '../commands/baseline.ts';
import type { Shell } from '../commands/completion.ts';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** Commands around the main job. */
export function addHousekeeping(program: Command): void {
  addBaseline(program);
  addSchema(program);
  addCompletion(program);
  addDemo(program);
  addHelp(program);
}

/** As the one of commander, which answers a word that is no command with the help of the program and no word about it. */
function addHelp(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .argument('[command...]', 'as check, or baseline update')
    .description('the help of a command')
    .action((words: readonly string[]) => {
      let command = program;
      for (const word of words) {
        const next = command.commands.find((one) => one.name() === word);
        if (next === undefined) throw noCommand(word, command);
        command = next;
      }
      command.help();
    });
}

function noCommand(word: string, above: Command): UsageError {
  const names = above.commands.map((command) => command.name());
  const meant = similarWord(word, names);
  const known = names.length === 0 ? `${above.name()} has none below it` : `there are ${names.join(', ')}`;
  return new UsageError(`there is no command ${word}; ${meant === undefined ? known : `did you mean ${meant}?`}`);
}

function addBaseline(program: Command): void {
  const baseline = program
    .command('baseline')
    .description('findings that somebody answers for until a day, so that check lets them pass');
  const update = baseline
    .command('update')
    .argument('<paths...>', 'files, folders, globs or -')
    .description('accept what is found now; known entries keep their owner, reason and day')
    .option('--owner <NAME>', 'who answers for new entries')
    .option('--reason <TEXT>', 'why they are accepted')
    .option('--expires <DAY>', 'last day of new entries, as 2027-03-31 or 90d', '90d')
    .option('--prune', 'remove entries that nothing matches any more')
    .addHelpText('after', '\nExample:\n  egressblame baseline update logs/ --owner infra --reason TICKET-123');
  withOptions(update, [baselineOption(), minSeverityOption()], inputOptions()).action(
    async (paths: string[], flags: BaselineFlags) => {
      const { updateCommand } = await import('../commands/baseline.ts');
      process.exitCode = await updateCommand(paths, flags);
    },
  );
  const show = baseline
    .command('show')
    .argument('[file]', 'the baseline; default: egressblame.baseline.json')
    .description('the entries with the days they have left')
    .addHelpText('after', '\nExample:\n  egressblame baseline show egressblame.baseline.json');
  for (const option of [baselineOption(), ...outputOptions()]) show.addOption(option);
  show.addOption(new Option('--config <FILE>', 'configuration that names the baseline').env('EGRESSBLAME_CONFIG'));
  show.addOption(new Option('--no-config', 'read no configuration file'));
  show.action(async (file: string | undefined, flags: BaselineFlags) => {
    const { showCommand } = await import('../commands/baseline.ts');
    process.exitCode = await showCommand(file, flags);
  });
}

function addSchema(program: Command): void {
  program
    .command('schema')
    .argument('[name]', 'config, baseline, report, event, ...; without it, the list')
    .description('published JSON Schemas: configuration, baseline, --json records, events, plain tables')
    .addHelpText('after', '\nExample:\n  egressblame schema config > egressblame.config.schema.json')
    .action(async (name: string | undefined) => {
      const { schemaCommand } = await import('../commands/schema.ts');
      process.exitCode = await schemaCommand(name);
    });
}

function addCompletion(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .description('completion script for a shell')
    .addHelpText('after', '\nExample:\n  source <(egressblame completion bash)')
    .action(async (shell: Shell) => {
      const { completionCommand } = await import('../commands/completion.ts');
      process.exitCode = await completionCommand(shell, program);
    });
}

function addDemo(program: Command): void {
  const demo = program
    .command('demo')
    .description('the main job on the bundled real night')
    .addHelpText('after', '\nExample:\n  egressblame demo --json | tail -1');
  withOptions(demo, outputOptions()).action(async (flags: CommonFlags) => {
    const { demoCommand } = await import('../commands/demo.ts');
    process.exitCode = await demoCommand({ ...flags, failOn: 'likely', minCoverage: DEFAULT_MIN_COVERAGE });
  });
}
