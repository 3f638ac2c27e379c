import { CommanderError } from 'commander';
import { UsageError } from '../command-line/usage-error.ts';
import { UnwrittenError } from '../files/unwritten.ts';
import { EXIT } from './exit-codes.ts';

/** Turns whatever a command threw into a sentence on stderr and an exit code. */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
  if (error instanceof UsageError) {
    process.stderr.write(`egressblame: ${error.message}\n`);
    return EXIT.usage;
  }
  if (error instanceof UnwrittenError) {
    process.stderr.write(`egressblame: ${error.message}\n`);
    return EXIT.internal;
  }
  process.stderr.write(
    `egressblame: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return EXIT.internal;
}
