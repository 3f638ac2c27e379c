import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program/program.ts';
import { runCommand } from './in-process.ts';
import { records } from './run.ts';
import { writeTinyNight } from './tiny.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'egressblame-mistakes-'));
  writeTinyNight(join(dir, 'logs'));
  writeFileSync(join(dir, 'bad.nft'), 'this is no policy\n');
  writeFileSync(join(dir, 'known.json'), '{"version": 1, "entries": []}\n');
  writeFileSync(join(dir, 'monday.json'), '{"record":"run"}\n');
  writeFileSync(join(dir, 'conf.yaml'), 'failOn: likely\r\nminCoverage: 0.5\r\n');
});
afterAll(() => rmSync(dir, { recursive: true }));

const run = (...args: readonly string[]) => runCommand(args, { cwd: dir });
const firstId = async (): Promise<string> =>
  String(records((await run('logs', '--json')).out).find(({ record }) => record === 'attribution')?.['id']);

describe('a wrong call says what is wrong and what to run, on the error output alone', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['no logs', [], /^error: name the logs too, files or folders, as\n {2}egressblame logs\/\n/],
    ['an id without logs', ['explain', 'v-1'], /as\n {2}egressblame explain ID logs\/\n/],
    ['a path that is none', ['nowhere'], /^egressblame: there is no file or folder nowhere\n$/],
    ['the same to explain', ['explain', 'v-1', 'nowhere'], /^egressblame: there is no file or folder nowhere\n$/],
    ['the same to timeline', ['timeline', 'nowhere'], /^egressblame: there is no file or folder nowhere\n$/],
    ['a word of git', ['logs', '--since', '1h'], /Did you mean --from\?\)\n\(egressblame investigate --help/],
    ['a word of scanners', ['check', 'logs', '--severity', 'high'], /Did you mean --min-severity\?/],
    ['a word for a file', ['logs', '--html', 'x.html'], /Did you mean --output\?/],
    ['that word where there is no such option', ['events', 'logs', '--html'], /^error: unknown option '--html'\n\(egr/],
    ['a zone alone', ['logs', '--tz', '+08:00'], /expected SOURCE=ZONE, as fw\/eve\.json=\+08:00/],
    ['a zone that is none', ['logs', '--tz', 'fast=Berlin'], /expected an offset as \+08:00, UTC, or Asia\/Shanghai/],
    ['a zone with summer time', ['logs', '--tz', 'fast=Europe/Berlin'], /is \+01:00 or \+02:00, as the season is/],
    ['a moment that is none', ['logs', '--from', 'yesterday'], /or a day as 2026-11-23 \(UTC\)/],
    ['logs before the id', ['explain', 'logs', 'v-1'], /the id goes first: egressblame explain v-1 logs\n$/],
    ['an id of another night', ['timeline', 'logs', '--around', 'v-9'], /run egressblame logs to see the ids/],
    ['a pipe to be watched', ['watch', '/dev/fd/63'], /again and again: \/dev\/fd\/63 cannot be read so\n$/],
    ['standard input to be watched', ['watch', '-'], /again and again: standard input cannot be read so\n$/],
    ['a policy that is not there', ['policy', 'test', 'x.nft', 'logs'], /egressblame policy suggest logs\/ --format/],
    [
      'a report below a file',
      ['logs', '-o', 'bad.nft/x.html'],
      /bad\.nft\/x\.html: cannot be written: \S+bad\.nft is no folder/,
    ],
    [
      'two reports in one file',
      ['logs', '-o', 'x.html', '-o', 'md=./x.html'],
      /^egressblame: \.\/x\.html is to be written twice: what comes first would be lost\n$/,
    ],
    [
      'two reports on the output',
      ['logs', '--json', '--format', 'csv'],
      /^egressblame: --json and csv would both go to the output; name a file for one, as -o csv=FILE\n$/,
    ],
    [
      'the same to the gate',
      ['check', 'logs', '-o', 'csv=-', '-o', 'github=/dev/stdout'],
      /^egressblame: csv and github would both go to the output; name a file for one, as -o github=FILE\n$/,
    ],
    [
      'seeds and a manifest on the output',
      ['quarantine', 'logs', '--seeds', '-', '--format', 'roll'],
      /^egressblame: --format roll and --seeds - would both go to the output; name a file for one\n$/,
    ],
    [
      'records and a manifest on the output',
      ['quarantine', 'logs', '--json', '--format', 'roll', '-o', '-'],
      /^egressblame: --json and --format roll would both go to the output/,
    ],
    [
      'rules for a product, as JSON',
      ['policy', 'suggest', 'logs', '--json', '-o', 'p.nft'],
      /^egressblame: --json: the rules are to be written for nftables; leave one of them out\n$/,
    ],
    [
      'seeds over the manifest',
      ['quarantine', 'logs', '-o', 'q.jsonl', '--seeds', 'q.jsonl'],
      /q\.jsonl is to be written twice/,
    ],
    [
      'a report over the baseline',
      ['check', 'logs', '--baseline', 'known.json', '-o', 'known.json'],
      /^egressblame: known\.json is the baseline of this run; name another file\n$/,
    ],
    [
      'rules over the configuration',
      ['policy', 'suggest', 'logs', '--config', 'conf.yaml', '--format', 'srt', '-o', 'conf.yaml'],
      /^egressblame: conf\.yaml is the configuration of this run; name another file\n$/,
    ],
    [
      'a report over the earlier night that it is compared with',
      ['logs', '--compare', 'monday.json', '-o', './monday.json'],
      /^egressblame: \.\/monday\.json is the earlier night of this run; name another file\n$/,
    ],
    ['a report that is a folder', ['check', 'logs', '-o', 'html=logs'], /cannot be written: it is a folder/],
    ['a manifest below a file', ['quarantine', 'logs', '-o', 'bad.nft/q.jsonl'], /bad\.nft is no folder/],
    ['rules below a file', ['policy', 'suggest', 'logs', '-o', 'bad.nft/p.nft'], /bad\.nft is no folder/],
    ['logs before the policy', ['policy', 'test', 'logs', 'bad.nft'], /the policy goes first/],
    ['a path of an unset variable', ['check', ''], /^egressblame: a path is empty\n$/],
    [
      'a folder as configuration',
      ['check', 'logs', '--config', 'logs'],
      /^egressblame: --config logs: it is a folder\n$/,
    ],
    [
      'a folder as baseline',
      ['check', 'logs', '--baseline', 'logs'],
      /^egressblame: the baseline logs: it is a folder\n$/,
    ],
    ['the same shown', ['baseline', 'show', 'logs'], /^egressblame: the baseline logs: it is a folder\n$/],
    [
      'an earlier night that is a folder',
      ['logs', '--compare', 'logs'],
      /^egressblame: --compare logs: it is a folder\n$/,
    ],
    ['a folder as bundle', ['verify', 'logs'], /^egressblame: logs is no usable evidence bundle: it is a folder\n$/],
    ['folders to score', ['score', 'logs', 'logs'], /^egressblame: logs: it is a folder\n$/],
    [
      'answers where the truth goes',
      ['score', 'bad.nft', 'bad.nft'],
      /^egressblame: bad\.nft:1: no row of a truth file/,
    ],
    ['a night below a file', ['simulate', '--out', 'bad.nft'], /cannot be written: \S+bad\.nft is no folder/],
    ['a policy for no logs', ['policy', 'suggest', 'nowhere'], /^egressblame: there is no file or folder nowhere\n$/],
    [
      'a format by half its name',
      ['formats', 'audit'],
      /^egressblame: there is no format audit; did you mean k8s-audit or auditd\?\n$/,
    ],
    [
      'a format by its product, mistyped',
      ['formats', 'suricatta'],
      /^egressblame: there is no format suricatta; did you mean suricata-eve or suricata-fast\?\n$/,
    ],
    [
      'a format by its maker',
      ['formats', 'crowdstrike'],
      /^egressblame: there is no format crowdstrike; did you mean falcon\?\n$/,
    ],
    [
      'a format by an ending that many have',
      ['formats', 'json'],
      /did you mean (?:[\w-]+, ){5}[\w-]+ or \d+ others\?\n$/,
    ],
    [
      'a stated format, mistyped',
      ['--as', 'conntrak=fast.log', 'logs'],
      /^egressblame: there is no format conntrak; did you mean conntrack\?/,
    ],
    ['a report, mistyped', ['logs', '--format', 'srif'], /^egressblame: --format srif: unknown; did you mean sarif\? /],
    [
      'a report by its ending, mistyped',
      ['logs', '-o', 'x.sariff'],
      /no format for this name \(did you mean \.sarif\?\)/,
    ],
    ['a zone, mistyped', ['logs', '--tz', 'fast=Asia/Shangai'], /is invalid\. did you mean Asia\/Shanghai\?/],
    [
      'a rule that is none',
      ['rules', 'zzzzzzzz'],
      /^egressblame: there is no rule zzzzzzzz; egressblame rules lists them\n$/,
    ],
    [
      'a list for another framework',
      ['quarantine', 'logs', '--format', 'verl'],
      /--apply ROLLOUTS -o COPY writes the file/,
    ],
    ['help for no command', ['help', 'chek'], /^egressblame: there is no command chek; did you mean check\?\n$/],
    ['help for none below', ['help', 'policy', 'x'], /^egressblame: there is no command x; there are suggest, test/],
    [
      'help below what has none',
      ['help', 'check', 'x'],
      /^egressblame: there is no command x; check has none below it\n$/,
    ],
    ['a seed that is no number', ['simulate', '--seed', 'x', '--out', 'night'], /expected a whole number/],
  ])('%s', async (_, args, says) => {
    expect(await run(...args)).toEqual({ code: 2, out: '', err: expect.stringMatching(says) as string });
  });
});

