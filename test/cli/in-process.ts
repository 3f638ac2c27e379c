import { reportFailure } from '../../src/cli/exit/failure.ts';
import { createProgram } from '../../src/cli/program/program.ts';
import type { Result } from './run.ts';

/** Runs a command as `main.ts` does, but in this process: many short runs need no start-up each. */
export async function runCommand(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Result> {
  const before = { cwd: process.cwd(), exitCode: process.exitCode, env: { ...process.env } };
  const written = { out: '', err: '' };
  const restore = [
    capture(process.stdout, (text) => (written.out += text)),
    capture(process.stderr, (text) => (written.err += text)),
  ];
  try {
    if (cwd !== undefined) process.chdir(cwd);
    Object.assign(process.env, { NO_COLOR: '1' }, env);
    process.exitCode = undefined;
    const code = await createProgram()
      .parseAsync(['node', 'egressblame', ...args])
      .then(() => Number(process.exitCode ?? 0), reportFailure);
    return { code, ...written };
  } finally {
    for (const undo of restore) undo();
    process.chdir(before.cwd);
    process.exitCode = before.exitCode;
    process.env = before.env;
  }
}

function capture(stream: NodeJS.WriteStream, take: (text: string) => void): () => void {
  const { write } = stream;
  stream.write = (chunk: string | Uint8Array): boolean => {
    take(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    return true;
  };
  return () => {
    stream.write = write;
  };
}
