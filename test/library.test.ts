import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { micros } from '../src/core/time/time.ts';
import { formatIso, type Report, type RunOptions, run } from '../src/index.ts';
import { writeTinyNight } from './cli/tiny.ts';

const dir = mkdtempSync(join(tmpdir(), 'egressblame-library-'));
const root = join(import.meta.dirname, '..');
const ALERT = micros(Date.UTC(2026, 10, 23, 10, 0, 5, 250) * 1000);
const logs = writeTinyNight(join(dir, 'logs'));
afterAll(() => rmSync(dir, { recursive: true }));

it('needs nothing but paths', async () => {
  const report: Report = await run({ paths: [logs] });
  expect(report.attributions).toMatchObject([{ verdict: 'likely', episode: { id: 'traj-1' } }]);
  expect(formatIso(report.attributions[0]?.violation.first ?? micros(0))).toBe('2026-11-23T10:00:05.250000Z');
});

it('starts relative paths where it is told, and says what is not there', async () => {
  expect((await run({ paths: ['logs'], cwd: dir })).attributions).toHaveLength(1);
  expect((await run({ paths: ['nowhere'], cwd: dir })).problems).toMatchObject([{ code: 'path-missing' }]);
});

it.each<[string, Pick<RunOptions, 'from' | 'to'>, number]>([
  ['of the days after', { from: micros(Date.UTC(2026, 10, 24) * 1000) }, 0],
  ['from its moment on', { from: ALERT }, 1],
  ['after its moment', { from: micros(ALERT + 1) }, 0],
  ['up to its moment', { to: ALERT }, 0],
  ['beyond its moment', { to: micros(ALERT + 1) }, 1],
])('looks at what is %s', async (_, window, count) => {
  expect((await run({ paths: [logs], ...window })).attributions).toHaveLength(count);
});

it('takes the offset of a clock, and says whose clock it does not know', async () => {
  const clockOffsets = new Map([
    ['fast.log', 60e6],
    ['nowhere.log', 1],
  ]);
  const { clocks, attributions, problems } = await run({ paths: [logs], clockOffsets });
  expect(clocks.find(({ domain }) => domain === 'fast.log')?.offsetUs).toBe(60e6);
  expect(attributions[0]?.violation.first).toBe(ALERT - 60e6);
  expect(problems.map(({ code }) => code)).toContain('clock-unknown');
});

it('has an example in its documentation that runs', async () => {
  const text = readFileSync(join(root, 'docs/library.md'), 'utf8');
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

/** A program of somebody else's. Its types must not be `any` where ours were not found. */
const PROGRAM = `
import { type Attribution, formatIso, type Micros, parseMoment, type Report, type RunOptions, run } from 'egressblame';

const from = parseMoment('2026-11-23')?.at;
const options: RunOptions = {
  paths: ['logs/'],
  zones: new Map([['fw', 480]]),
  roles: new Map([['fw', ['violation']]]),
  onProgress: (progress) => (progress.stage === 'reading' ? progress.readBytes : progress.stage),
  ...(from === undefined ? {} : { from }),
};
const report: Report = await run(options);
export const says = report.attributions.map(({ violation, episode }: Attribution) => formatIso(violation.first) + episode?.id);
export const micros: Micros | undefined = report.attributions[0]?.violation.last;
// @ts-expect-error
export const wrong: string = report.attributions;
// @ts-expect-error
run({});
`;

it.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])(
  'has types for a strict program without any other package, as module %s resolved by %s',
  (module, moduleResolution) => {
    const home = join(dir, moduleResolution);
    mkdirSync(join(home, 'node_modules'), { recursive: true });
    symlinkSync(root, join(home, 'node_modules/egressblame'));
    const compilerOptions = {
      ...{ target: 'es2022', module, moduleResolution, noEmit: true, types: [], skipLibCheck: false },
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true },
    };
    writeFileSync(join(home, 'package.json'), '{"type":"module"}');
    writeFileSync(join(home, 'program.ts'), PROGRAM);
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', home], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  },
);