it('a folder without files is named by every command, and is not clean', async () => {
  mkdirSync(join(dir, 'hollow'));
  const says = 'there is no file in the folder hollow';
  for (const command of ['check', 'inspect', 'clocks', 'timeline', 'events', 'quarantine'])
    expect(await run(command, 'hollow'), command).toMatchObject({ code: 3, err: `egressblame: ${says}\n` });
  expect(await run('baseline', 'update', 'hollow')).toEqual({ code: 3, out: '', err: `egressblame: ${says}\n` });
  for (const path of ['hollow', 'nowhere']) expect((await run('clocks', path)).out).toBe('');
  expect((await run('quarantine', 'hollow')).out).toBe(
    'Cannot say: no episode is in what was read.\n\nNext:\n  egressblame hollow\n',
  );
  expect(await run('logs', 'hollow')).toMatchObject({
    code: 1,
    out: expect.stringContaining(`\n! ${says}\n`) as string,
  });
});

it.each([
  [['--fail-on', 'proven'], '1 violation, none of which reaches --fail-on proven'],
  [
    ['--min-severity', 'critical'],
    '1 violation, none of which reaches --fail-on likely at --min-severity critical or above',
  ],
  [['--fail-on', 'never'], '--fail-on never lets 1 violation pass'],
])('a gate that passes although an agent did something says why: %j', async (flags, because) => {
  expect(await run('check', 'logs', ...flags)).toEqual({
    code: 0,
    out: `pass: 1 violation: 1 was caused by 1 tool call in 1 episode.\n  because ${because}\n  egressblame logs\n`,
    err: '',
  });
});

