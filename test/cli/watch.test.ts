import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from './in-process.ts';

const root = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'watch-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('watch', () => {
  it('tells new incidents when a log appears, and ends with the answer of a batch run', async () => {
    const logs = join(work, 'logs');
    cpSync(join(root, 'fixtures/rome/inputs'), logs, { recursive: true });
    const late = join(logs, 'cloudfirewall/internet_log.jsonl');
    renameSync(late, join(work, 'internet_log.jsonl'));
    const args = [join(root, 'dist/cli/main.js'), 'watch', logs, '--every', '0.2', '--no-config'];
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
    let out = '';
    let isStopped = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const isFirst = out === '';
      out += text;
      if (isFirst) renameSync(join(work, 'internet_log.jsonl'), late);
      // A second one would end the program at once.
      if (!isStopped && out.includes('cryptomining')) isStopped = child.kill('SIGINT');
    });
    const [code] = await once(child, 'exit');
    const batch = await runCommand(['investigate', logs, '--no-config'], { cwd: root });
    const lines = out.split('\n').filter((line) => /^\d{4}-/.test(line));
    expect(lines.some((line) => line.includes('internal-probe'))).toBe(true);
    expect(lines.findIndex((line) => line.includes('cryptomining'))).toBeGreaterThan(0);
    expect(out.slice(out.indexOf('\n\n') + 2)).toBe(batch.out);
    expect(code).toBe(batch.code);
  });

  it('says at once which path is not there, and that it waits for it', async () => {
    const args = [join(root, 'dist/cli/main.js'), 'watch', join(work, 'nowhere'), '--no-config'];
    const child = spawn(process.execPath, args, { cwd: work });
    child.stdout.resume();
    let told = '';
    for await (const text of child.stderr.setEncoding('utf8')) {
      told += String(text);
      if (told.includes('Ctrl-C')) child.kill('SIGINT');
    }
    const code = child.exitCode ?? (await once(child, 'exit'))[0];
    expect(told).toMatch(
      /^egressblame: there is no file or folder .*nowhere\negressblame: nothing to read yet: waiting for it; Ctrl-C ends\n/,
    );
    expect(code).toBe(3);
  });

  it('refuses standard input', async () => {
    const { code, err } = await runCommand(['watch', '-']);
    expect(code).toBe(2);
    expect(err).toMatch(/standard input/);
  });
});
