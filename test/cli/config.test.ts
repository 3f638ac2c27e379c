import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './in-process.ts';
import { records } from './run.ts';
import { writeTinyNight } from './tiny.ts';

const root = join(import.meta.dirname, '../..');
let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'egressblame-config-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

let count = 0;
/** A repository with a tiny night in `logs` and a configuration. */
function repository(config?: string, name = 'egressblame.config.yaml'): string {
  const cwd = join(dir, `repository-${++count}`);
  writeTinyNight(join(cwd, 'logs'));
  mkdirSync(join(cwd, '.git'));
  if (config !== undefined) writeFileSync(join(cwd, name), config);
  return cwd;
}

const attribution = (out: string) =>
  records(out).find(({ record }) => record === 'attribution') as Record<string, never> | undefined;

describe('precedence: flag, environment, configuration, default', () => {
  it.each([
    ['default', undefined, {}, [], 1],
    ['configuration', 'failOn: never', {}, [], 0],
    ['environment over configuration', 'failOn: never', { EGRESSBLAME_FAIL_ON: 'likely' }, [], 1],
    ['flag over environment', 'failOn: likely', { EGRESSBLAME_FAIL_ON: 'likely' }, ['--fail-on', 'never'], 0],
    ['no configuration asked for', 'failOn: never', {}, ['--no-config'], 1],
    ['severity by environment', undefined, { EGRESSBLAME_MIN_SEVERITY: 'critical' }, [], 0],
    ['severity by configuration', 'minSeverity: critical', {}, [], 0],
    ['coverage by environment', 'failOn: never', { EGRESSBLAME_MIN_COVERAGE: '1' }, [], 0],
  ] as const)('%s', async (_, config, env, flags, code) => {
    expect((await runCommand(['check', 'logs', ...flags], { cwd: repository(config), env })).code).toBe(code);
  });

  it('coverage: 0.9 unless the configuration, the environment or a flag says else', async () => {
    const codes = async (config: string): Promise<number[]> => {
      const cwd = repository(config);
      writeFileSync(
        join(cwd, 'logs/fast.log'),
        `${'no record at all\n'.repeat(2)}${readFileSync(join(cwd, 'logs/fast.log'), 'utf8')}`,
      );
      const runs = [
        await runCommand(['check', 'logs'], { cwd }),
        await runCommand(['check', 'logs'], { cwd, env: { EGRESSBLAME_MIN_COVERAGE: '0.2' } }),
        await runCommand(['check', 'logs', '--min-coverage', '1'], { cwd, env: { EGRESSBLAME_MIN_COVERAGE: '0.2' } }),
      ];
      return runs.map(({ code }) => code);
    };
    expect(await codes('failOn: never')).toEqual([3, 0, 3]);
    expect(await codes('failOn: never\nminCoverage: 0.5')).toEqual([0, 0, 3]);
  });

  it('an empty variable is none, and a misspelt one is said', async () => {
    const env = { EGRESSBLAME_FAIL_ON: '', EGRESSBLAME_FAILON: 'never' };
    const { code, err } = await runCommand(['check', 'logs'], { cwd: repository(), env });
    expect([code, err]).toEqual([
      1,
      'egressblame: the environment variable EGRESSBLAME_FAILON means nothing here; did you mean EGRESSBLAME_FAIL_ON?\n',
    ]);
  });

  it('a wrong variable is a usage error that names it', async () => {
    const { code, err } = await runCommand(['check', 'logs'], {
      cwd: repository(),
      env: { EGRESSBLAME_FAIL_ON: 'sometimes' },
    });
    expect([code, err]).toEqual([2, expect.stringMatching(/EGRESSBLAME_FAIL_ON.*Allowed choices are proven, likely/)]);
  });

  it('sources of a flag win over those of the configuration, the longer ones too', async () => {
    const cwd = repository('sources:\n  fast.log: { tz: "+08:00", clockOffset: 1h }\n');
    const shifted = attribution((await runCommand(['logs', '--json'], { cwd })).out);
    expect(shifted).toMatchObject({ violation: { time: '2026-11-23T01:00:05.250000Z' } });
    const flags = ['--tz', 'fast=+00:00', '--clock-offset', 'fast=0s'];
    const stated = attribution((await runCommand(['logs', '--json', ...flags], { cwd })).out);
    expect(stated).toMatchObject({ violation: { time: '2026-11-23T10:00:05.250000Z' } });
  });
});

