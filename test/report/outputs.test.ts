import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { egressblame } from '../cli/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'egressblame-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = [
  'a.html',
  'a.md',
  'a.sarif',
  'a.junit.xml',
  'a.gitlab.json',
  'a.ocsf.ndjson',
  'a.stix.json',
  'a.timesketch.jsonl',
  'a.timesketch.csv',
  'a.csv',
  'a.ecs.ndjson',
  'a.ndjson',
];

function write(where: string, env: Record<string, string>): void {
  const outputs = NAMES.flatMap((name) => ['-o', join(folder, where, name)]);
  const { code, out, err } = egressblame(['fixtures/rome/inputs', '--quiet', ...outputs], { env });
  expect([code, out, err]).toEqual([1, '', '']);
}

it('writes every format at once, the same bytes in another time zone and language', () => {
  write('one', { TZ: 'UTC', LANG: 'C' });
  write('two', { TZ: 'Asia/Kathmandu', LANG: 'de_DE.UTF-8', LC_ALL: 'tr_TR.UTF-8' });
  expect(readdirSync(join(folder, 'one')).sort()).toEqual([...NAMES].sort());
  for (const name of NAMES)
    expect([name, readFileSync(join(folder, 'two', name), 'utf8')]).toEqual([
      name,
      readFileSync(join(folder, 'one', name), 'utf8'),
    ]);
});

it('appends the summary where GitHub wants it', () => {
  const summary = join(folder, 'summary.md');
  writeFileSync(summary, 'before\n');
  const { code } = egressblame(['check', 'fixtures/rome/inputs', '-q', '--format', 'github-summary'], {
    env: { GITHUB_STEP_SUMMARY: summary },
  });
  expect(code).toBe(1);
  expect(readFileSync(summary, 'utf8')).toMatch(/^before\n# Network violations/);
});

it('refuses names and formats it does not know before it reads anything', () => {
  const docx = egressblame(['fixtures/rome/inputs', '-o', join(folder, 'a.docx')]);
  expect([docx.code, docx.out]).toEqual([2, '']);
  expect(docx.err).toContain('add --format ID');
  const odd = egressblame(['fixtures/rome/inputs', '--format', 'pdf']);
  expect([odd.code, odd.err.includes('Formats: json, markdown')]).toEqual([2, true]);
});

it('says which file cannot be written, and leaves nothing behind', () => {
  writeFileSync(join(folder, 'file'), '');
  const { code, err } = egressblame(['fixtures/rome/inputs', '-q', '-o', join(folder, 'file', 'a.md')]);
  expect(code).toBe(2);
  expect(err).toContain('cannot be written');
  const taken = join(folder, 'taken', 'b.md');
  mkdirSync(taken, { recursive: true });
  const busy = egressblame(['fixtures/rome/inputs', '-q', '-o', taken]);
  expect([busy.code, busy.err.includes('cannot be written')]).toEqual([2, true]);
  expect(readdirSync(join(folder, 'taken'))).toEqual(['b.md']);
});

it('writes every file although the reader of the output closes the pipe', () => {
  for (const command of ['check', 'investigate']) {
    const path = join(folder, `${command}-piped.sarif`);
    const main = join(import.meta.dirname, '../../dist/cli/main.js');
    const run = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${main}" ${command} fixtures/rome/inputs -o "${path}" | true`],
      {
        cwd: join(import.meta.dirname, '../..'),
      },
    );
    expect([run.status, JSON.parse(readFileSync(path, 'utf8')).runs.length]).toEqual([0, 1]);
  }
});
