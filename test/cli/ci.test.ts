import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { VERSION } from '../../src/version.ts';

const root = join(import.meta.dirname, '../..');
let dir = '';
let path = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'egressblame-ci-'));
  // The published package cannot be fetched here: this npx runs the built program under the name that would be fetched.
  const npx = `#!/usr/bin/env bash\n[ "$1 $2" = "--yes egressblame@${VERSION}" ] || { echo "npx $*" >&2; exit 99; }\nshift 2\nexec '${process.execPath}' '${join(root, 'dist/cli/main.js')}' "$@"\n`;
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin/npx'), npx);
  chmodSync(join(dir, 'bin/npx'), 0o755);
  path = `${join(dir, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
});
afterAll(() => rmSync(dir, { recursive: true }));

function workspace(name: string): string {
  const folder = join(dir, name);
  mkdirSync(folder);
  cpSync(join(root, 'fixtures/rome/inputs'), join(folder, 'logs with blanks'), { recursive: true });
  return folder;
}

function runAction(cwd: string, ...inputs: readonly string[]) {
  const args = [join(root, 'scripts/run-action.mjs'), join(cwd, 'runner'), ...inputs];
  const run = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: { ...process.env, PATH: path } });
  const read = (file: string): string => readFileSync(join(cwd, 'runner', file), 'utf8');
  return { code: run.status, out: run.stdout, err: run.stderr, outputs: read('output'), summary: read('summary.md') };
}

describe('action.yml', () => {
  it('fails on findings, with annotations, a summary of ten and SARIF', () => {
    const cwd = workspace('findings');
    const { code, out, err, outputs, summary } = runAction(
      cwd,
      'paths=logs with blanks\n\nlogs with blanks/roll/*.log',
    );
    expect(code).toBe(1);
    expect(err).toMatch(/^fail: 35 violations: 29 were caused/m);
    expect(out.match(/^::(?:error|warning) /gm)).toHaveLength(10);
    expect(outputs).toBe('exit-code=1\nsarif=egressblame.sarif\n');
    expect(JSON.parse(readFileSync(join(cwd, 'egressblame.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
    expect(summary).toMatch(/^# Network violations/);
    expect(Buffer.byteLength(summary)).toBeLessThan(1 << 20);
  });

  it('passes on its inputs: verdict, baseline, configuration, SARIF path', () => {
    const cwd = workspace('passes');
    writeFileSync(join(cwd, 'c.yaml'), 'minSeverity: critical\n');
    const { code, outputs } = runAction(
      cwd,
      'paths=logs with blanks',
      'fail-on=never',
      'config=c.yaml',
      'sarif=out/a.sarif',
      'min-coverage=0.5',
    );
    expect([code, outputs]).toEqual([0, 'exit-code=0\nsarif=out/a.sarif\n']);
    const missing = runAction(cwd, 'paths=logs with blanks', 'baseline=none.json');
    expect([missing.code, missing.outputs]).toEqual([2, 'exit-code=2\n']);
    expect(missing.err).toContain('egressblame baseline update');
  });

  it('does not let a path become a flag', () => {
    const cwd = workspace('flag');
    const { code, err } = runAction(cwd, 'paths=--fail-on=never');
    expect([code, err]).toEqual([2, expect.stringContaining('there is no file or folder --fail-on=never')]);
  });

  it('fetches this version', () => {
    expect(readFileSync(join(root, 'action.yml'), 'utf8')).toContain(`default: ${VERSION}\n`);
  });
});

describe('docs/ci.md', () => {
  const blocks = [...readFileSync(join(root, 'docs/ci.md'), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text]) =>
      parse(text ?? '') as Record<string, { script: string[]; artifacts: { reports: Record<string, string> } }>,
  );

  it('has a GitLab job that runs as it stands and leaves the reports it promises', () => {
    const job = blocks.find((block) => 'egressblame' in block)?.['egressblame'];
    const cwd = join(dir, 'gitlab');
    mkdirSync(cwd);
    cpSync(join(root, 'fixtures/rome/inputs'), join(cwd, 'logs'), { recursive: true });
    for (const line of job?.script ?? []) {
      const run = spawnSync('bash', ['-eo', 'pipefail', '-c', line], {
        cwd,
        encoding: 'utf8',
        env: { ...process.env, PATH: path },
      });
      expect([run.status, run.stdout]).toEqual([1, expect.stringMatching(/^fail: 35 violations/)]);
    }
    const { codequality = '', junit = '' } = job?.artifacts.reports ?? {};
    expect(JSON.parse(readFileSync(join(cwd, codequality), 'utf8'))).toHaveLength(35);
    expect(readFileSync(join(cwd, junit), 'utf8')).toContain('<testsuites name="egressblame" tests="35"');
  });

  it('names only inputs that the action has', () => {
    const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as { inputs: object; outputs: object };
    const [steps] = blocks as unknown as { with: object }[][];
    for (const name of Object.keys(steps?.[0]?.with ?? {})) expect(Object.keys(action.inputs)).toContain(name);
    expect(existsSync(join(root, 'action.yml')) && Object.keys(action.outputs)).toContain('sarif');
  });
});