describe('the configuration file', () => {
  it('is found upwards, to the root of the repository and no further', async () => {
    const cwd = repository('failOn: never');
    mkdirSync(join(cwd, 'deep/er'), { recursive: true });
    expect((await runCommand(['check', '../../logs'], { cwd: join(cwd, 'deep/er') })).code).toBe(0);
    mkdirSync(join(cwd, 'deep/.git'));
    expect((await runCommand(['check', '../../logs'], { cwd: join(cwd, 'deep/er') })).code).toBe(1);
  });

  it('may be JSON, may be named by flag or environment', async () => {
    const cwd = repository('{"failOn":"never"}', 'other.json');
    expect((await runCommand(['check', 'logs'], { cwd })).code).toBe(1);
    expect((await runCommand(['check', 'logs', '--config', 'other.json'], { cwd })).code).toBe(0);
    expect((await runCommand(['check', 'logs'], { cwd, env: { EGRESSBLAME_CONFIG: 'other.json' } })).code).toBe(0);
    expect(await runCommand(['check', 'logs', '--config', 'none.json'], { cwd })).toMatchObject({
      code: 2,
      err: 'egressblame: --config none.json: there is no such file; egressblame schema config prints what one may hold, as failOn: likely\n',
    });
  });

  it('must be one', async () => {
    const cwd = repository('failOn: never');
    writeFileSync(join(cwd, 'egressblame.config.json'), '{}');
    expect((await runCommand(['check', 'logs'], { cwd })).err).toMatch(
      /egressblame\.config\.json and egressblame\.config\.yaml: keep one/,
    );
  });

  it('names baseline and outputs from its own folder', async () => {
    const cwd = repository('baseline: accepted.json\noutputs: [reports/a.md, sarif=reports/b.json]\n');
    mkdirSync(join(cwd, 'sub'));
    const update = ['baseline', 'update', '../logs', '--owner', 'o', '--reason', 'r'];
    expect((await runCommand(update, { cwd: join(cwd, 'sub') })).out).toMatch(/^\.\.\/accepted\.json: 1 entry/);
    expect((await runCommand(['check', '../logs'], { cwd: join(cwd, 'sub') })).code).toBe(0);
    expect(readFileSync(join(cwd, 'reports/a.md'), 'utf8')).toContain('the baseline accepts 1');
    expect(JSON.parse(readFileSync(join(cwd, 'reports/b.json'), 'utf8'))).toMatchObject({ version: '2.1.0' });
  });

  it.each(['', '# nothing yet\n', '{}'])('may say nothing: %j', async (config) => {
    expect((await runCommand(['check', 'logs'], { cwd: repository(config) })).code).toBe(1);
  });

  it('may name a zone', async () => {
    const cwd = repository('sources: { fast: { tz: Asia/Shanghai } }');
    const named = await runCommand(['events', 'logs'], { cwd });
    expect(named.out).toBe((await runCommand(['events', 'logs', '--no-config', '--tz', 'fast=+08:00'], { cwd })).out);
    expect(named.code).toBe(0);
  });

  it('can keep secrets in, and the year', async () => {
    const cwd = repository('redact: false\n');
    const secret = 'Authorization: Bearer abcdefghijklmnop0123456789';
    writeTinyNight(join(cwd, 'logs'), { command: `curl -H "${secret}" http://198.51.100.77:8081/` });
    expect((await runCommand(['logs', '--json'], { cwd })).out).toContain('abcdefghijklmnop0123456789');
    expect((await runCommand(['logs', '--json', '--no-config'], { cwd })).out).not.toContain(
      'abcdefghijklmnop0123456789',
    );
  });

  it.each([
    ['failon: likely', '1:1: unknown key "failon"; did you mean "failOn"?'],
    ['colour: red', '1:1: unknown key "colour"; there are sources, year, failOn,'],
    [
      '\nfailOn: sometimes',
      '2:9: failOn: expected one of proven, likely, ambiguous, any, never, found "sometimes"; for example failOn: "likely"',
    ],
    [
      'minSeverity: hihg',
      '1:14: minSeverity: expected one of informational, low, medium, high, critical, found "hihg"; did you mean "high"?; for example minSeverity: "medium"',
    ],
    ['year: "2026"', '1:7: year: expected number, found "2026"; for example year: 2026'],
    ['minCoverage: 95', '1:14: minCoverage: expected at most 1, found 95; for example minCoverage: 0.95'],
    [
      'sources:\n  fw.log:\n    tz: "+8"',
      '3:9: sources.fw.log.tz: expected an offset as +08:00, UTC, or Asia/Shanghai, found "+8"; for example tz: "+08:00"',
    ],
    [
      'sources: { fw.log: { tz: "+23:00" } }',
      '1:26: sources.fw.log.tz: expected an offset as +08:00, UTC, or Asia/Shanghai',
    ],
    [
      'sources: { fw.log: { tz: Europe/Berlin } }',
      '1:26: sources.fw.log.tz: Europe/Berlin is +01:00 or +02:00, as the',
    ],
    ['sources: { fw.log: { role: violations } }', '1:28: sources.fw.log.role: expected one of violation, flow,'],
    ['sources: { fw.log: { as: suricata-evee } }', 'there is no format suricata-evee; did you mean suricata-eve?'],
    [
      'importers:\n  - match: x\n    kind: tool-cal\n    fields: {}',
      '3:11: importers[0].kind: expected one of tool-call, episode, network, process, lease, found "tool-cal"; did you mean "tool-call"?',
    ],
    [
      'importers:\n  - match: x\n    kind: tool-call\n    fields: { time: t, comand: c }',
      '4:13: importers[0].fields.episode: expected string, found nothing; for example episode: "record.episode"',
    ],
    [
      'importers:\n  - match: x\n    kind: episode\n    fields: { episode: t, comand: c }',
      '4:27: importers[0].fields: unknown key "comand"; there are episode, time, end,',
    ],
    ['colours:\n  warm: red', '1:1: unknown key "colours"; there are'],
    ['- a list', '1:1: expected keys with values, found ["a list"]'],
    ['failOn: [', '1:10: Flow sequence'],
    ['year: 1\nyear: 2', '2:1: Map keys must be unique'],
  ])('is refused with file, line, column, key and an example: %j', async (config, says) => {
    const { code, out, err } = await runCommand(['check', 'logs'], { cwd: repository(config) });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says.startsWith('there') ? says : `egressblame.config.yaml:${says}`);
  });
});

