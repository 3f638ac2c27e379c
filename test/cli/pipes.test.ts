import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
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

const hasBash = spawnSync('bash', ['-c', 'cat <(true)']).status === 0;

/** What bash makes of a call, `egressblame` being the built program. */
function bash(call: string) {
  const node = [process.execPath, main].map((path) => `'${path}'`).join(' ');
  const { status, stdout, stderr } = spawnSync('bash', ['-c', call.replaceAll('egressblame', node)], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, out: stdout, err: stderr };
}

describe.runIf(hasBash)('a pipe that a shell opens', () => {
  const fast = 'logs/fast.log';
  const rest = () =>
    readdirSync(join(dir, 'logs'))
      .filter((name) => name !== 'fast.log')
      .map((name) => `logs/${name}`)
      .join(' ');
  const attributions = (out: string) => out.split('\n').filter((line) => line.includes('"record":"attribution"'));

  it('is read as the file that it brings', () => {
    const asFile = bash(`egressblame ${rest()} ${fast} --json`);
    const asPipe = bash(`egressblame ${rest()} <(gzip -c ${fast}) --json`);
    const pipe = /"path":"(\/dev\/fd\/\d+)"/.exec(asPipe.out)?.[1] ?? '';
    expect(asPipe.err).toBe('');
    expect(asPipe.code).toBe(asFile.code);
    expect(attributions(asPipe.out.replaceAll(pipe, 'fast.log'))).toEqual(attributions(asFile.out));
    expect(attributions(asPipe.out).length).toBeGreaterThan(0);
  });

  it.each([
    ['events', 'read twice', 'egressblame events'],
    ['inspect', 'named', 'egressblame inspect'],
    ['policy suggest', 'read in two runs', 'egressblame policy suggest'],
  ])('serves %s, where it is %s', (_, __, command) => {
    const [asFile, asPipe] = [bash(`${command} ${fast}`), bash(`${command} <(cat ${fast})`)];
    expect(asPipe.code).toBe(asFile.code);
    expect(asPipe.out.split('\n').length).toBe(asFile.out.split('\n').length);
    expect(asPipe.out.length).toBeGreaterThan(20);
  });

  it('that brings nothing is empty, and says no night is clean', () => {
    expect(bash('egressblame check <(true)').code).toBe(3);
  });

  it('keeps nobody waiting at Ctrl-C who sends no more', () => {
    // A pipe holds 64 kB: when the writer gets rid of more, the reader is at work and hears the signal.
    const writer = `{ head -c 300000 /dev/zero; kill -INT $$; while kill -0 $$; do sleep 0.05; done; } 2>/dev/null`;
    const { code, out } = bash(`exec egressblame logs <(${writer})`);
    expect(out).toMatch(/! \/dev\/fd\/\d+ is not read: the run was stopped before/);
    expect(code).toBe(3);
  });
});
