import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { v8Flags } from '../../src/cli/v8-flags.ts';

const nameOf = (flag: string): string => /^--(?:no-)?([\w-]+)/.exec(flag)?.[1] ?? '';

it('sets only flags that this Node knows, as it would complain at each start', () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  for (const flag of v8Flags(process.versions.v8)) expect(known).toContain(`--${nameOf(flag)} `);
});

it.each([
  ['11.3.244.8-node.38', ['allocation-site-pretenuring', 'heap-growing-percent', 'interrupt-budget']],
  ['12.4.254.21-node.33', ['allocation-site-pretenuring', 'heap-growing-percent', 'invocation-count-for-turbofan']],
  ['13.6.233.17-node.37', ['allocation-site-pretenuring', 'heap-growing-percent']],
])('knows which flags V8 %s has', (version, names) => {
  expect(v8Flags(version).map(nameOf)).toEqual(names);
});
