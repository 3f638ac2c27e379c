#!/usr/bin/env node
import { EXIT } from './exit-codes.ts';
import { createProgram } from './program.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that closed the pipe (head, less) has what it wanted.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.clean);
  throw error;
});

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  const { reportFailure } = await import('./failure.ts');
  process.exitCode = reportFailure(error);
}
