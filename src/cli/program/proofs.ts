import type { Command } from 'commander';
import { whole } from '../command-line/options.ts';
import type { ScoreFlags } from '../commands/score.ts';
import type { SimulateFlags } from '../commands/simulate.ts';
import type { VerifyFlags } from '../commands/verify.ts';

/** Commands that put answers to the test. */
export function addProofs(program: Command): void {
  addSimulate(program);
  addScore(program);
  addVerify(program);
}

function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('write a seeded night of logs in real formats, with its truth')
    .option('--seed <N>', 'the same seed writes the same bytes', whole, 1)
    .option('--families <LIST>', 'comma-separated, as miner,tunnel; default: all')
    .option('--episodes <N>', 'scenes to play, one or two episodes each', whole)
    .option('--records <N>', 'records to write at least', whole)
    .requiredOption('--out <DIR>', 'folder for inputs/, truth.jsonl, episodes.jsonl and skews.json')
    .action(async (flags: SimulateFlags) => {
      const { simulateCommand } = await import('../commands/simulate.ts');
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
      const { scoreCommand } = await import('../commands/score.ts');
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
Without originals it proves that the bundle is whole and its report cites only
its own lines; with them, that every line stands in them byte for byte.

Examples:
  egressblame logs/ -o bundle.zip
  egressblame verify bundle.zip
  egressblame verify bundle.zip logs/ --rerun`,
    )
    .action(async (bundle: string, originals: string[], flags: VerifyFlags) => {
      const { verifyCommand } = await import('../commands/verify.ts');
      process.exitCode = await verifyCommand(bundle, originals, flags);
    });
}