describe('ids', () => {
  it('may be shortened, of violations and incidents alike', async () => {
    const id = await firstId();
    const whole = await run('explain', id, 'logs');
    expect(whole.code).toBe(0);
    expect(await run('explain', id.slice(0, 6), 'logs')).toEqual(whole);
    expect((await run('timeline', 'logs', '--around', 'i-')).code).toBe(2);
  });

  it.each<[string, (id: string) => string, (id: string) => RegExp]>([
    ['without the letter before it', (id) => id.slice(2, 9), (id) => new RegExp(`; did you mean ${id}\\?\n$`)],
    ['with a slip of the pen', (id) => id.replace(/.$/, 'z'), (id) => new RegExp(`; did you mean ${id}\\?\n$`)],
    ['of an episode', () => 'traj-1', (id) => new RegExp(`; on it is laid ${id}\n$`)],
    ['of a tool call', () => 'call_traj-1_40001', (id) => new RegExp(`; on it is laid ${id}\n$`)],
    ['of another night', () => 'v-000000000000', () => /; run egressblame logs to see the ids\n$/],
  ])('an id %s', async (_, wrong, says) => {
    const id = await firstId();
    expect(await run('explain', wrong(id), 'logs')).toEqual({ code: 2, out: '', err: expect.stringMatching(says(id)) });
  });

  it('that are short for several are refused', async () => {
    writeTinyNight(join(dir, 'two'));
    writeFileSync(
      join(dir, 'two/more.log'),
      Array.from(
        { length: 40 },
        (_, i) =>
          `11/23/2026-10:0${i % 6}:0${i % 9}.25  [**] [1:${i}:1] POLICY ${i} [**] [Priority: 1] {TCP} 10.66.1.5:${41_000 + i} -> 203.0.113.${i}:8081\n`,
      ).join(''),
    );
    const { code, err } = await run('explain', 'v-0', 'two');
    expect([code, err]).toEqual([2, expect.stringMatching(/^egressblame: v-0 is the beginning of \d+ ids: v-0/)]);
  });
});

