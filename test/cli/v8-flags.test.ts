import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('sets only flags that this Node knows', () => {
  const source = readFileSync(join(import.meta.dirname, '../../src/cli/v8-flags.ts'), 'utf8');
  const set = [...source.matchAll(/setFlagsFromString\('--(?:no-)?([\w-]+)/g)].map((match) => match[1] ?? '');
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  expect(set).not.toEqual([]);
  for (const flag of set) expect(known).toContain(`--${flag} `);
});
