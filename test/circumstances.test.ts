import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressblame, records } from './cli/run.ts';
import { matchesGolden } from './golden.ts';

const root = join(import.meta.dirname, '..');
const dir = mkdtempSync(join(tmpdir(), 'egressblame-circumstances-'));
const earlier = join(dir, 'earlier.json');
afterAll(() => rmSync(dir, { recursive: true, force: true }));
beforeAll(() => {
  writeFileSync(earlier, egressblame(['fixtures/rome/inputs', '--json']).out);
});

const incidentsOf = (out: string): Record<string, unknown>[] =>
  records(out).filter((record) => record['record'] === 'incident');

describe('the bundled nights', () => {
  it.each(['rome', 'night'])('%s: what was asked for, what recurs, what GPU time it took', (name) => {
    const { out } = egressblame([`fixtures/${name}/inputs`, '--json', '--compare', earlier]);
    const told = incidentsOf(out).map(({ id, category, requested, recurrence, gpu }) =>
      JSON.stringify({ id, category, requested, recurrence, gpu }).replaceAll(dir, ''),
    );
    matchesGolden(join(import.meta.dirname, `report/goldens/${name}.circumstances.txt`), `${told.join('\n')}\n`);
  });
});

describe('--compare', () => {
  it('says so on the terminal, in the incident report and for check', () => {
    const { out } = egressblame(['fixtures/rome/inputs', '--compare', earlier]);
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /recurs seen before: i-\w+ of \S+earlier\.json \(same destination, same command shape, same task\)/,
    );
    const report = join(dir, 'report.md');
    const page = join(dir, 'report.html');
    egressblame(['check', 'fixtures/night/inputs', '-q', '--compare', earlier, '-o', report, '-o', page]);
    expect(readFileSync(page, 'utf8')).toContain('<dt>Recurs</dt><dd>new: nothing like it in 1 earlier night</dd>');
    expect(readFileSync(report, 'utf8')).toMatch(/\n- Recurs: new: nothing like it in 1 earlier night\n/);
    expect(egressblame(['fixtures/rome/inputs']).out).not.toMatch(/recurs/);
  });

  it('refuses what is not there and what is no output, before it reads anything', () => {
    const junk = join(dir, 'junk.json');
    writeFileSync(junk, '{"record":"incident"}\n');
    for (const [path, says] of [
      [join(dir, 'nowhere.json'), /nowhere\.json: it is not there/],
      [junk, /junk\.json: this is no output of --json/],
    ] as const) {
      const { code, out, err } = egressblame(['fixtures/rome/inputs', '--compare', path]);
      expect([code, out, err]).toEqual([2, '', expect.stringMatching(says)]);
    }
  });

  it('goes into the evidence bundle by its hash', () => {
    const bundle = join(dir, 'b.zip');
    egressblame(['fixtures/rome/inputs', '-q', '--compare', earlier, '-o', bundle]);
    expect(egressblame(['verify', bundle, 'fixtures/rome/inputs'])).toMatchObject({ code: 0 });
  });
});

/** `nvidia-smi dmon -o DT` of two cards, a row each half minute; card 3 is loaded from 06:22:00 to 06:34:30. */
function dmon(): string {
  const rows = ['#Date       Time        gpu     sm', '#YYYYMMDD   HH:MM:SS    Idx      %'];
  for (let i = 0; i < 60; i++) {
    const time = new Date(Date.UTC(2025, 11, 18, 6, 6, 30 * i)).toISOString().slice(11, 19);
    for (const gpu of [2, 3])
      rows.push(` 20251218   ${time}      ${gpu}     ${gpu === 3 && i >= 32 && i <= 57 ? 97 + (i % 4) : 0}`);
  }
  return `${rows.join('\n')}\n`;
}

it('GPU telemetry of the host tells the time that a miner took', () => {
  const night = join(dir, 'gpu');
  cpSync(join(root, 'fixtures/rome/inputs'), night, { recursive: true });
  mkdirSync(join(night, 'rock-worker-42'));
  writeFileSync(join(night, 'rock-worker-42/dmon.log'), dmon());
  const { out } = egressblame([night]);
  expect(out.replace(/\s+/g, ' ')).toContain(
    'GPU time GPU 3 of rock-worker-42: 13 min at 97-100 %, 0.20 to 0.22 GPU-hours, from 2025-12-18T06:22:00Z to 2025-12-18T06:34:30Z, load of the whole card',
  );
  const miner = incidentsOf(egressblame([night, '--json']).out).find(({ category }) => category === 'cryptomining');
  expect(miner).toMatchObject({
    gpu: {
      answer: 'measured',
      uses: [
        {
          host: 'rock-worker-42',
          device: '3',
          from: '2025-12-18T06:22:00.000000Z',
          refs: [{ path: 'rock-worker-42/dmon.log' }, {}],
        },
      ],
    },
  });
});
