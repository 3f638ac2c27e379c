import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const main = join(root, 'dist/cli/main.js');

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the built program as a user does; `npm test` builds it first. */
export function egressblame(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string | Buffer; readonly env?: Record<string, string> } = {},
): Result {
  if (!existsSync(main)) throw new Error('dist is missing: npm run build');
  const run = spawnSync(process.execPath, [main, ...args], {
    cwd: options.cwd ?? root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    ...(options.input === undefined ? {} : { input: options.input }),
  });
  return { code: run.status ?? -1, out: run.stdout, err: run.stderr };
}

export function records(out: string): Record<string, unknown>[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
