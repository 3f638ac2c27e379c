import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { VERSION } from '../src/version.ts';

const root = join(import.meta.dirname, '..');
const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
};

it('has one version', () => {
  expect(VERSION).toBe(pkg.version);
});

/** What a visitor of the repository sees first; anything else there was left by mistake, or belongs into a folder. */
const TOP = [
  ...['.ci', '.gitignore', 'bench', 'docs', 'fixtures', 'scripts', 'src', 'test'],
  ...['ARCHITECTURE.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'action.yml'],
  ...['biome.json', 'knip.json', 'package-lock.json', 'package.json', 'vitest.config.ts'],
  ...['tsconfig.build.json', 'tsconfig.json'],
];

it('holds at its top only what ought to stand there', () => {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
  const top = new Set(tracked.filter((path) => path !== '').map((path) => path.split('/')[0]));
  expect([...top].sort()).toEqual([...TOP].sort());
});

it('records no download addresses in the lockfile', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved"|https?:/);
});

it('gives each dependency a reason in docs/adr', () => {
  const reasons = readFileSync(join(root, 'docs/adr/0002-dependencies.md'), 'utf8');
  for (const name of Object.keys(pkg.dependencies)) expect(reasons).toContain(`\`${name}\``);
});

it('uses only documentation, private and test addresses in fixtures', () => {
  const tracked = execFileSync('git', ['ls-files', 'fixtures', 'src/formats'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((path) => /\.(?:log|json|jsonl|csv|ndjson|txt)$/.test(path) && !path.endsWith('.expected.json'));
  const fine =
    /^(?:10|127|0|255)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\.|^192\.0\.2\.|^198\.51\.100\.|^203\.0\.113\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^22[4-9]\.|^23\d\.|^198\.1[89]\./;
  for (const path of tracked) {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, ip = ''] of text.matchAll(/(?<![\d.\w-])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![\d.\w-])/g)) {
      if (ip.split('.').some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) continue;
      expect([path, ip]).toSatisfy(([, address]) => fine.test(address as string));
    }
  }
});
