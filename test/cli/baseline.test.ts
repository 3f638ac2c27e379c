import { linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ANSWER, accepting, edit, entriesOf } from './accepting.ts';
import { runCommand } from './in-process.ts';
import { egressblame, records } from './run.ts';
import { writeTinyNight } from './tiny.ts';

const { dir, night, newFile, accepted } = accepting();

describe('the way of a new user', () => {
  it('each answer names the next command, and it works', async () => {
    const inputs = night();
    const file = newFile();
    const open = await runCommand(['check', inputs, '--baseline', file]);
    expect([open.code, open.err]).toEqual([2, expect.stringMatching(/baseline update .* --owner YOU --reason WHY$/m)]);
    const nobody = await runCommand(['baseline', 'update', inputs, '--baseline', file]);
    expect(nobody.err).toMatch(
      /1 new finding: say who .*, as\n {2}egressblame baseline update \S+ --baseline \S+ --owner infra --reason 'benchmark server, TICKET-123'\n/,
    );
    const none = await runCommand(['baseline', 'show', file]);
    expect([none.code, none.err]).toEqual([2, expect.stringMatching(/there is no such file; this accepts/)]);
    const made = await runCommand(['baseline', 'update', inputs, '--baseline', file, ...ANSWER]);
    const next = /Next:\n {2}egressblame (.*)\n/.exec(made.out)?.[1]?.split(' ') ?? [];
    expect((await runCommand(next)).out).toMatch(/^pass: No new violation/);
  });

  it('a baseline that lies here is not taken by itself, and that is said', () => {
    const home = join(dir, 'home');
    mkdirSync(home);
    writeTinyNight(join(home, 'logs'), {});
    expect(egressblame(['baseline', 'update', 'logs', ...ANSWER], { cwd: home }).code).toBe(0);
    const { code, err } = egressblame(['check', 'logs'], { cwd: home });
    expect([code, err]).toEqual([
      1,
      'egressblame: egressblame.baseline.json lies here and is not used; this uses it:\n  egressblame check logs --baseline egressblame.baseline.json\n',
    ]);
    expect(egressblame(['check', 'logs', '-q'], { cwd: home }).err).toBe('');
    expect(egressblame(['check', 'logs', '--baseline', 'egressblame.baseline.json'], { cwd: home })).toMatchObject({
      code: 0,
      err: '',
    });
  });

  it.each([
    [['chek', 'logs'], /neither a command nor a file chek; did you mean egressblame check\?/],
    [['check'], /name the logs too.*\n +egressblame check logs\/\n\(egressblame check --help shows how it is called\)/],
    [['baseline', 'update'], /\(egressblame baseline update --help shows how it is called\)/],
    [
      ['check', 'logs', '--config', 'nope.yaml'],
      /nope\.yaml: there is no such file; egressblame schema config .*as failOn: likely/,
    ],
  ])('%j', (args, says) => {
    const { code, err } = egressblame(args, { cwd: dir });
    expect([code, err]).toEqual([2, expect.stringMatching(says)]);
  });
});

describe('a baseline', () => {
  it('lets what it accepts pass, on another night, in a rotated file, by another episode', async () => {
    const file = await accepted(night());
    const later = night({ day: 24, episode: 'traj-9', port: 51_234, log: 'fast.log.1' });
    const { code, out } = await runCommand(['check', later, '--baseline', file]);
    expect([code, out]).toEqual([0, 'pass: No new violation in what was read; the baseline accepts 1.\n']);
  });

  it.each([
    ['another destination', { destination: '198.51.100.78' }],
    ['another command', { command: 'wget http://198.51.100.77:8081/beacon' }],
  ])('does not accept %s', async (_, facts) => {
    const file = await accepted(night());
    const { code, out } = await runCommand(['check', night(facts), '--baseline', file]);
    expect([code, out]).toEqual([1, expect.stringMatching(/^fail: 1 violation: 1 was caused/)]);
  });

  it('that has expired fails and is named, also where nothing else was found', async () => {
    const inputs = night();
    const file = await accepted(inputs);
    edit(file, { expires: '2026-01-31' });
    const [entry] = entriesOf(file);
    const found = await runCommand(['check', inputs, '--baseline', file]);
    expect([found.code, found.out]).toEqual([
      1,
      expect.stringContaining(`expired in the baseline: ${entry?.fingerprint}`),
    ]);
    expect(found.err).toMatch(
      /owner infra: a known beacon\) expired on 2026-01-31\. Give it a later "expires", or delete it\./,
    );
    const calm = await runCommand([
      'check',
      night({ destination: '198.51.100.99' }),
      '--baseline',
      file,
      '--fail-on',
      'proven',
    ]);
    expect([calm.code, calm.out]).toEqual([1, expect.stringContaining('because expired in the baseline')]);
    expect((await runCommand(['check', inputs, '--baseline', file, '--fail-on', 'never'])).code).toBe(0);
  });

  it.each([
    ['2026-06-30T23:59:59Z', 0],
    ['2026-07-01T00:00:00Z', 1],
  ])('counts to the end of its last day: at %s the command ends with %i', async (now, code) => {
    const inputs = night();
    const file = await accepted(inputs);
    edit(file, { expires: '2026-06-30' });
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(now) });
    try {
      expect((await runCommand(['check', inputs, '--baseline', file])).code).toBe(code);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    [
      'is not there',
      undefined,
      /there is no such file.*\n {2}egressblame baseline update \S+ --baseline \S+ --owner YOU --reason WHY/,
    ],
    ['is no baseline', '{"version":2,"entries":[]}', /:1:12: version: .*for example version: 1/],
    ['holds a misspelt key', '{"version":1,\n"entires":[]}', /:2:1: unknown key "entires"; did you mean "entries"\?/],
    ['holds an entry twice', undefined, /stands there twice/],
  ])('that %s is a usage error', async (what, text, says) => {
    const inputs = night();
    const file = what.includes('twice') ? await accepted(inputs) : newFile();
    if (text !== undefined) writeFileSync(file, text);
    if (what.includes('twice'))
      writeFileSync(file, JSON.stringify({ version: 1, entries: [...entriesOf(file), ...entriesOf(file)] }));
    expect(await runCommand(['check', inputs, '--baseline', file])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(says) as string,
    });
  });
});

