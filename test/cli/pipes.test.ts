import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyNight } from './tiny.ts';

const main = join(import.meta.dirname, '../../dist/cli/main.js');

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'egressblame-pipes-'));
  writeTinyNight(join(dir, 'logs'));
});
afterAll(() => rmSync(dir, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly err: string;
}

/** Runs the built program with one of its outputs closed by the reader, or both kept. */
function runWith(args: readonly string[], closed: 'stdout' | 'stderr' | undefined, out?: number): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd: dir, stdio: ['ignore', out ?? 'pipe', 'pipe'] });
  let err = '';
  if (closed !== undefined) child[closed]?.destroy();
  if (closed !== 'stderr') child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  if (closed !== 'stdout') child.stdout?.resume();
  return new Promise((done) => child.on('close', (code) => done({ code, err })));
}

describe('a reader that closes the pipe', () => {
  it.each([
    ['the report', ['logs'], 1],
    ['records', ['logs', '--json'], 1],
    ['the gate', ['check', 'logs'], 1],
    ['what passes the gate', ['check', 'logs', '--fail-on', 'never'], 0],
  ])('of %s gets no error, and the verdict stays', async (_, args, code) => {
    expect(await runWith(args, 'stdout')).toEqual({ code, err: '' });
  });

  it('of the error output takes nothing from the answer', async () => {
    expect((await runWith(['check', 'logs', 'nowhere'], 'stderr')).code).toBe(1);
  });
});

it.skipIf(!existsSync('/dev/full'))('a report that cannot be written is no finding and no mistake of the call', () => {
  // Of a device of its own: were it replaced, nothing else would be hurt.
  const full = join(dir, 'full');
  if (spawnSync('sh', ['-c', 'mknod "$0" c 1 7', full]).status !== 0) return;
  const { status, stderr } = spawnSync(process.execPath, [main, 'logs', '-q', '-o', `csv=${full}`], {
    cwd: dir,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([70, `egressblame: ${full}: cannot be written: no room is left on the disk\n`]);
});

it.skipIf(!existsSync('/dev/full'))('an answer that cannot be written is no finding', async () => {
  const full = openSync('/dev/full', 'w');
  for (const args of [['logs'], ['check', 'logs'], ['logs', '--json']])
    expect(await runWith(args, undefined, full)).toEqual({
      code: 70,
      err: 'egressblame: the output cannot be written: no room is left on the disk\n',
    });
});
