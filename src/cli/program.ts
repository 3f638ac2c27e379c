import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { similarWord } from '../core/similar.ts';
import { EVENT_KINDS } from '../model/event.ts';
import { GRADES } from '../model/quarantine.ts';
import { FAIL_ON } from '../model/report.ts';
import { MANIFEST_FORMATS } from '../quarantine/manifests.ts';
import { DROPS } from '../quarantine/match.ts';
import { VERSION } from '../version.ts';
import type { PolicyTestFlags, SuggestFlags } from './commands/policy.ts';
import type { QuarantineFlags } from './commands/quarantine.ts';
import type { ScoreFlags } from './commands/score.ts';
import type { SimulateFlags } from './commands/simulate.ts';
import type { VerifyFlags } from './commands/verify.ts';
import type { WatchFlags } from './commands/watch.ts';
import { dropEmptyVariables, strayVariables } from './environment.ts';
import { EXIT } from './exit-codes.ts';
import type { CommonFlags } from './flags.ts';
import { addHousekeeping } from './housekeeping.ts';
import { fileOptions, gateOptions, inputOptions, outputOptions, seconds, UsageError } from './options.ts';
import { suggestOptions, testOptions } from './policy-options.ts';
import { prepare } from './prepare.ts';

const INTRO = `git blame for firewall alerts: names the agent episode, tool call and process behind
each network violation, or says honestly that the records do not decide.`;

const EXITS = `
Exit codes:
  0 clean and covered   1 findings at or above --fail-on   2 usage or configuration
  3 cannot say clean: no usable input, or records missing   4 evidence failed verification   70 internal error

Examples:
  egressblame logs/                         everything under a folder, formats detected
  egressblame explain v-3f2a90c1d2e4 logs/  one violation with all its evidence
  egressblame inspect logs/                 what each file is and how much of it was read

Settings: flag, then EGRESSBLAME_* variable, then egressblame.config.{json,yaml}, then default.`;

const QUARANTINE_EXAMPLES = `
Examples:
  egressblame quarantine logs/                                     who, why, which steps; then the manifest:
  egressblame quarantine logs/ -o quarantine.jsonl
  egressblame quarantine logs/ --format inspect                    ids for Inspect's invalidate_samples
  egressblame quarantine logs/ --apply rollouts.jsonl              dry run: batch sizes before and after
  egressblame quarantine logs/ --apply rollouts.jsonl -o clean.jsonl`;

/** The command line. Commands load their code when they run, so --help and --version stay fast. */
export function createProgram(): Command {
  dropEmptyVariables(process.env);
  const program = new Command('egressblame')
    .description(INTRO)
    .version(VERSION, '-V, --version')
    .exitOverride()
    .configureHelp({ helpWidth: 100 })
    .showSuggestionAfterError(true)
    .showHelpAfterError('(egressblame --help shows all commands)')
    .addHelpText('after', EXITS);
  addInvestigate(program);
  addCheck(program);
  addWatch(program);
  addExplain(program);
  addEvents(program);
  addInspect(program);
  addTimeline(program);
  addClocks(program);
  addQuarantine(program);
  addSimulate(program);
  addScore(program);
  addVerify(program);
  addPolicy(program);
  addListings(program);
  addHousekeeping(program);
  for (const command of program.commands) pointToOwnHelp(command, 'egressblame');
  program.hook('preAction', async (_, command) => {
    process.exitCode = EXIT.clean;
    for (const says of strayVariables(program, process.env)) process.stderr.write(`egressblame: ${says}\n`);
    await prepare(command);
  });
  return program;
}

/** A wrong call is pointed to the help of its own command, where the examples stand. */
function pointToOwnHelp(command: Command, above: string): void {
  const name = `${above} ${command.name()}`;
  if (command.name() !== 'investigate') command.showHelpAfterError(`(${name} --help shows how it is called)`);
  for (const inner of command.commands) pointToOwnHelp(inner, name);
}

function withOptions(command: Command, ...lists: readonly ReturnType<typeof inputOptions>[]): Command {
  for (const list of lists) for (const option of list) command.addOption(option);
  return command;
}