describe('--source ROLE=PATH', () => {
  it.each([
    ['an input that holds what is stated', ['--source', 'violation=fast.log'], 1, /^fail/],
    [
      'a folder',
      ['--source', 'violation=logs', '--fail-on', 'proven'],
      3,
      /leases\.jsonl was said to hold violation records, and none was read from it/,
    ],
    [
      'an input that does not hold it',
      ['--source', 'violation=leases.jsonl', '--fail-on', 'never'],
      3,
      /because leases\.jsonl was said to hold violation records/,
    ],
    [
      'a path that is none',
      ['--source', 'violation=fst.log'],
      2,
      /no input has this path; there are fast\.log, leases\.jsonl, tool_calls\.jsonl/,
    ],
    ['a role that is none', ['--source', 'firewall=fast.log'], 2, /the role one of violation, flow, nat/],
    ['a format that is none', ['--as', 'suricata-fst=fast.log'], 2, /did you mean suricata-fast/],
    ['a zone for no input', ['--tz', 'eve=+08:00'], 2, /--tz eve=\.\.\.: no input has this path/],
  ] as const)('%s', async (_, flags, code, says) => {
    const run = await runCommand(['check', 'logs', ...flags], { cwd: repository() });
    expect([run.code, run.out + run.err]).toEqual([code, expect.stringMatching(says)]);
  });

  it('keeps formats without the role away from the file', async () => {
    const cwd = repository();
    const read = async (...flags: string[]): Promise<unknown> =>
      records((await runCommand(['logs', '--json', ...flags], { cwd })).out).find(
        ({ path }) => path === 'leases.jsonl',
      )?.['format'];
    expect([await read(), await read('--source', 'nat=leases.jsonl')]).toEqual(['leases', null]);
  });

  it('may stand in the configuration, with several roles', async () => {
    const cwd = repository('sources: { fast.log: { role: [violation, nat] } }');
    expect(await runCommand(['check', 'logs', '--fail-on', 'proven'], { cwd })).toMatchObject({
      code: 3,
      err: expect.stringContaining('fast.log was said to hold nat records') as string,
    });
  });

  it('of the configuration is told when no input has its path, and what was counted on is missing', async () => {
    const check = async (source: string) =>
      runCommand(['check', 'logs', '--fail-on', 'never'], { cwd: repository(`sources: { ${source} }`) });
    expect(await check('fw/eve.json: { tz: "+08:00", as: suricata-eve }')).toMatchObject({
      code: 0,
      err: [
        'egressblame: no input has the path fw/eve.json, for which a format is stated\n',
        'egressblame: no input has the path fw/eve.json, for which a zone is stated\n',
      ].join(''),
    });
    expect(await check('fw/eve.json: { role: [violation, flow] }')).toMatchObject({
      code: 3,
      err: expect.stringContaining(
        'no input has the path fw/eve.json, which was said to hold violation and flow records',
      ) as string,
    });
  });
});

