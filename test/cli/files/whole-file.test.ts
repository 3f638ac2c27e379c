import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { appendFile, writeFile, writeWhole } from '../../../src/cli/files/whole-file.ts';
import { runCommand } from '../in-process.ts';
import { writeTinyNight } from '../tiny.ts';

const dir = mkdtempSync(join(tmpdir(), 'egressblame-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const night = writeTinyNight(join(dir, 'night'));
const pipe = join(dir, 'pipe');
const hasPipes = spawnSync('sh', ['-c', 'mkfifo "$0"', pipe]).status === 0;

describe('what is no file', () => {
  it.skipIf(!hasPipes)('is written to and stays what it is', async () => {
    const reader = readFile(pipe, 'utf8');
    await writeFile(pipe, ['one\n', 'two\n']);
    expect(await reader).toBe('one\ntwo\n');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it.skipIf(!hasPipes)('cannot take a filtered copy, which is read again', async () => {
    const rollouts = 'fixtures/rome/inputs/roll/rollout_dump_data.step_41.jsonl';
    const { code, err } = await runCommand(['quarantine', 'fixtures/rome/inputs', '--apply', rollouts, '-o', pipe]);
    expect([code, err]).toEqual([2, `egressblame: -o ${pipe} is no file: the copy is read again to prove it\n`]);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });
});

it('a link stays a link, and what it leads to is replaced', async () => {
  const [real, link] = [join(dir, 'real.md'), join(dir, 'latest.md')];
  writeFileSync(real, 'old');
  symlinkSync(real, link);
  await writeFile(link, ['new']);
  expect([lstatSync(link).isSymbolicLink(), readFileSync(real, 'utf8')]).toEqual([true, 'new']);
});

it('what is appended stands behind what others wrote', async () => {
  const summary = join(dir, 'summary.md');
  writeFileSync(summary, 'theirs\n');
  await appendFile(summary, ['ours\n', 'too\n']);
  expect(readFileSync(summary, 'utf8')).toBe('theirs\nours\ntoo\n');
});

it('a link to a file that is not there yet stays a link too, over other links', async () => {
  const [link, step] = [join(dir, 'next.md'), join(dir, 'step.md')];
  symlinkSync('step.md', link);
  symlinkSync('made/later.md', step);
  await writeFile(link, ['new']);
  expect([link, step].map((path) => lstatSync(path).isSymbolicLink())).toEqual([true, true]);
  expect(readFileSync(join(dir, 'made/later.md'), 'utf8')).toBe('new');
});

it('a link that leads back to itself is refused before the work', async () => {
  symlinkSync('round.md', join(dir, 'round.md'));
  const { code, err } = await runCommand([night, '-o', 'round.md'], { cwd: dir });
  expect([code, err]).toEqual([
    2,
    'egressblame: round.md: cannot be written: it is a link that leads back to itself\n',
  ]);
});

it('two runs that write the same file do not write into one another', async () => {
  const path = join(dir, 'shared.md');
  await writeWhole(path, async (write) => {
    write('first, ');
    await writeFile(path, ['second']);
    expect(readFileSync(path, 'utf8')).toBe('second');
    write('whole');
  });
  expect(readFileSync(path, 'utf8')).toBe('first, whole');
  expect(readdirSync(dir).filter((name) => name.endsWith('.part'))).toEqual([]);
});

describe('a run that is ended while it writes', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('by %s leaves nothing, and ends by it', async (signal) => {
    const folder = mkdtempSync(join(dir, 'ended-'));
    const others = process.listeners(signal);
    process.removeAllListeners(signal);
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    try {
      const writing = writeWhole(join(folder, 'x.md'), (write) => {
        write('half');
        expect(readdirSync(folder)).toHaveLength(1);
        process.emit(signal, signal);
        expect(readdirSync(folder)).toEqual([]);
      });
      // In earnest the process is gone by now.
      await expect(writing).rejects.toThrow(/cannot be written/);
      expect(kill.mock.calls).toEqual([[process.pid, signal]]);
      expect(process.listenerCount(signal)).toBe(0);
    } finally {
      kill.mockRestore();
      for (const other of others) process.on(signal, other);
    }
  });

  it('by SIGKILL leaves a part that the next run names and does not read', async () => {
    const logs = writeTinyNight(join(dir, 'killed'));
    const before = await runCommand([logs, '--json']);
    const part = `.egressblame-${crypto.randomUUID()}.part`;
    writeFileSync(join(logs, part), readFileSync(join(logs, 'tool_calls.jsonl')));
    const after = await runCommand([logs, '--json']);
    expect(after.out.split('\n').slice(1)).toEqual(before.out.split('\n').slice(1));
    expect(after.err).toBe(
      `egressblame: ${join(logs, part)} is the beginning of a file that an earlier run was killed in writing: not read; it may be deleted\n`,
    );
  });
});

it.skipIf(process.getuid?.() !== 0 || !existsSync('/proc/sys'))(
  'what cannot be appended to is no internal error',
  async () => {
    await expect(appendFile('/proc/version', ['x'])).rejects.toThrow(/^\/proc\/version: cannot be written: /);
  },
);

describe('-o -', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['takes a report', [night, '-q', '-o', 'csv=-'], /^violation,/],
    ['takes a manifest', ['quarantine', night, '-q', '-o', '-'], /^\{"record":"quarantine"/],
    ['takes seeds', ['quarantine', night, '-q', '--seeds', '-'], /^\{"record":"seed"/],
    ['takes rules', ['policy', 'suggest', night, '--format', 'nftables', '-o', '-'], /^#!\/usr\/sbin\/nft/],
  ])('%s', async (_, args, expected) => {
    expect((await runCommand(args, { cwd: dir })).out).toMatch(expected);
    expect(readdirSync(dir)).not.toContain('-');
  });
});