function addInvestigate(program: Command): void {
  const command = program
    .command('investigate', { isDefault: true })
    .argument('<paths...>', 'files, folders, globs or - for stdin')
    .description('find the culprits; the default command');
  withOptions(command, inputOptions(), gateOptions(), outputOptions(), fileOptions()).action(
    async (paths: string[], flags: CommonFlags) => {
      refuseMistyped(paths[0], program);
      const { investigateCommand } = await import('./commands/investigate.ts');
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
      '\nExample:\n  egressblame check logs/ --fail-on proven --baseline egressblame.baseline.json -o night.sarif',
    );
  withOptions(command, inputOptions(), gateOptions(), outputOptions(), fileOptions()).action(
    async (paths: string[], flags: CommonFlags) => {
      const { checkCommand } = await import('./commands/check.ts');
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
      const { watchCommand } = await import('./commands/watch.ts');
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
    .option('--verify', 're-read the originals and prove that every cited record is still there (exit 4 if not)');
  withOptions(command, inputOptions(), outputOptions()).action(
    async (id: string, paths: string[], flags: CommonFlags & { verify?: boolean }) => {
      const { explainCommand } = await import('./commands/explain.ts');
      process.exitCode = await explainCommand(id, paths, flags);
    },
  );
}

function addEvents(program: Command): void {
  const command = program
    .command('events')
    .argument('<paths...>', 'files, folders, globs or -')
    .description('the normalised event stream: one JSON object a line, ECS field names')
    .addOption(new Option('--kind <KIND>', 'only events of this kind').choices(EVENT_KINDS));
  withOptions(command, inputOptions(), outputOptions()).action(
    async (paths: string[], flags: CommonFlags & { kind?: string }) => {
      const { eventsCommand } = await import('./commands/events.ts');
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
    const { inspectCommand } = await import('./commands/inspect.ts');
    process.exitCode = await inspectCommand(paths, flags);
  });
}

function addTimeline(program: Command): void {
  const command = program
    .command('timeline')
    .argument('<paths...>', 'files, folders, globs or -')
    .description('all sources merged by corrected time, raw time beside it')
    .option('--around <ID>', 'only 30 s around a violation')
    .option('--episode <ID>', 'only one episode and what it is blamed for');
  withOptions(command, inputOptions(), outputOptions()).action(
    async (paths: string[], flags: CommonFlags & { around?: string; episode?: string }) => {
      const { timelineCommand } = await import('./commands/timeline.ts');
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
    const { clocksCommand } = await import('./commands/clocks.ts');
    process.exitCode = await clocksCommand(paths, flags);
  });
}

function addQuarantine(program: Command): void {
  const command = program
    .command('quarantine')
    .argument('<paths...>', 'files, folders, globs or -: the logs and the rollouts')
    .description('episodes to keep out of training, with their prompt groups, steps and rewards')
    .addOption(
      new Option('--min-verdict <VERDICT>', 'take episodes from this verdict up; ambiguous takes every suspect')
        .choices(GRADES)
        .default('likely'),
    )
    .option('-o, --output <FILE>', 'write the manifest; with --apply, the rollouts that stay')
    .addOption(
      new Option('--format <ID>', 'form of the manifest: ours, or ids as a framework keys them').choices(
        MANIFEST_FORMATS,
      ),
    )
    .option('--apply <ROLLOUTS>', 'what dropping them does to this rollout file; a dry run without -o')
    .addOption(
      new Option('--drop <WHAT>', 'with --apply: the flagged rollouts, or their whole prompt groups').choices(DROPS),
    )
    .option('--seeds <FILE>', 'write the blamed calls as red-team seeds, JSON lines')
    .addOption(
      new Option('--fail-on <VERDICT>', 'exit 1 from this verdict up; default: --min-verdict').choices(FAIL_ON),
    )
    .addHelpText('after', QUARANTINE_EXAMPLES);
  withOptions(command, inputOptions(), outputOptions()).action(async (paths: string[], flags: QuarantineFlags) => {
    const { quarantineCommand } = await import('./commands/quarantine.ts');
    process.exitCode = await quarantineCommand(paths, flags);
  });
}

function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('write a seeded night of logs in real formats, with its truth')
    .option('--seed <N>', 'the same seed writes the same bytes', Number, 1)
    .option('--families <LIST>', 'comma-separated; default: all')
    .option('--episodes <N>', 'scenes to play, one or two episodes each', Number)
    .option('--records <N>', 'records to write at least', Number)
    .requiredOption('--out <DIR>', 'folder for inputs/, truth.jsonl, episodes.jsonl and skews.json')
    .action(async (flags: SimulateFlags) => {
      const { simulateCommand } = await import('./commands/simulate.ts');
      process.exitCode = await simulateCommand(flags);
    });
}

function addScore(program: Command): void {
  program
    .command('score')
    .argument('<answer>', 'NDJSON of --json, or of any tool that writes the same records')
    .argument('<truth>', 'truth.jsonl of a night')
    .description('right, wrong, abstained and calibration of an answer, next to three naive baselines')
    .option('--inputs <DIR>', 'the night, for the baselines; default: inputs/ next to the truth')
    .option('--json', 'one score a line as JSON')
    .action(async (answer: string, truth: string, flags: ScoreFlags) => {
      const { scoreCommand } = await import('./commands/score.ts');
      process.exitCode = await scoreCommand(answer, truth, flags);
    });
}

function addVerify(program: Command): void {
  program
    .command('verify')
    .argument('<bundle>', 'an evidence bundle: -o bundle.zip of a run')
    .argument('[originals...]', 'the logs it was made of: files, folders, globs')
    .description('prove an evidence bundle again, offline: nothing altered, missing or added (exit 4 if so)')
    .option('--rerun', 'find the causes again from the originals and compare')
    .option('--json', 'one JSON record')
    .addHelpText(
      'after',
      `
Without originals it proves that the bundle is whole and its report cites only its own lines; with them, that every line
stands in them byte for byte.

Examples:
  egressblame logs/ -o bundle.zip
  egressblame verify bundle.zip
  egressblame verify bundle.zip logs/ --rerun`,
    )
    .action(async (bundle: string, originals: string[], flags: VerifyFlags) => {
      const { verifyCommand } = await import('./commands/verify.ts');
      process.exitCode = await verifyCommand(bundle, originals, flags);
    });
}

function addPolicy(program: Command): void {
  const policy = program
    .command('policy')
    .description('what rules would have stopped the bad flows, and what they break');
  const suggest = policy
    .command('suggest')
    .argument('<paths...>', 'files, folders and globs; they are read twice')
    .description('the smallest set of rules that stops the bad flows and breaks the fewest good connections')
    .addHelpText('after', '\nExample:\n  egressblame policy suggest logs/ --format nftables -o policy.nft');
  withOptions(suggest, suggestOptions(), inputOptions(), outputOptions()).action(
    async (paths: string[], flags: SuggestFlags) => {
      const { suggestCommand } = await import('./commands/policy.ts');
      process.exitCode = await suggestCommand(paths, flags);
    },
  );
  const test = policy
    .command('test')
    .argument('<file>', 'a policy: json, nftables, squid, networkpolicy, srt or awf')
    .argument('<paths...>', 'files, folders and globs; they are read twice')
    .description(
      'replay a policy over the night: what it stops, what remains, what breaks (exit 1 when bad flows remain)',
    )
    .addHelpText('after', '\nExample:\n  egressblame policy test policy.nft logs/');
  withOptions(test, testOptions(), inputOptions(), outputOptions()).action(
    async (file: string, paths: string[], flags: PolicyTestFlags) => {
      const { policyTestCommand } = await import('./commands/policy.ts');
      process.exitCode = await policyTestCommand(file, paths, flags);
    },
  );
}

function addListings(program: Command): void {
  program
    .command('formats')
    .description('every format: what it contributes, its clock and its traps')
    .option('--json', 'as JSON')
    .action(async (flags: { json?: boolean }) => {
      const { formatsCommand } = await import('./commands/listings.ts');
      process.exitCode = await formatsCommand(flags);
    });
  program
    .command('rules')
    .description('what counts as a violation: rule packs with strength and references')
    .option('--json', 'as JSON')
    .action(async (flags: { json?: boolean }) => {
      const { rulesCommand } = await import('./commands/listings.ts');
      process.exitCode = await rulesCommand(flags);
    });
}
