import { type Command, Option } from 'commander';
import { GRADES } from '../../model/quarantine.ts';
import { FAIL_ON } from '../../model/report.ts';
import { MANIFEST_FORMATS } from '../../quarantine/manifests.ts';
import { DROPS } from '../../quarantine/match.ts';
import { inputOptions, outputOptions, withOptions } from '../command-line/options.ts';
import type { PolicyTestFlags, SuggestFlags } from '../commands/policy.ts';
import type { QuarantineFlags } from '../commands/quarantine.ts';
import { suggestOptions, testOptions } from './policy-options.ts';

const QUARANTINE_EXAMPLES = `
Examples:
  egressblame quarantine logs/                   who, why, which steps
  egressblame quarantine logs/ -o quarantine.jsonl
  egressblame quarantine logs/ --format inspect  ids for invalidate_samples
  egressblame quarantine logs/ --apply rollouts.jsonl
      dry run: batch sizes before and after; with -o clean.jsonl, the copy`;

export function addQuarantine(program: Command): void {
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
    const { quarantineCommand } = await import('../commands/quarantine.ts');
    process.exitCode = await quarantineCommand(paths, flags);
  });
}

export function addPolicy(program: Command): void {
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
      const { suggestCommand } = await import('../commands/policy.ts');
      process.exitCode = await suggestCommand(paths, flags);
    },
  );
  const test = policy
    .command('test')
    .argument('<file>', 'a policy in a language that --format names')
    .argument('<paths...>', 'files, folders and globs; they are read twice')
    .description(
      'replay a policy over the night: what it stops, what remains, what breaks (exit 1 when bad flows remain)',
    )
    .addHelpText('after', '\nExample:\n  egressblame policy test policy.nft logs/');
  withOptions(test, testOptions(), inputOptions(), outputOptions()).action(
    async (file: string, paths: string[], flags: PolicyTestFlags) => {
      const { policyTestCommand } = await import('../commands/policy.ts');
      process.exitCode = await policyTestCommand(file, paths, flags);
    },
  );
}
