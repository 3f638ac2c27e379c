import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const bench = (name: string) => import(join(root, 'bench/speed', name));
const work = mkdtempSync(join(tmpdir(), 'bench-speed-'));

afterAll(() => rmSync(work, { recursive: true }));

describe('figures', () => {
  it('take ratios within a round', async () => {
    const { ratios, spread } = await bench('figures.mjs');
    const rounds = [10, 20, 40].map((wallMs) => ({ a: { wallMs }, b: { wallMs: wallMs * 2 } }));
    expect(spread(ratios({ rounds }, { of: 'a', to: 'b' }))).toEqual({ min: 0.5, median: 0.5, max: 0.5 });
    expect(ratios({ rounds }, { of: 'a', to: 'nobody' })).toBeUndefined();
  });

  it('call linear growth 1 and quadratic growth 2', async () => {
    const { exponents } = await bench('figures.mjs');
    const rounds = [{ small: { wallMs: 3 }, linear: { wallMs: 30 }, square: { wallMs: 300 } }];
    expect(exponents({ rounds }, { small: 'small', large: 'linear', growth: 10 })[0]).toBeCloseTo(1);
    expect(exponents({ rounds }, { small: 'small', large: 'square', growth: 10 })[0]).toBeCloseTo(2);
  });

  it.each([
    ['met', { values: [0.2, 0.3], limit: 0.35, noise: 1.1 }],
    ['missed', { values: [0.4, 0.5], limit: 0.35, noise: 1.1 }],
    ['too close to tell', { values: [0.3, 0.4], limit: 0.35, noise: 1.1 }],
    ['too noisy to judge', { values: [0.2, 0.3], limit: 0.35, noise: 1.3 }],
    ['too noisy to judge', { values: [0.2], limit: 0.35, noise: Number.POSITIVE_INFINITY }],
    ['too noisy to judge', { values: [1, Number.NaN], limit: 1.05, noise: 1 }],
    ['too small to judge', { values: [0.2, 0.3], limit: 0.35, noise: 1.1, bytes: 2e6 }],
    ['met', { values: [0.2], limit: 0.35, noise: 9, timed: false }],
    ['met', { values: [3, 4], limit: 2.3, atLeast: true, noise: 1 }],
    ['missed', { values: [1, 2], limit: 2.3, atLeast: true, noise: 1 }],
  ])('%s: %o', async (verdict, question) => {
    const { judge } = await bench('figures.mjs');
    expect(judge(question)).toBe(verdict);
  });

  it('do not know the noise of one round', async () => {
    const { noiseOf } = await bench('figures.mjs');
    const round = (wallMs: number) => ({ floor: { wallMs } });
    expect(noiseOf({ floor: 'floor', rounds: [round(5)] })).toBe(Number.POSITIVE_INFINITY);
    expect(noiseOf({ floor: 'floor', rounds: [round(5), round(6), round(4)] })).toBe(1.5);
  });
});

describe('goals', () => {
  const round = (walls: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(walls).map(([name, wallMs]) => [name, { wallMs, rssMb: 200 }]));

  it('judge the answer of --json and that for the terminal each by itself', async () => {
    const { goalRows } = await bench('goals.mjs');
    const { OURS, PARSE, TERMINAL } = await bench('contenders.mjs');
    const walls = { [OURS]: 4, [TERMINAL]: 3, [PARSE]: 10 };
    const trial = { kind: 'mix', mix: 'eve', floor: PARSE, bytes: 1e9, rounds: [round(walls), round(walls)] };
    const rows: readonly { goal: string; verdict: string }[] = goalRows([trial]);
    const overParse = rows.filter(({ goal }) => goal.includes('wall over JSON.parse'));
    expect(overParse.map(({ goal, verdict }) => [goal, verdict])).toEqual([
      ['EVE: wall over JSON.parse per line <= 0.35x', 'missed'],
      ['EVE, for the terminal: wall over JSON.parse per line <= 0.35x', 'met'],
    ]);
  });

  it('take the recorded night in seconds', async () => {
    const { goalRows } = await bench('goals.mjs');
    const { OURS } = await bench('contenders.mjs');
    const rounds = [1_700, 1_900].map((wallMs) => round({ [OURS]: wallMs, 'node -e 0': 100 }));
    const [row] = goalRows([{ kind: 'night-a', floor: 'node -e 0', rounds }]);
    expect(row).toMatchObject({ goal: 'night-a: wall <= 1.5 s', values: [1.7, 1.9], verdict: 'missed' });
  });
});

describe('the goal of growth with violations', () => {
  const trialOf = (walls: readonly number[]) => ({
    kind: 'violations',
    floor: 'floor',
    counts: [10, 110, 1010].map((alerts) => ({ name: String(alerts), alerts })),
    rounds: [1, 1.1].map((wallMs) => ({
      floor: { wallMs },
      ...Object.fromEntries(['10', '110', '1010'].map((name, i) => [name, { wallMs: walls[i] }])),
    })),
  });

  it.each([
    ['met', [1000, 1500, 6000]],
    ['missed', [1000, 1500, 60000]],
    ['too noisy to judge', [1000, 1050, 6000]],
  ])('is %s when runs take %j ms', async (verdict, walls) => {
    const { goalRows } = await bench('goals.mjs');
    expect(goalRows([trialOf(walls)])).toMatchObject([{ verdict }]);
  });
});