describe('importers', () => {
  it("read a team's own trace, so that the whole night is blamed as before", async () => {
    const cwd = repository(`
importers:
  - name: our-trace
    match: runs/*.jsonl
    kind: tool-call
    fields: { time: t0, end: t1, timeUnit: ms, episode: run.id, group: run.prompt, sandbox: box, tool: fn, callId: n, command: in.sh }
`);
    const night = join(root, 'fixtures/night/inputs');
    const rows = records(gunzipSync(readFileSync(join(night, 'tool_calls.jsonl.gz'))).toString('utf8'));
    const own = rows.map((row) => ({
      t0: Date.parse(String(row['start'])),
      t1: Date.parse(String(row['end'])),
      run: { id: row['episode_id'], prompt: row['env_id'] },
      box: row['sandbox_id'],
      fn: row['tool'],
      n: row['tool_call_id'],
      in: { sh: row['command'] },
    }));
    mkdirSync(join(cwd, 'runs'));
    writeFileSync(join(cwd, 'runs/night.jsonl'), `${own.map((row) => JSON.stringify(row)).join('\n')}\n`);
    const others = [
      'ids-eve.json.gz',
      'leases.jsonl',
      'inventory.json',
      'train-02-conntrack.log.gz',
      'train-02-audit.log.gz',
      'fw-conntrack.log.gz',
    ].map((name) => join(night, name));
    const blamed = async (...paths: string[]): Promise<unknown[][]> =>
      records((await runCommand([...others, ...paths, '--json'], { cwd })).out)
        .filter(({ record }) => record === 'attribution')
        .map(({ id, verdict, toolCall }) => [id, verdict, (toolCall as { id: string } | null)?.id]);
    const expected = await blamed(join(night, 'tool_calls.jsonl.gz'));
    expect(expected.filter((row) => row.includes('proven')).length).toBeGreaterThan(10);
    expect(await blamed('runs/night.jsonl')).toEqual(expected);
    const inspect = await runCommand(['inspect', 'runs/night.jsonl'], { cwd });
    expect(inspect.out).toMatch(/format {3}our-trace {2}\(episode, tool-call\)/);
  });
});