describe('--quiet', () => {
  it.each([['inspect'], ['clocks'], ['events'], ['timeline'], ['investigate'], ['check']])('%s', async (command) => {
    expect((await run(command, 'logs', '-q')).out).toBe('');
  });

  it('explain: the exit code alone', async () => {
    expect(await run('explain', await firstId(), 'logs', '-q', '--verify')).toEqual({ code: 0, out: '', err: '' });
  });
});

it('records keep the output to themselves: what --verify says goes beside them', async () => {
  const { code, out, err } = await run('explain', await firstId(), 'logs', '--json', '--verify');
  expect([code, records(out).length, err]).toEqual([0, 1, expect.stringMatching(/^egressblame: Verified: all/)]);
});

describe('--tz and --from', () => {
  it('a zone by its name is its offset', async () => {
    const byName = await run('events', 'logs', '--tz', 'fast=Asia/Shanghai');
    expect(byName).toEqual(await run('events', 'logs', '--tz', 'fast=+08:00'));
    expect(byName.code).toBe(0);
  });

  it.each([
    ['2026-11-23', 1],
    ['2026-11-24', 0],
    ['2026-11-23T10:00', 1],
    ['2026-11-23 10:01', 0],
  ])('from %s: %i', async (from, n) => {
    const { out } = await run('logs', '--json', '--from', from);
    expect(records(out).at(-1)).toMatchObject({ violations: n });
  });

  it('a window that nothing was seen in is no clean night, and the answer says so', async () => {
    const { code, out } = await run('logs', '--from', '2026-11-24');
    expect(code).toBe(3);
    expect(out).toMatch(
      /^! cannot say clean: no input gave records that can show a violation after --from\n {2}2026-11-24$/m,
    );
  });
});

it('timeline: an episode by a part of its name is named whole', async () => {
  const { code, err } = await run('timeline', 'logs', '--episode', 'raj');
  expect([code, err]).toEqual([
    3,
    'egressblame: --episode: no record of episode raj in these inputs; did you mean traj-1?\n',
  ]);
});

it('help of a command is its own', async () => {
  expect(await run('help', 'baseline', 'update')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Usage: egressblame baseline update /) as string,
  });
});

it('help is as wide as COLUMNS, where it fits', async () => {
  const lines = async (columns: string) =>
    (await runCommand(['events', '--help'], { env: { COLUMNS: columns } })).out.split('\n');
  expect(await lines('300')).toEqual(await lines(''));
});

const namesBelow = (command: Command, names: readonly string[] = []): (readonly string[])[] => [
  names,
  ...command.commands.flatMap((child) => namesBelow(child, [...names, child.name()])),
];

it.each(namesBelow(createProgram()).map((names) => [names.join(' '), names] as const))(
  'no line of the help of egressblame %s is wider than a terminal of 80 columns',
  async (_, names) => {
    const { out } = await runCommand([...names, '--help'], { env: { COLUMNS: '80' } });
    expect(out).toMatch(/^Usage: /);
    expect(out.split('\n').filter(({ length }) => length > 80)).toEqual([]);
  },
);

it('quarantine: what goes to the output is all that goes there', async () => {
  const recordsOf = async (...more: readonly string[]) =>
    records((await run('quarantine', 'logs', ...more)).out).map(({ record }) => record);
  expect(await recordsOf('--seeds', '-')).toEqual(['seed']);
  expect((await recordsOf('--json', '-o', '-', '--seeds', 's.jsonl')).slice(0, 2)).toEqual(['quarantine', 'flagged']);
  expect((await recordsOf('--json', '--format', 'roll', '-o', 'roll.json'))[0]).toBe('quarantine');
});

it('quarantine says what it wrote, and does not ask to write it again', async () => {
  const { out } = await run('quarantine', 'logs', '-o', 'q.jsonl');
  expect(out).toContain('\nWrote q.jsonl: 1 episode to keep out of training.\n');
  expect(out).not.toContain('-o quarantine.jsonl');
  expect((await run('quarantine', 'logs')).out).toContain('-o quarantine.jsonl');
});