describe('baseline update', () => {
  it('wants an owner and a reason for what is new, and writes nothing without them', async () => {
    const file = newFile();
    const { code, err } = await runCommand(['baseline', 'update', night(), '--baseline', file, '--owner', 'infra']);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/1 new finding: say who answers.*--owner NAME --reason TEXT/),
    ]);
    expect((await runCommand(['baseline', 'show', file])).code).toBe(2);
  });

  it('keeps owner, reason and day of known entries, adds new ones, writes the same bytes again', async () => {
    const first = night();
    const file = await accepted(first, '--expires', '2099-12-31');
    const second = night({ destination: '198.51.100.5' });
    const update = async (): Promise<string> =>
      (
        await runCommand([
          'baseline',
          'update',
          first,
          second,
          '--baseline',
          file,
          '--owner',
          'other',
          '--reason',
          'else',
        ])
      ).out;
    expect(await update()).toMatch(/2 entries; 1 new, 1 kept\n\nNext:/);
    const before = readFileSync(file, 'utf8');
    expect(
      entriesOf(file)
        .map(({ owner, expires }) => [owner, expires === '2099-12-31'])
        .sort(),
    ).toEqual([
      ['infra', true],
      ['other', false],
    ]);
    expect(await update()).toMatch(/2 entries; 0 new, 2 kept\n/);
    expect(readFileSync(file, 'utf8')).toBe(before);
    const names = entriesOf(file).map(({ fingerprint }) => fingerprint);
    expect(names).toEqual([...names].sort());
  });

  it('replaces the file when the new one is whole, and says before the work that it cannot', async () => {
    const inputs = night();
    const file = await accepted(inputs);
    const before = readFileSync(file, 'utf8');
    linkSync(file, `${file}.before`);
    await runCommand(['baseline', 'update', night({ destination: '203.0.113.9' }), '--baseline', file, ...ANSWER]);
    expect(readFileSync(file, 'utf8')).not.toBe(before);
    expect(readFileSync(`${file}.before`, 'utf8')).toBe(before);
    const below = await runCommand(['baseline', 'update', inputs, '--baseline', join(file, 'x.json'), ...ANSWER]);
    expect([below.code, below.err]).toEqual([
      2,
      `egressblame: ${join(file, 'x.json')}: cannot be written: ${file} is no folder\n`,
    ]);
  });

  it('removes what is gone only with --prune', async () => {
    const file = await accepted(night());
    const other = night({ destination: '198.51.100.5' });
    const update = async (...more: string[]): Promise<string> =>
      (await runCommand(['baseline', 'update', other, '--baseline', file, ...ANSWER, ...more])).out;
    expect(await update()).toMatch(/2 entries; 1 new, 0 kept, 1 no longer found \(--prune removes them\)/);
    expect(await update('--prune')).toMatch(/1 entry; 0 new, 1 kept, 1 removed/);
    expect(entriesOf(file)).toHaveLength(1);
  });

  it('writes no secret', async () => {
    const file = await accepted(
      night({ command: 'curl -H "Authorization: Bearer abcdefghijklmnop0123456789" http://198.51.100.77:8081/' }),
    );
    expect(readFileSync(file, 'utf8')).not.toContain('abcdefghijklmnop0123456789');
    expect(entriesOf(file)[0]?.cause).toContain('[redacted]');
  });

  it.each(['tomorrow', '2026-02-30', '2020-01-01', '90 days'])('refuses --expires %s', async (day) => {
    expect(
      await runCommand(['baseline', 'update', night(), '--baseline', newFile(), ...ANSWER, '--expires', day]),
    ).toMatchObject({
      code: 2,
      err: expect.stringContaining(`--expires ${day}`) as string,
    });
  });
});

describe('baseline show', () => {
  it('lists the entries with their days, those that end first on top', async () => {
    const file = await accepted(night());
    const [entry] = entriesOf(file);
    const entries = [
      { ...entry, fingerprint: 'f-00000000000000aa', expires: '2099-01-01' },
      { ...entry, fingerprint: 'f-00000000000000bb', expires: '2020-01-01' },
    ];
    writeFileSync(file, JSON.stringify({ version: 1, entries }));
    const { code, out } = await runCommand(['baseline', 'show', file]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /2 entries, 1 expired\n\n! expired [\d,]+ days ago \(2020-01-01\) {2}f-0{14}bb[\s\S]*\n {2}[\d,]+ days left \(2099-01-01\) {2}f-0{14}aa/,
    );
    const days = records((await runCommand(['baseline', 'show', file, '--json'])).out).map(({ daysLeft }) =>
      Number(daysLeft),
    );
    expect(days.map((left) => left > 0)).toEqual([false, true]);
  });
});
