import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reliabilityOf } from '../scripts/reliability.mjs';
import { formats } from '../src/formats/index.ts';
import { egressblame } from './cli/run.ts';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('README', () => {
  it('holds the reliability tables of the last calibration', () => {
    const calibration = readFileSync(join(root, 'docs/calibration.md'), 'utf8');
    expect(readme).toContain(`<!-- reliability -->\n${reliabilityOf(calibration)}\n<!-- /reliability -->`);
    expect(reliabilityOf(calibration)).toMatch(/expected calibration error[^|]*\| 0\.\d+/);
  });

  it('lists every format (npm run readme writes the table)', () => {
    for (const format of formats) expect(readme).toContain(`| \`${format.id}\` |`);
  });

  it('shows what the demo prints', () => {
    const shown = /The first command prints:\n\n```\n(.*)\n```/.exec(readme)?.[1];
    expect(egressblame(['fixtures/night/inputs']).out).toContain(shown);
  });

  it('shows commands that exist', () => {
    const help = egressblame(['--help']).out;
    for (const [, name = ''] of readme.matchAll(/^ {4}egressblame ([a-z]+) /gm)) expect(help).toContain(`\n  ${name} `);
  });

  it('shows what policy suggest answers', () => {
    const [, shown = '?'] = /policy suggest fixtures\/rome\/inputs\n\n```\n(.*)\n```/.exec(readme) ?? [];
    expect(egressblame(['policy', 'suggest', 'fixtures/rome/inputs']).out).toContain(shown);
  });

  it('names the exit codes as --help does', () => {
    expect(egressblame(['--help']).out).toMatch(/3 cannot say clean/);
    expect(readme).toMatch(/\| 3 \| cannot say clean/);
  });
});
