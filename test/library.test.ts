import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { formatIso, type Micros, parseMoment, type Report, run } from '../src/index.ts';
import { writeTinyNight } from './cli/tiny.ts';

const dir = mkdtempSync(join(tmpdir(), 'egressblame-library-'));
const root = join(import.meta.dirname, '..');
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
