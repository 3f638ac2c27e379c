import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { similarWord } from '../../core/text/similar.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import {
  fileOptions,
  gateOptions,
  inputOptions,
  outputOptions,
  seconds,
  withOptions,
} from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { WatchFlags } from '../commands/watch.ts';
import { reportsHelp } from './report-help.ts';

/** Commands that say who was it. */
export function addAnswers(program: Command): void {
  addInvestigate(program);
  addCheck(program);
  addWatch(program);
  addExplain(program);
}

function addInvestigate(program: Command): void {
  const command = program
    .command('investigate', { isDefault: true })
    .argument('<paths...>', 'files, folders, globs or - for stdin')
    .description('find the culprits; the default command')
    .addHelpText(
      'after',
      '\nExamples:\n  egressblame logs/ -o night.html -o night.sarif\n  egressblame logs/ --from 2026-11-23 --to 2026-11-24 --tz fw/=+08:00\n  egressblame logs/ --json > answer.ndjson',
    )
    .addHelpText('after', reportsHelp);
  withOptions(command, inputOptions(), gateOptions(), outputOptions(), fileOptions()).action(
    async (paths: string[], flags: CommonFlags) => {
      refuseMistyped(paths[0], program);
      const { investigateCommand } = await import('../commands/investigate.ts');
      process.exitCode = await investigateCommand(paths, flags);
    },
  );
}

/** `egressblame chek logs/` means a command, not a file: in CI it would be another gate than the one asked for. */
function refuseMistyped(first: string | undefined, program: Command): void {
  if (first === undefined || !/^[a-z]+$/.test(first) || existsSync(first)) return;
  const meant = similarWord(
    first,
    program.commands.map((command) => command.name()),
  );
  if (meant === undefined) return;
  throw new UsageError(`there is neither a command nor a file ${first}; did you mean egressblame ${meant}?`);
}

function addCheck(program: Command): void {
  const command = program
    .command('check')
    .argument('<paths...>', 'files, folders, globs or -')
    .description('the same as a CI gate: one line and the exit code')
    .addHelpText(
      'after',
      '\nExample:\n  egressblame check logs/ --fail-on proven -o night.sarif\n\nExit codes:\n  0 clean and covered; 1 findings; 2 usage;\n  3 cannot say clean (a job should fail on it too); 70 internal error',
    )
    .addHelpText('after', reportsHelp);
  withOptions(command, inputOptions(), gateOptions(), outputOptions(), fileOptions()).action(
    async (paths: string[], flags: CommonFlags) => {
      const { checkCommand } = await import('../commands/check.ts');
      process.exitCode = await checkCommand(paths, flags);
    },
  );
}

function addWatch(program: Command): void {
  const command = program
    .command('watch')
    .argument('<paths...>', 'files, folders and globs that may still grow')
    .description('the same while logs grow: new incidents as they come, the whole answer at Ctrl-C')
    .addOption(new Option('--every <SECONDS>', 'time between two looks at the files').argParser(seconds).default(5))
    .addHelpText('after', '\nExample:\n  egressblame watch /var/log/night/ --every 10');
  withOptions(command, inputOptions(), gateOptions(), outputOptions()).action(
    async (paths: string[], flags: WatchFlags) => {
      const { watchCommand } = await import('../commands/watch.ts');
      process.exitCode = await watchCommand(paths, flags);
    },
  );
}

function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .argument('<id>', 'a violation (v-...) or incident (i-...)')
    .argument('<paths...>', 'the same inputs')
    .description('one violation: full chain, raw lines, rivals and why each lost')
    .option('--verify', 're-read the originals and prove that every cited record is still there (exit 4 if not)')
    .addHelpText('after', '\nThe beginning of an id is enough:\n  egressblame explain v-3f2a logs/ --verify');
  withOptions(command, inputOptions(), outputOptions()).action(
    async (id: string, paths: string[], flags: CommonFlags & { verify?: boolean }) => {
      const { explainCommand } = await import('../commands/explain.ts');
      process.exitCode = await explainCommand(id, paths, flags);
    },
  );
}
