import { reasonOf } from '../sources/files/reasons.ts';
import { VERSION } from '../version.ts';
import { EXIT } from './exit/exit-codes.ts';
import { tuneV8 } from './v8-flags.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that closed the pipe (head, less) has what it wanted.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.clean);
  giveUp(`the output cannot be written: ${reasonOf(error)}`);
});
// Nobody reads what is said beside the answer; the answer is given all the same.
process.stderr.on('error', () => undefined);
// Node's own exit code for what nobody caught means "findings" here.
process.on('uncaughtException', (error) => giveUp(`internal error: ${error.stack ?? error.message}`));

function giveUp(says: string): never {
  process.stderr.write(`egressblame: ${says}\n`);
  process.exit(EXIT.internal);
}

// The version is asked for by scripts, often: it costs no more than Node itself.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${VERSION}\n`);
  process.exit(EXIT.clean);
}

tuneV8();
let isDone = false;
// An answer that nothing is left to wait for would otherwise be none, with the exit code of a clean night.
process.once('beforeExit', () => {
  if (isDone) return;
  process.stderr.write('egressblame: internal error: ended before the answer was there\n');
  process.exitCode = EXIT.internal;
});
void run();

async function run(): Promise<void> {
  try {
    const { createProgram } = await import('./program/program.ts');
    await createProgram().parseAsync(process.argv);
  } catch (error) {
    const { reportFailure } = await import('./exit/failure.ts');
    process.exitCode = reportFailure(error);
  }
  isDone = true;
}
