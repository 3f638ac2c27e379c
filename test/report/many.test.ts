import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { groupIncidents } from '../../src/attribute/incidents.ts';
import type { Attribution } from '../../src/model/attribution.ts';
import type { Report } from '../../src/model/report.ts';
import { investigate } from '../../src/pipeline.ts';
import { outputFormats } from '../../src/report/index.ts';
import { sarifLog } from './schemas.ts';
import { refsOf, stixBundle } from './standards.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'many-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options = { clean: (text: string) => text, command: 'egressblame logs' };
const entry = {
  fingerprint: 'f-0123456789abcdef',
  category: 'policy-violation',
  rule: 'r',
  destination: 'a.example:443',
  cause: 'nobody named',
  owner: 'infra',
  reason: 'known',
  expires: '2099-01-31',
};

async function render(id: string, report: Report): Promise<string> {
  const format = outputFormats.find((one) => one.id === id);
  if (format === undefined) throw new Error(`no format ${id}`);
  return [...(await format.load()).render(report, options)].join('');
}

const night = investigate({ paths: ['fixtures/night/inputs'], cwd: root });

/** The bundled night many times over, the copies an hour apart; every tenth violation is accepted. */
async function nights(count: number): Promise<Report> {
  const report = await night;
  const copy = (one: Attribution, n: number): Attribution => ({
    ...one,
    violation: {
      ...one.violation,
      id: `v-${n.toString(16).padStart(2, '0')}${one.violation.id.slice(4)}`,
      first: (one.violation.first + n * 3_600_000_000) as typeof one.violation.first,
      last: (one.violation.last + n * 3_600_000_000) as typeof one.violation.last,
    },
  });
  const all = Array.from({ length: count }, (_, n) => report.attributions.map((one) => copy(one, n))).flat();
  const attributions = all.map((one, i) => (i % 10 === 0 ? { ...one, accepted: entry } : one));
  return { ...report, ...groupIncidents(attributions) };
}

const many = nights(14);
const few = nights(3);
const rows = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const distinct = (ids: readonly unknown[]): number => new Set(ids).size;

describe('a night of thousands of violations', () => {
  it('SARIF stays what GitHub takes: 5,000 results, 10 MB packed, each alert told apart', async () => {
    const report = await many;
    expect(report.attributions.length).toBeGreaterThan(5000);
    const text = await render('sarif', report);
    expect(gzipSync(text).length).toBeLessThan(10 * 1024 * 1024);
    const [run] = sarifLog.parse(JSON.parse(text)).runs;
    const prints = (run?.results ?? []).map(({ partialFingerprints }) => partialFingerprints);
    expect(prints.length).toBe(5000);
    for (const key of ['violation/v1', 'primaryLocationLineHash'])
      expect([key, distinct(prints.map((print) => print[key]))]).toEqual([key, 5000]);
    for (const print of prints) expect(print['primaryLocationLineHash']).toMatch(/^[0-9a-f]{16}:\d+$/);
    expect(run?.invocations[0]?.toolExecutionNotifications.map(({ descriptor }) => descriptor.id)).toContain(
      'results-hidden',
    );
  });

  it('SARIF has accepted violations as suppressions, as many as were accepted', async () => {
    const report = await few;
    const [run] = sarifLog.parse(JSON.parse(await render('sarif', report))).runs;
    const suppressed = (run?.results ?? []).filter(({ suppressions }) => suppressions !== undefined);
    expect(suppressed.length).toBe(report.attributions.filter(({ accepted }) => accepted !== undefined).length);
  });

  it.each(['sarif', 'stix', 'ocsf', 'ecs'])('%s is the same for any order of violations', async (id) => {
    const report = await few;
    const backwards = { ...report, attributions: report.attributions.toReversed() };
    const sorted = (text: string): readonly string[] =>
      text
        .split('\n')
        .map((line) => line.replace(/,$/, ''))
        .sort();
    expect(sorted(await render(id, backwards)).join('\n') === sorted(await render(id, report)).join('\n')).toBe(true);
  });

  it('STIX is valid, with unique ids and references that resolve', async () => {
    const { objects } = stixBundle.parse(JSON.parse(await render('stix', await many)));
    const ids = new Set(objects.map(({ id }) => id));
    expect(ids.size).toBe(objects.length);
    expect(objects.flatMap(refsOf).filter((id) => !ids.has(id))).toEqual([]);
  });

  it('OCSF and ECS have one row a violation, each with its own id; Timesketch is in order', async () => {
    const report = await many;
    const fresh = report.attributions.length;
    const found = rows(await render('ocsf', report)) as { finding_info: { uid: string } }[];
    expect(new Set(found.map(({ finding_info }) => finding_info.uid)).size).toBe(fresh);
    const alerts = rows(await render('ecs', report)) as { event: { id: string } }[];
    expect(new Set(alerts.map(({ event }) => event.id)).size).toBe(fresh);
    const stamps = rows(await render('timesketch', report)).map((row) => Number(row['timestamp']));
    expect(stamps.length).toBeGreaterThan(fresh);
    expect(stamps.every((stamp, i) => i === 0 || (stamps[i - 1] ?? 0) <= stamp)).toBe(true);
  });
});

describe('rotation', () => {
  it('a log renamed, or cut in two: the same fingerprints', async () => {
    const logs = join(folder, 'logs');
    cpSync(join(root, 'fixtures/rome/inputs'), logs, { recursive: true });
    const prints = async (): Promise<readonly string[]> => {
      const report = await investigate({ paths: [logs], cwd: folder });
      const [run] = sarifLog.parse(JSON.parse(await render('sarif', report))).runs;
      return (run?.results ?? []).map(({ partialFingerprints }) => JSON.stringify(partialFingerprints)).sort();
    };
    const whole = await prints();
    const log = join(logs, 'cloudfirewall/vpc_firewall_log.jsonl');
    const lines = readFileSync(log, 'utf8').split(/(?<=\n)/);
    const half = Math.ceil(lines.length / 2);
    writeFileSync(`${log}.1`, lines.slice(0, half).join(''));
    writeFileSync(log, lines.slice(half).join(''));
    expect(await prints()).toEqual(whole);
    writeFileSync(join(logs, 'cloudfirewall/old.jsonl'), readFileSync(`${log}.1`));
    rmSync(`${log}.1`);
    expect(await prints()).toEqual(whole);
    expect(whole.length).toBe(35);
  });
});