describe('answers', () => {
  const truthFile = join(work, 'truth.jsonl');
  writeFileSync(
    truthFile,
    ['{"line":1,"key":"a","episode":"e1","call":"c1"}', '{"line":2,"key":"b","episode":"e2","call":"c2"}'].join('\n'),
  );

  it.each([
    ['all right', 'a\te1\tc1\nb\te2\tc2\n', { right: 2, wrong: 0, missing: 0 }],
    ['another call', 'a\te1\tc1\nb\te2\tc9\n', { right: 1, wrong: 1, missing: 0 }],
    ['one missing', 'a\te1\tc1\n', { right: 1, wrong: 0, missing: 1 }],
    ['one twice', 'a\te1\tc1\na\te1\tc1\nb\te2\tc2\n', { right: 2, wrong: 1, missing: 0 }],
    ['one that is no alert', 'a\te1\tc1\nb\te2\tc2\nz\te1\tc1\n', { right: 2, wrong: 1, missing: 0 }],
  ])('of a peer: %s', async (_, text, score) => {
    const { checkPeer, readTruth } = await bench('answers.mjs');
    const path = join(work, 'peer');
    writeFileSync(path, text);
    expect(await checkPeer(path, await readTruth(truthFile))).toEqual({ alerts: 2, ...score });
  });

  const attribution = (line: number, verdict: string, [named, top]: readonly [string | null, string]) =>
    JSON.stringify({
      record: 'attribution',
      verdict,
      violation: { source: { path: 'eve.json', line }, alsoSeen: [] },
      episode: named === null ? null : { id: `e${named}` },
      toolCall: named === null ? null : { id: `c${named}` },
      candidates: [{ episode: `e${top}`, toolCall: `c${top}` }],
    });

  it.each([
    ['abstaining with the right suspect first', attribution(2, 'unattributed', [null, '2']), [2, 0, 1]],
    ['abstaining with another suspect first', attribution(2, 'ambiguous', [null, '1']), [1, 1, 1]],
    ['naming the right one', attribution(2, 'likely', ['2', '2']), [2, 0, 2]],
    ['naming another one', attribution(2, 'likely', ['1', '2']), [1, 1, 2]],
    ['accusing a line that is no alert', attribution(3, 'likely', ['1', '1']), [1, 1, 2]],
  ])('of egressblame: %s', async (_, second, [right, wrong, named]) => {
    const { checkOurs, readTruth } = await bench('answers.mjs');
    const path = join(work, 'ours');
    writeFileSync(path, `${attribution(1, 'proven', ['1', '1'])}\n${second}\n`);
    const score = await checkOurs(path, { truth: await readTruth(truthFile), file: 'eve.json' });
    expect(score).toMatchObject({ right, wrong, named });
  });
});

describe('npm run bench', () => {
  const run = (...options: string[]) =>
    execFileSync(process.execPath, [join(root, 'bench/run.mjs'), '--work', work, '--calls', '20', ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });

  it.each(['eve', 'panos', 'netfilter', 'eve.gz', 'eve with 20 % alerts'])(
    'peers give the answers of %s',
    (mix) => {
      const figures = join(work, `${mix}.json`);
      const page = run('--mix', mix, '--mb', '1', '--rounds', '1', '--only', 'floor,duckdb,script', '--json', figures);
      const [trial] = JSON.parse(readFileSync(figures, 'utf8')).trials;
      expect(trial.alerts).toBeGreaterThan(0);
      const all = { alerts: trial.alerts, right: trial.alerts, wrong: 0, missing: 0 };
      expect(trial.answers).toEqual({ 'DuckDB, 1 thread': all, 'DuckDB, 2 threads': all, 'obvious script': all });
      expect(page).toContain('Too noisy to judge');
    },
    600_000,
  );

  it('has egressblame suspect the right call first', () => {
    const figures = join(work, 'ours.json');
    run('--mix', 'eve', '--mb', '1', '--rounds', '1', '--only', 'ours,floor', '--json', figures);
    const [trial] = JSON.parse(readFileSync(figures, 'utf8')).trials;
    const [round] = trial.rounds;
    expect(trial.answers.egressblame).toMatchObject({ right: trial.alerts, wrong: 0, missing: 0 });
    expect(round.egressblame.cpuMs).toBeGreaterThan(round['JSON.parse per line'].cpuMs);
    expect(round.egressblame.rssMb).toBeGreaterThan(10);
  }, 600_000);

  it('says which mixes there are', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'bench/run.mjs'), '--mix', 'evil'], {
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toBe(
      'bench: --mix: evil is none of eve, netfilter, panos, tetragon, falco, hubble, zeek, zeek-json, auditd, conntrack, otlp, ale, sls, both, eve.gz, eve with 20 % alerts\n',
    );
  });
});
