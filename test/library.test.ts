import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { formatIso, type Micros, parseMoment, type Report, run } from '../src/index.ts';
import { writeTinyNight } from './cli/tiny.ts';

const dir = mkdtempSync(join(tmpdir(), 'egressblame-library-'));
const logs = writeTinyNight(join(dir, 'logs'));
afterAll(() => rmSync(dir, { recursive: true }));

it('needs nothing but paths', async () => {
  const report: Report = await run({ paths: [logs] });
  expect(report.attributions).toMatchObject([{ verdict: 'likely', episode: { id: 'traj-1' } }]);
  expect(formatIso(report.attributions[0]?.violation.first ?? (0 as Micros))).toBe('2026-11-23T10:00:05.250000Z');
});

it('starts relative paths where it is told, and says what is not there', async () => {
  expect((await run({ paths: ['logs'], cwd: dir })).attributions).toHaveLength(1);
  expect((await run({ paths: ['nowhere'], cwd: dir })).problems).toMatchObject([{ code: 'path-missing' }]);
});

it('takes a window in days', async () => {
  const from = parseMoment('2026-11-24')?.at;
  expect((await run({ paths: [logs], ...(from === undefined ? {} : { from }) })).attributions).toEqual([]);
});

it('has an example in its documentation that runs', async () => {
  const text = readFileSync(join(import.meta.dirname, '../docs/library.md'), 'utf8');
  const example =
    /```ts\n([\s\S]*?)```/
      .exec(text)?.[1]
      ?.replace(/^import .*\n/, '')
      .replace('logs/', logs) ?? '';
  const said: unknown[][] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...parts: unknown[]) => void said.push(parts));
  const body = new Function('run', 'formatIso', `return (async () => {${example}})()`) as (
    ...given: readonly unknown[]
  ) => Promise<void>;
  await body(run, formatIso);
  log.mockRestore();
  expect(said).toEqual([
    ['2026-11-23T10:00:05.250000Z', 'likely', expect.closeTo(0.98, 1), 'traj-1', expect.any(String)],
  ]);
});
