import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accepting, edit, entriesOf } from './accepting.ts';
import { runCommand } from './in-process.ts';
import { records } from './run.ts';

const { dir, night, accepted } = accepting();

describe('reports with a baseline', () => {
  it('mark what is accepted, or leave it out and count it', async () => {
    const both = [night(), night({ destination: '198.51.100.5', episode: 'traj-2' })];
    const file = await accepted(both[0] ?? '');
    const names = [
      'a.sarif',
      'a.junit.xml',
      'gl-code-quality-report.json',
      'a.md',
      'a.csv',
      'a.ocsf.ndjson',
      'a.ecs.ndjson',
    ];
    const outputs = names.flatMap((name) => ['-o', join(dir, 'out', name)]);
    const run = await runCommand([
      ...both,
      '--baseline',
      file,
      ...outputs,
      '-o',
      `github=${join(dir, 'out/annotations.txt')}`,
    ]);
    expect(run.code).toBe(1);
    expect(run.out).toMatch(/^1 violation: 1 was caused by 1 tool call in 1 episode\. The baseline accepts 1\nmore\./);
    expect(run.out).not.toContain('198.51.100.77');
    const read = (name: string): string => readFileSync(join(dir, 'out', name), 'utf8');
    const results =
      (JSON.parse(read('a.sarif')) as { runs: { results: Record<string, unknown>[] }[] }).runs[0]?.results ?? [];
    expect(results.map(({ suppressions }) => suppressions).sort()).toEqual([
      [
        {
          kind: 'external',
          status: 'accepted',
          justification: expect.stringMatching(/^accepted by infra until .*: a known beacon$/) as string,
        },
      ],
      undefined,
    ]);
    const prints = results.map(
      ({ partialFingerprints }) => (partialFingerprints as Record<string, string>)['finding/v1'],
    );
    expect(prints).toContain(entriesOf(file)[0]?.fingerprint);
    expect(read('a.junit.xml')).toMatch(/tests="2" failures="1" errors="0" skipped="1"/);
    expect(read('a.junit.xml')).toContain('<skipped message="accepted by infra until');
    expect(JSON.parse(read('gl-code-quality-report.json'))).toHaveLength(1);
    expect(read('annotations.txt').match(/^::/gm)).toHaveLength(1);
    expect(read('a.md')).toContain('The baseline accepts 1 more.');
    expect(read('a.md')).not.toContain('198.51.100.77');
    expect(
      read('a.csv')
        .split('\n')
        .map((line) => line.split(',').at(-1)?.trim())
        .filter((cell) => cell !== ''),
    ).toEqual(['accepted_until', entriesOf(file)[0]?.expires]);
    expect(
      records(read('a.ocsf.ndjson'))
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['New', 'Suppressed']);
    expect(records(read('a.ecs.ndjson'))).toHaveLength(1);
  });

  it('name expired entries where a CI system shows them', async () => {
    const inputs = night();
    const file = await accepted(inputs);
    edit(file, { expires: '2026-01-31' });
    const out = async (name: string): Promise<string> => {
      const target = join(dir, 'expired', name.replace('=', '-'));
      await runCommand(['check', inputs, '-q', '--baseline', file, '-o', `${name}=${target}`]);
      return readFileSync(target, 'utf8');
    };
    expect(await out('junit')).toMatch(/tests="2" failures="2".*<testsuite name="baseline" tests="1" failures="1"/s);
    expect(await out('github')).toMatch(
      /^::error file=\S+,title=expired in the baseline::f-[0-9a-f]{16}, policy-violation to 198\.51\.100\.77:8081: no longer accepted by infra until 2026-01-31: a known beacon$/m,
    );
    expect(JSON.parse(await out('gitlab'))).toMatchObject([
      { check_name: 'baseline/expired' },
      { check_name: expect.any(String) as string },
    ]);
  });

  it('keep every violation in --json, and count', async () => {
    const inputs = night();
    const file = await accepted(inputs);
    const all = records((await runCommand([inputs, '--baseline', file, '--json'])).out);
    const [entry] = entriesOf(file);
    expect(all.find(({ record }) => record === 'attribution')).toMatchObject({
      fingerprint: entry?.fingerprint,
      accepted: { owner: 'infra', reason: 'a known beacon', expires: entry?.expires },
    });
    expect(all.at(-1)).toMatchObject({ violations: 1, baseline: { entries: 1, accepted: 1, expired: [], unused: 0 } });
  });
});
