#!/usr/bin/env node
import { VERSION } from '../version.ts';
import { EXIT } from './exit-codes.ts';
import { tuneHeap } from './heap.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that closed the pipe (head, less) has what it wanted.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.clean);
  throw error;
});

// The version is asked for by scripts, often: it costs no more than Node itself.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${VERSION}\n`);
  process.exit(EXIT.clean);
}

tuneHeap();
try {
  const { createProgram } = await import('./program.ts');
  await createProgram().parseAsync(process.argv);
} catch (error) {
  const { reportFailure } = await import('./failure.ts');
  process.exitCode = reportFailure(error);
}
