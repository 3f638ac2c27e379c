import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formats } from '../../src/formats/index.ts';
import { EVENT_KINDS } from '../../src/model/event.ts';
import { runCommand } from './in-process.ts';
import { egressblame, records } from './run.ts';
import { writeTinyNight } from './tiny.ts';

let dir = '';
let logs = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'egressblame-commands-'));
  logs = writeTinyNight(join(dir, 'logs'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const firstId = async (): Promise<string> =>
  String(records((await runCommand([logs, '--json'])).out).find(({ record }) => record === 'attribution')?.['id']);

describe('listings', () => {
  it('formats: one line each, with what it gives', async () => {
    const { code, out, err } = await runCommand(['formats']);
    expect([code, err]).toEqual([0, 'egressblame formats ID tells all of one.\n']);
    expect(out.trimEnd().split('\n')).toHaveLength(formats.length);
    const width = Math.max(...formats.map(({ id }) => id.length));
    for (const { id, title, roles } of formats)
      expect(out.split('\n')).toContain(`${id.padEnd(width)}  ${title} (${roles.join(', ')})`);
    const rows = JSON.parse((await runCommand(['formats', '--json'])).out) as { id: string; contributes: string[] }[];
    expect(rows.map(({ id }) => id)).toEqual(formats.map(({ id }) => id));
    expect(rows.find(({ id }) => id === 'conntrack')?.contributes).toEqual(['nat', 'flow']);
  });

  it('one of them by its id', async () => {
    const one = await runCommand(['formats', 'auditd']);
    expect(one.code).toBe(0);
    const auditd = formats.find(({ id }) => id === 'auditd');
    expect(one.out).toContain(`auditd: ${auditd?.title}\n  gives `);
    expect(one.out).toContain(`  clock: ${auditd?.clock}\n  trap: `);
    const rules = JSON.parse((await runCommand(['rules', '--json'])).out) as { id: string }[];
    const id = rules[3]?.id ?? '';
    expect(JSON.parse((await runCommand(['rules', id, '--json'])).out)).toEqual([rules[3]]);
  });

  it('rules: one line each; of one what it looks at, and references', async () => {
    const { code, out } = await runCommand(['rules']);
    expect([code, out]).toEqual([0, expect.stringMatching(/^miner-pool-name {2,}\S.+ \(cryptomining, high\)$/m)]);
    expect((await runCommand(['rules', 'miner-pool-name'])).out).toMatch(
      /^miner-pool-name: .+\n {2}cryptomining; severity high, strength medium\n {2}looks at .+\n {2}https?:/,
    );
    const rows = JSON.parse((await runCommand(['rules', '--json'])).out) as { id: string; category: string }[];
    expect(rows.find(({ id }) => id === 'miner-pool-name')).toMatchObject({ category: 'cryptomining' });
    expect(Object.keys(rows[0] ?? {})).not.toContain('title');
  });
});

describe('clocks', () => {
  it('is a table with one row a domain, and JSON with the pairs behind it', async () => {
    const { code, out } = await runCommand(['clocks', logs]);
    expect([code, out.split('\n').slice(0, 3)]).toEqual([
      0,
      [
        expect.stringMatching(/^ +ahead by +\+- +drift +pairs {2}method +clock$/),
        expect.stringMatching(/^ +0\.000 s .* none +fast\.log$/),
        expect.stringMatching(/^ {18}fewer than 3 pairs/),
      ],
    ]);
    const rows = records((await runCommand(['clocks', logs, '--json'])).out);
    expect(rows.map(({ domain }) => domain)).toEqual(['fast.log', 'leases.jsonl', 'tool_calls.jsonl@train-01']);
    expect(rows[0]).toMatchObject({ record: 'clock', offsetUs: 0, evidence: expect.any(Array) as unknown[] });
  });

  it('says an offset that the user states', async () => {
    const [clock] = records((await runCommand(['clocks', logs, '--json', '--clock-offset', 'fast=+2.3s'])).out);
    expect(clock).toMatchObject({ domain: 'fast.log', offsetUs: 2_300_000 });
  });

  it.each([
    ['a path that is none', 'nowhere', 2],
    ['a folder without logs', 'empty', 3],
  ])('%s', async (_, path, code) => {
    if (path === 'empty') writeFileSync(join(dir, 'empty'), '');
    expect((await runCommand(['clocks', join(dir, path)])).code).toBe(code);
  });
});

describe('events --kind', () => {
  it.each([
    ['network', 1],
    ['tool-call', 1],
    ['lease', 1],
  ])('%s: only those', async (kind, n) => {
    const { code, out } = await runCommand(['events', logs, '--kind', kind]);
    const kinds = records(out).map(({ egressblame }) => (egressblame as { kind: string }).kind);
    expect([code, kinds]).toEqual([0, Array(n).fill(kind)]);
  });

  it('none of this kind is "cannot say", and a kind that is none is a usage error', async () => {
    expect((await runCommand(['events', logs, '--kind', 'metric'])).code).toBe(3);
    const { code, err } = await runCommand(['events', logs, '--kind', 'netwrk']);
    expect([code, err]).toEqual([2, expect.stringContaining(EVENT_KINDS.join(', '))]);
  });
});

describe('timeline', () => {
  it('writes ends as all reports do: IPv6 in brackets, no colon without a port; and stamps with their zone', async () => {
    const path = join(dir, 'ends.jsonl');
    const row = (src: object) =>
      JSON.stringify({
        timestamp: '2026-11-23T10:00:00.000000+0000',
        event_type: 'flow',
        flow_id: 1,
        proto: 'TCP',
        dest_ip: '2001:db8::7',
        dest_port: 443,
        ...src,
      });
    writeFileSync(path, `${row({ src_ip: '2001:db8::5', src_port: 4000 })}\n${row({ src_ip: '192.0.2.5' })}\n`);
    const { out } = await runCommand(['timeline', path]);
    expect(out).toContain('[2001:db8::5]:4000 -> [2001:db8::7]:443');
    expect(out).toContain('  raw 2026-11-23T10:00:00.000000+0000  ');
    expect(out).toContain('192.0.2.5 -> [2001:db8::7]:443');
  });

  it('--episode: the episode and what it is blamed for, in corrected order', async () => {
    const both = [logs, writeTinyNight(join(dir, 'other'), { day: 24, episode: 'traj-2' })];
    const rows = records((await runCommand(['timeline', ...both, '--episode', 'traj-2', '--json'])).out);
    expect(rows.map(({ kind, path }) => [kind, path])).toEqual([
      ['lease', 'other/leases.jsonl'],
      ['tool-call', 'other/tool_calls.jsonl'],
      ['episode', 'other/tool_calls.jsonl'],
      ['network', 'other/fast.log'],
    ]);
    expect((await runCommand(['timeline', ...both, '--episode', 'traj-404'])).code).toBe(3);
  });

  it('gives every line its day, and cuts what happened rather than who did it and where that stands', async () => {
    const long = writeTinyNight(join(dir, 'long'), { command: `curl ${'a'.repeat(300)}` });
    const { out } = await runCommand(['timeline', long]);
    const lines = out.trimEnd().split('\n');
    for (const line of lines) {
      expect(line).toMatch(/^[ !] 2026-11-23 10:0\d:\d\d\.\d{6} {2}raw .* {2}\[\S+:1\]$/);
      expect(line.length).toBeLessThanOrEqual(170);
    }
    expect(lines.some((line) => /bash curl a+… {2}by traj-1 {2}\[tool_calls\.jsonl:1\]$/.test(line))).toBe(true);
  });

  it.each([
    [80, 2],
    [169, 2],
    [170, 1],
    [230, 1],
  ])('on a screen of %i columns a record takes lines, each whole: %i', async (columns, lines) => {
    const path = writeTinyNight(join(dir, 'screen'), { command: `curl ${'a'.repeat(300)}` });
    const before = { isTTY: process.stdout.isTTY, columns: process.stdout.columns };
    Object.assign(process.stdout, { isTTY: true, columns });
    const { out } = await runCommand(['timeline', path]).finally(() => Object.assign(process.stdout, before));
    const shown = out.trimEnd().split('\n');
    expect(shown.length).toBe(4 * lines);
    for (const line of shown) expect(line.length).toBeLessThanOrEqual(columns);
    expect(Math.max(...shown.map((line) => line.length))).toBe(columns);
    if (lines === 1) return;
    expect(shown.filter((line) => /^ {4}raw \S+(?: {2}(?:by|<-) \S+)? {2}\[\S+:1\]$/.test(line)).length).toBe(4);
    expect(out).toMatch(/tool-call bash curl a+…\n {4}raw \S+ {2}by traj-1 {2}\[tool_calls\.jsonl:1\]\n/);
  });

  it('--around and --episode both hold', async () => {
    const pair = join(dir, 'pair');
    writeTinyNight(join(pair, 'a'));
    writeTinyNight(join(pair, 'b'), { episode: 'traj-2', port: 40_002, destination: '203.0.113.9' });
    writeTinyNight(join(pair, 'c'), { day: 24, port: 40_003 });
    const ask = async (...more: readonly string[]) =>
      records((await runCommand(['timeline', pair, '--json', ...more])).out).map(({ path }) => String(path));
    const all = records((await runCommand([pair, '--json'])).out).filter(({ record }) => record === 'attribution');
    const [first] = all.filter(({ episode }) => (episode as { id?: string } | null)?.id === 'traj-2');
    const around = ['--around', String(first?.['id'])];
    expect(new Set((await ask(...around)).map((path) => path[0]))).toEqual(new Set(['a', 'b']));
    expect(new Set((await ask('--episode', 'traj-1')).map((path) => path[0]))).toEqual(new Set(['a', 'c']));
    expect(new Set((await ask(...around, '--episode', 'traj-1')).map((path) => path[0]))).toEqual(new Set(['a']));
  });

  it('--around shows what bears on it and says how much it leaves out; --all and --json leave out nothing', async () => {
    const pair = join(dir, 'bearing');
    writeTinyNight(join(pair, 'a'));
    writeTinyNight(join(pair, 'b'), { episode: 'traj-2', port: 40_002, destination: '203.0.113.9' });
    const [first] = records((await runCommand([pair, '--json'])).out).filter(({ record }) => record === 'attribution');
    const around = ['timeline', pair, '--around', String(first?.['id'])];
    const { out, err } = await runCommand(around);
    const places = (text: string) => [...text.matchAll(/\[(\w)\/\S+\]$/gm)].map((found) => found[1]);
    expect(new Set(places(out))).toEqual(new Set(['a']));
    expect(err).toBe(
      'egressblame: shown: 4 of the 8 records within 30 s of it, those that bear on it; --all shows every one\n',
    );
    const all = await runCommand([...around, '--all']);
    expect([places(all.out).length, all.err]).toEqual([8, '']);
    const json = await runCommand([...around, '--json']);
    const told = records(json.out).map(({ bears, path }) => [bears, String(path)[0]]);
    expect(told.filter(([bears]) => bears === true).map(([, folder]) => folder)).toEqual(['a', 'a', 'a', 'a']);
    expect([told.length, json.err]).toEqual([8, '']);
    expect((await runCommand([...around, '--quiet'])).err).toBe('');
  });

  it('--around an id that is none is a usage error', async () => {
    expect(await runCommand(['timeline', logs, '--around', 'v-000000000000'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('no violation or incident v-000000000000') as string,
    });
  });
});

describe('how inputs are read', () => {
  const timeOf = async (...flags: string[]): Promise<string> => {
    const found = records((await runCommand([join(logs, 'fast.log'), '--json', ...flags])).out);
    const violation = found.find(({ record }) => record === 'attribution')?.['violation'] as
      | { time: string }
      | undefined;
    return violation?.time ?? 'none';
  };

  it.each([
    [[], '2026-11-23T10:00:05.250000Z'],
    [['--tz', 'fast=+08:00'], '2026-11-23T02:00:05.250000Z'],
    [['--tz', 'fast=-0530'], '2026-11-23T15:30:05.250000Z'],
    [['--tz', 'fast=UTC'], '2026-11-23T10:00:05.250000Z'],
    [['--clock-offset', 'fast=+2.25s'], '2026-11-23T10:00:03.000000Z'],
    [['--clock-offset', 'fast=-450ms'], '2026-11-23T10:00:05.700000Z'],
    [['--from', '2026-11-23T10:00:05Z'], '2026-11-23T10:00:05.250000Z'],
    [['--from', '2026-11-23T10:00:06Z'], 'none'],
    [['--to', '2026-11-23T10:00:05.250Z'], 'none'],
    [['--to', '2026-11-23T10:00:05.251Z'], '2026-11-23T10:00:05.250000Z'],
  ])('%j', async (flags, time) => {
    expect(await timeOf(...flags)).toBe(time);
  });

  it('--as says which format reads a file, whatever it looks like', async () => {
    const { out } = await runCommand(['inspect', logs, '--as', 'leases=fast.log']);
    expect(out).toMatch(/^fast\.log\n {2}format {3}leases[\s\S]*1\.000 leases: named by --as/m);
  });

  it('--year dates stamps that have none', async () => {
    const path = join(dir, 'syslog.log');
    writeFileSync(
      path,
      'Nov 23 10:00:05 fw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=10.66.1.5 DST=198.51.100.77 LEN=60 PROTO=TCP SPT=40001 DPT=8081\n',
    );
    const at = async (...flags: string[]): Promise<unknown> =>
      records((await runCommand(['events', path, ...flags])).out)[0]?.['@timestamp'];
    expect(await at('--year', '2021')).toBe('2021-11-23T10:00:05.000000Z');
    expect(await at('--year', '2024')).toBe('2024-11-23T10:00:05.000000Z');
  });

  it.each([
    ['--year', 'soon', 'expected a year'],
    ['--tz', 'fast=+8', 'expected an offset'],
    ['--tz', 'fast', 'expected SOURCE=ZONE, as fw/eve.json=+08:00'],
    ['--clock-offset', 'fast=soon', 'expected seconds'],
    ['--from', 'yesterday', 'is no time; write it as 2026-11-23T17:19:11Z'],
    ['--min-coverage', '95', 'a number from 0 to 1'],
    ['--min-severity', 'hihg', 'Allowed choices are'],
    ['--color', 'sometimes', 'Allowed choices are'],
  ])('refuses %s %s', async (flag, value, says) => {
    expect(await runCommand([logs, flag, value])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining(says) as string,
    });
  });
});

describe('what is shown', () => {
  it('--color: always, never, and not in a pipe', async () => {
    const control = String.fromCharCode(27);
    const has = async (...flags: string[]): Promise<boolean> =>
      (await runCommand([logs, ...flags])).out.includes(control);
    expect([await has('--color', 'always'), await has('--color', 'never'), await has()]).toEqual([true, false, false]);
    expect((await runCommand([logs], { env: { EGRESSBLAME_COLOR: 'always' } })).out).toContain(control);
  });

  it('--verbose lists every input; --quiet says nothing', async () => {
    const { out } = await runCommand([logs, '--verbose']);
    for (const says of ['fast.log: suricata-fast, 1 record', 'leases.jsonl: leases, 1 record', 'tool_calls.jsonl: '])
      expect(out).toContain(`\n  ${says}`);
    expect(out).not.toMatch(/^! \S+: .*could not be read/m);
    expect(await runCommand([logs, '--quiet'])).toEqual({ code: 1, out: '', err: '' });
  });
});

describe('explain --verify', () => {
  it('is 0 when every cited record is there', async () => {
    const { code, out } = await runCommand(['explain', await firstId(), logs, '--verify']);
    expect([code, out]).toEqual([0, expect.stringMatching(/Verified: all \d+ cited records were read again/)]);
  });

  it('an id that is none is a usage error that names the command with the ids', async () => {
    const { code, err } = await runCommand(['explain', 'v-000000000000', logs, '--tz', 'fast=+01:00']);
    expect([code, err]).toEqual([2, expect.stringMatching(/run egressblame \S+ --tz fast=\+01:00 to see the ids/)]);
  });
});

describe('simulate and score', () => {
  it('writes a night with its truth, the same for the same seed; its answer is scored next to the baselines', async () => {
    const night = (name: string): string[] => ['simulate', '--seed', '7', '--episodes', '3', '--out', join(dir, name)];
    const { code, out } = await runCommand(night('one'));
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d+ files in /)]);
    await runCommand(night('two'));
    const all = (name: string): string[] =>
      readdirSync(join(dir, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.name} ${readFileSync(join(entry.parentPath, entry.name), 'utf8')}`)
        .sort();
    expect(all('one')).toEqual(all('two'));
    const answer = join(dir, 'answer.ndjson');
    writeFileSync(answer, (await runCommand([join(dir, 'one/inputs'), '--json'])).out);
    const scores = records((await runCommand(['score', answer, join(dir, 'one/truth.jsonl'), '--json'])).out);
    expect(scores.map(({ who }) => who)).toEqual(expect.arrayContaining(['answer']));
    expect(scores.length).toBe(4);
    const table = await runCommand(['score', answer, join(dir, 'one/truth.jsonl')]);
    expect([table.code, table.out]).toEqual([0, expect.stringMatching(/records +right +call +wrong[\s\S]*^answer /m)]);
  });

  it.each([
    [['simulate', '--families', 'unheard-of', '--out', 'x'], 'no such family: unheard-of'],
    [['simulate'], "required option '--out <DIR>'"],
    [['score', 'none.ndjson', 'none.jsonl'], 'none.ndjson does not exist'],
  ])('%j is a usage error', async (args, says) => {
    expect(await runCommand(args, { cwd: dir })).toMatchObject({
      code: 2,
      err: expect.stringContaining(says) as string,
    });
  });
});

describe('demo', () => {
  it('does the main job on the bundled night, and its findings are no failure', async () => {
    const { code, out } = await runCommand(['demo'], { cwd: dir });
    expect([code, out.split('\n')[0]]).toEqual([
      0,
      '422 violations: 360 were caused by 52 tool calls in 40 episodes, 62 by no agent.',
    ]);
  });
});

describe('next commands', () => {
  it('name a folder that begins with a dash or holds blanks so that they work', async () => {
    const folder = "-a b'c";
    writeTinyNight(join(dir, folder));
    const { out } = await runCommand(['--', folder], { cwd: dir });
    const next = /^ {2}egressblame (explain \S+) '(.*)'$/m.exec(out.slice(out.indexOf('Next:')));
    const path = (next?.[2] ?? '').replaceAll("'\\''", "'");
    expect(path).toBe(`./${folder}`);
    expect((await runCommand([...(next?.[1] ?? '').split(' '), path], { cwd: dir })).code).toBe(0);
  });

  it('carry what the run was told, and work as they are printed', async () => {
    writeFileSync(join(dir, 'own.yaml'), 'minSeverity: low\n');
    const flags = [
      '--tz',
      'fast=+08:00',
      '--clock-offset',
      'fast=+500ms',
      '--year',
      '2026',
      '--as',
      'suricata-fast=fast.log',
    ];
    const more = [
      '--source',
      'violation=fast.log',
      '--from',
      '2020-01-01T00:00:00Z',
      '--to',
      '2030-01-01T00:00:00Z',
      '--config',
      'own.yaml',
    ];
    const { out } = await runCommand(['logs', ...flags, ...more], { cwd: dir });
    const next = out
      .slice(out.indexOf('Next:'))
      .split('\n')
      .flatMap((line) => /^ {2}egressblame (.*)$/.exec(line)?.[1] ?? []);
    expect(next.length).toBe(3);
    for (const flag of [...flags, ...more].filter((word) => word.startsWith('--')))
      expect(next[0]).toContain(` ${flag} `);
    const explain = await runCommand((next[0] ?? '').split(' '), { cwd: dir });
    expect([explain.code, explain.out]).toEqual([0, expect.stringContaining('2026-11-23T02:00:04.750000Z')]);
    expect((await runCommand((next[1] ?? '').split(' '), { cwd: dir })).code).toBe(0);
    const json = await runCommand((next[2] ?? '').replace(/ > answer\.ndjson$/, '').split(' '), { cwd: dir });
    expect(records(json.out).at(-1)).toMatchObject({ record: 'summary', violations: 1 });
  });
});

describe('a fault of the program', () => {
  it('is said as one, with exit code 70', () => {
    const broken = "--import=data:text/javascript,process.cwd=()=>{throw(new(Error)('boom'))}";
    const { code, err } = egressblame(['check', logs], { env: { NODE_OPTIONS: broken } });
    expect([code, err]).toEqual([70, expect.stringMatching(/^egressblame: internal error: Error: boom/)]);
  });
});
