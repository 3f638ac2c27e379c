import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipOf } from '../sources/files.ts';
import { tarOf } from '../sources/tars.ts';
import { runCommand } from './in-process.ts';
import { egressblame, records } from './run.ts';
import { writeTinyNight } from './tiny.ts';

const root = join(import.meta.dirname, '../..');
const ROME = 'fixtures/rome/inputs';
const DUMP = join(root, ROME, 'roll/rollout_dump_data.step_41.jsonl');
let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'quarantine-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const run = (args: readonly string[]) => runCommand(args, { cwd: root });
const quarantine = (...args: readonly string[]) => run(['quarantine', ROME, ...args]);
const trajectories = (path: string): string[] =>
  (JSON.parse(readFileSync(path, 'utf8')) as { trajectory_data: string[] }).trajectory_data;

describe('exit codes', () => {
  const alerts = 'src/formats/suricata-fast/samples/fast.log';
  it.each<[string, readonly string[], number]>([
    ['episodes are flagged', [ROME], 1],
    ['none reaches the wanted verdict, and violations are open', [ROME, '--min-verdict', 'proven'], 3],
    ['findings do not fail this job', [ROME, '--fail-on', 'never', '-q'], 0],
    ['no episode was read', [alerts], 3],
    ['a path that is not there', [join('no', 'such', 'place')], 2],
    ['a verdict that does not exist', [ROME, '--min-verdict', 'sure'], 2],
    ['--drop without --apply', [ROME, '--drop', 'group'], 2],
    ['a rollout file that is not there', [ROME, '--apply', 'nowhere.jsonl'], 2],
    ['a file that holds no rollouts', [ROME, '--apply', alerts], 2],
  ])('%s', async (_, args, code) => {
    expect((await run(['quarantine', ...args])).code).toBe(code);
  });
});

describe('the manifest', () => {
  it('goes to a file, or with --format to the output, the same bytes', async () => {
    const path = join(dir, 'made/quarantine.jsonl');
    const { out } = egressblame(['quarantine', ROME, '-o', path]);
    expect(out).toMatch(/^5 episodes of 11 to keep out of training/);
    expect(readFileSync(path, 'utf8')).toBe((await quarantine('--format', 'jsonl')).out);
    expect(records(readFileSync(path, 'utf8'))[0]).toMatchObject({
      record: 'quarantine',
      schema: 1,
      flagged: 5,
      affected: 4,
    });
  });

  it.skipIf(spawnSync('python3', ['--version']).status !== 0)('serves the Python of its page', async () => {
    const [, script = ''] =
      /```python\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/quarantine.md'), 'utf8')) ?? [];
    const cwd = writeTinyNight(join(dir, 'python'), { episode: 'rq-1' });
    mkdirSync(join(cwd, 'dumps'));
    const rows = ['rq-1', 'rq-2'].map((id) =>
      JSON.stringify({ input: 'x', output: 'y', score: 1, step: 41, request_id: id }),
    );
    writeFileSync(join(cwd, 'dumps/41.jsonl'), `${rows.join('\n')}\n`);
    expect((await run(['quarantine', cwd, '-q', '-o', join(cwd, 'quarantine.jsonl')])).code).toBe(1);
    const { stdout, stderr } = spawnSync('python3', ['-'], {
      cwd,
      input: `${script}\nprint([r["request_id"] for r in keep])`,
      encoding: 'utf8',
    });
    expect([stdout, stderr]).toEqual(["['rq-2']\n", '']);
  });

  it('says when a framework has no id for an episode', async () => {
    const { err, out } = await quarantine('--format', 'nemo-gym');
    expect(err).toMatch(/5 of 5 episodes have no id of nemo-gym/);
    expect(records(out)).toHaveLength(9);
  });

  it('suggests commands that work', async () => {
    const next = (await quarantine()).out.split('Next:\n')[1] ?? '';
    const commands = next
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' ').slice(1));
    expect(commands).toHaveLength(3);
    for (const args of commands.filter((words) => !words.includes('-o')))
      expect([0, 1]).toContain((await run(args)).code);
  });

  it('is a next step of an investigation that blames an episode, as is the policy', async () => {
    const next = (await run([ROME])).out.split('Next:\n')[1] ?? '';
    expect(next).toContain(`  egressblame quarantine ${ROME}\n  egressblame policy suggest ${ROME}\n`);
    const none = (await run([`${ROME}/roll`])).out.split('Next:\n')[1] ?? '';
    expect(none).toContain('egressblame inspect');
    expect(none).not.toMatch(/quarantine|policy/);
  });

  it('writes the blamed calls as seeds', async () => {
    const path = join(dir, 'seeds.jsonl');
    await quarantine('--seeds', path, '-q');
    const seeds = records(readFileSync(path, 'utf8'));
    expect(seeds).toHaveLength(6);
    expect(seeds).toContainEqual(
      expect.objectContaining({
        task: 'tb-0193',
        categories: ['reverse-tunnel'],
        command: expect.stringMatching(/^ssh /) as string,
      }),
    );
  });
});

describe('--apply', () => {
  it('is a dry run without -o', async () => {
    const before = readFileSync(DUMP);
    const { out, code } = await quarantine('--apply', DUMP);
    expect(code).toBe(1);
    expect(out).toMatch(/^Dry run: 4 rows of 9 would go/);
    expect(out).toMatch(/step 41: 9 -> 5 rollouts/);
    expect(out).toMatch(/2 prompt groups fall below 2 members/);
    expect(readFileSync(DUMP)).toEqual(before);
  });

  it('writes the copy and proves it', async () => {
    const path = join(dir, 'filtered.jsonl');
    const { out } = await quarantine('--apply', DUMP, '-o', path);
    expect(out).toMatch(
      /^Wrote .*filtered.jsonl: 4 rows of 9 dropped, 5 kept\.\nProof, from both files read again: every kept row/,
    );
    const kept = trajectories(path);
    expect(trajectories(DUMP).filter((row) => kept.includes(row))).toEqual(kept);
    expect(kept).toHaveLength(5);
  });

  it('drops whole groups when asked', async () => {
    const path = join(dir, 'groups.jsonl');
    const { out } = await quarantine('--apply', DUMP, '-o', path, '--drop', 'group', '--json');
    const [record] = records(out);
    expect(record).toMatchObject({ record: 'filter', rows: 9, kept: 1, proof: { holds: true, quarantined: 0 } });
    expect(trajectories(path)).toHaveLength(1);
  });

  it('reads a compressed file and writes a plain one', async () => {
    const packed = join(dir, 'dump.jsonl.gz');
    writeFileSync(packed, gzipSync(readFileSync(DUMP)));
    const path = join(dir, 'unpacked.jsonl');
    expect((await quarantine('--apply', packed, '-o', path)).code).toBe(1);
    expect(trajectories(path)).toHaveLength(5);
  });

  it('reads the one file of a tar archive, and takes no first one of several', async () => {
    const dump = { name: 'roll/dump.jsonl', text: readFileSync(DUMP) };
    const packed = join(dir, 'dump.tgz');
    writeFileSync(packed, gzipSync(tarOf([dump])));
    const path = join(dir, 'untarred.jsonl');
    expect((await quarantine('--apply', packed, '-o', path)).code).toBe(1);
    expect(trajectories(path)).toHaveLength(5);
    mkdirSync(join(dir, 'several'));
    writeFileSync(join(dir, 'several/a.eval'), zipOf([{ name: 'header.json', text: '{}' }]));
    writeFileSync(join(dir, 'several/b.eval'), zipOf([{ name: 'header.json', text: '{}' }]));
    writeFileSync(join(dir, 'two.tar'), tarOf([dump, { ...dump, name: 'other.jsonl' }]));
    for (const several of ['several', 'two.tar']) {
      const { code, err } = await quarantine('--apply', join(dir, several));
      expect([code, err]).toEqual([2, expect.stringMatching(/one file at a time/)]);
    }
  });

  it('never writes over what it reads, under any name', async () => {
    const own = join(dir, 'own.jsonl');
    copyFileSync(DUMP, own);
    symlinkSync(own, join(dir, 'soft.jsonl'));
    linkSync(own, join(dir, 'hard.jsonl'));
    for (const out of [own, join(dir, 'soft.jsonl'), join(dir, 'hard.jsonl'), join(root, ROME, 'rock/billing.log')]) {
      const { code, err } = await quarantine('--apply', own, '-o', out);
      expect([out, code]).toEqual([out, 2]);
      expect(err).toMatch(/evidence is never changed in place/);
    }
    expect(readFileSync(own)).toEqual(readFileSync(DUMP));
  });

  it('filters an Inspect archive, says what changed in it, and proves the rest', async () => {
    const flagged = records((await quarantine('--format', 'jsonl')).out).find(({ record }) => record === 'flagged');
    const sample = (epoch: number, uuid: unknown): object => ({ id: 'a', epoch, uuid, events: [], target: '' });
    const log = join(dir, 'night.eval');
    const document = (name: string, value: object) => ({ name, text: JSON.stringify(value) });
    const samples = [sample(1, 'fine'), sample(2, flagged?.['episode'])];
    writeFileSync(
      log,
      zipOf([
        ...samples.map((one, i) => document(`samples/a_epoch_${i + 1}.json`, one)),
        document('summaries.json', samples),
        document('header.json', {
          version: 2,
          eval: { task: 't' },
          results: { total_samples: 2, completed_samples: 2, scores: [] },
        }),
      ]),
    );
    const before = readFileSync(log);
    const dry = (await quarantine('--apply', log)).out;
    expect(dry).toMatch(/^Dry run: 1 row of 2 would go[\s\S]*-o filtered\.eval\n$/);
    const { out } = await quarantine('--apply', log, '-o', join(dir, 'kept.eval'));
    expect(out).toMatch(
      /^Wrote .*kept\.eval: 1 row of 2 dropped, 1 kept\.\nProof[\s\S]*summaries\.json: 1 of 2 summaries cut\n {2}header\.json: results\.total_samples 2 -> 1; results\.completed_samples 2 -> 1\n/,
    );
    expect(readFileSync(log)).toEqual(before);
    const [record] = records((await quarantine('--apply', join(dir, 'kept.eval'), '--json')).out);
    expect(record).toMatchObject({ rows: 1, kept: 1, changes: [] });
    const wrong = await quarantine('--apply', log, '-o', join(dir, 'kept.zip'));
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/ending \.eval/)]);
  });

  it('names what it cannot filter', async () => {
    const path = join(dir, 'run.eval');
    writeFileSync(path, zipOf([{ name: 'readme.json', text: '{}' }]));
    const { code, err } = await quarantine('--apply', path);
    expect([code, err]).toEqual([2, expect.stringMatching(/run\.eval is an archive, but no Inspect log/)]);
  });

  it('matches rows by line only in the file that was the evidence', async () => {
    const logs = join(dir, 'verl');
    mkdirSync(logs);
    const row = (n: number): string => JSON.stringify({ input: `p${n}`, output: 'x', gts: null, score: 1, step: 3 });
    writeFileSync(join(logs, '3.jsonl'), `${row(1)}\n${row(2)}\n`);
    const [record] = records((await run(['quarantine', logs, '--apply', join(logs, '3.jsonl'), '--json'])).out);
    expect(record).toMatchObject({ rows: 2, unnamed: 0 });
    const [other] = records((await quarantine('--apply', join(logs, '3.jsonl'), '--json')).out);
    expect(other).toMatchObject({ rows: 2, unnamed: 2, kept: 2 });
  });
});
