import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/core/text/redact.ts';
import type { Report } from '../../src/model/report.ts';
import { investigate } from '../../src/pipeline.ts';
import { formatOfName, outputFormats } from '../../src/report/index.ts';
import { OBSERVABLES, uuid5 } from '../../src/report/stix/uuid.ts';
import { matchesGolden } from '../golden.ts';
import { adviceOn } from './advice.ts';
import { hostileReport, optionsFor, SECRET } from './hostile.ts';
import { sarifLog } from './schemas.ts';
import { refsOf, stixBundle } from './standards.ts';

const root = join(import.meta.dirname, '../..');
const ids = outputFormats.map(({ id }) => id);

async function render(id: string, report: Report, options = optionsFor(redact)): Promise<string> {
  const format = outputFormats.find((entry) => entry.id === id);
  if (format === undefined) throw new Error(`no format ${id}`);
  return [...(await format.load()).render(report, options)].join('');
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const parsed = (text: string): Record<string, unknown>[] => lines(text).map((line) => JSON.parse(line));
const plainOptions = { clean: redact, command: 'egressblame fixtures/rome/inputs' };
const rome = investigate({ paths: ['fixtures/rome/inputs'], cwd: root });

const romeBackwards = investigate({
  paths: readdirSync(join(root, 'fixtures/rome/inputs'))
    .sort()
    .reverse()
    .map((name) => `fixtures/rome/inputs/${name}`),
  cwd: root,
});

/** What each format must say of a night without violations: nothing where a line is a finding, else a whole document. */
const WHEN_EMPTY: Readonly<Record<string, (text: string) => void>> = {
  json: (text) => expect(parsed(text).at(-1)).toMatchObject({ record: 'summary', violations: 0, coverage: 1 }),
  markdown: (text) =>
    expect(text).toMatch(
      /\*\*No violation in what was read\.\*\*[\s\S]*100\.00 % [\s\S]*## Inputs[\s\S]*egressblame \d/,
    ),
  'github-summary': (text) =>
    expect(text).toMatch(/\*\*No violation in what was read\.\*\*[\s\S]*100\.00 % of the records/),
  sarif: (text) => expect(sarifLog.parse(JSON.parse(text)).runs[0]?.results).toEqual([]),
  html: (text) =>
    expect(text).toMatch(
      /^<!doctype html>[\s\S]*No violation in what was read\.[\s\S]*<p>None\.<\/p>[\s\S]*id="inputs"[\s\S]*<\/html>\n$/,
    ),
  junit: (text) =>
    expect(text).toMatch(
      /tests="1" failures="0"[\s\S]*<testcase [^>]*name="no violation" time="0"\/>[\s\S]*<\/testsuites>\n$/,
    ),
  github: (text) => expect(text).toBe(''),
  gitlab: (text) => expect(JSON.parse(text)).toEqual([]),
  ocsf: (text) => expect(text).toBe(''),
  stix: (text) => expect(stixBundle.parse(JSON.parse(text)).objects.map(({ type }) => type)).toEqual(['identity']),
  timesketch: (text) => expect(text).toBe(''),
  'timesketch-csv': (text) => expect(text).toMatch(/^message,datetime,[\w,]+\r\n$/),
  csv: (text) => expect(text).toMatch(/^violation,incident,[\w,]+\r\n$/),
  ecs: (text) => expect(text).toBe(''),
};

describe('every report', () => {
  it.each(ids)('%s lets nothing of a log act', async (id) => {
    const text = await render(id, hostileReport(7));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
    const acting = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
    expect(acting.exec(text)?.[0]).toBe(undefined);
    expect(text).not.toContain(SECRET);
    // JSON alone may hold markup as it is: nothing in it acts.
    if (!text.startsWith('{') && !text.startsWith('[') && !/csv|github$|markdown|github-summary/.test(id))
      expect(text).not.toMatch(/<script>alert|\]\]>/);
  });

  it.each(ids)('%s is the same on every run and with the inputs in another order', async (id) => {
    const once = await render(id, await rome, plainOptions);
    expect(await render(id, await rome, plainOptions)).toBe(once);
    const { arguments: asked } = await rome;
    expect(await render(id, { ...(await romeBackwards), arguments: asked }, plainOptions)).toBe(once);
  });

  it.each(ids)('%s is whole when nothing was found', async (id) => {
    const empty = { ...(await rome), attributions: [], incidents: [], chance: undefined };
    WHEN_EMPTY[id]?.(await render(id, empty, plainOptions));
    expect(Object.keys(WHEN_EMPTY).sort()).toEqual([...ids].sort());
  });

  it('is found by the ending of its name', () => {
    const names = [
      'a.md',
      'a.sarif',
      'a.html',
      'a.junit.xml',
      'a.stix.json',
      'a.ocsf.ndjson',
      'a.timesketch.csv',
      'a.csv',
      'a.ecs.ndjson',
      'a.json',
      'gl-code-quality-report.json',
    ];
    expect(names.map((name) => formatOfName(name)?.id)).toEqual([
      'markdown',
      'sarif',
      'html',
      'junit',
      'stix',
      'ocsf',
      'timesketch-csv',
      'csv',
      'ecs',
      'json',
      'gitlab',
    ]);
    expect(formatOfName('a.docx')).toBe(undefined);
  });
});

describe('the golden of fixtures/rome', () => {
  it.each(['markdown', 'csv', 'junit', 'github'])('%s', async (id) => {
    matchesGolden(join(import.meta.dirname, 'goldens', `rome.${id}.txt`), await render(id, await rome, plainOptions));
  });
});

describe('sarif', () => {
  it('is valid, of rome and of hostile texts', async () => {
    for (const report of [await rome, hostileReport(9)]) {
      const log = sarifLog.parse(JSON.parse(await render('sarif', report)));
      const run = log.runs[0];
      expect(run?.results.length).toBe(report.attributions.length);
      for (const result of run?.results ?? []) expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
    }
  });

  it('says in each message which violation it is, and in the help of its rule how to see all of it', async () => {
    const log = sarifLog.parse(JSON.parse(await render('sarif', await rome, plainOptions)));
    for (const { message, partialFingerprints } of log.runs[0]?.results ?? [])
      expect(message.text).toContain(`(${partialFingerprints['violation/v1']})`);
    for (const { help } of log.runs[0]?.tool.driver.rules ?? [])
      expect(help.text).toMatch(/: egressblame explain ID fixtures\/rome\/inputs$/);
  });

  it('leads from the alert to the episode', async () => {
    const log = sarifLog.parse(JSON.parse(await render('sarif', hostileReport(1))));
    const steps = log.runs[0]?.results[0]?.codeFlows[0]?.threadFlows[0]?.locations ?? [];
    const says = steps.map(({ location }) => location.message.text.split(':')[0]);
    expect(says).toEqual(['alert', 'process', 'tool call', 'episode']);
  });

  it('shows at most 5,000 results and counts the rest', async () => {
    const log = sarifLog.parse(JSON.parse(await render('sarif', hostileReport(5003))));
    expect(log.runs[0]?.results.length).toBe(5000);
    const notes = log.runs[0]?.invocations[0]?.toolExecutionNotifications.map(({ message }) => message.text);
    expect(notes?.at(-1)).toBe('3 more results are not shown: the worst 5000 are listed.');
  });
});

describe('html', () => {
  it('holds one script and one style, both named by the policy, and loads nothing', async () => {
    const text = await render('html', hostileReport(9));
    const hash = (part: string): string => `'sha256-${createHash('sha256').update(part).digest('base64')}'`;
    const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)];
    const styles = [...text.matchAll(/<style>([\s\S]*?)<\/style>/g)];
    expect([scripts.length, styles.length]).toEqual([1, 1]);
    expect(text).toContain(
      `content="default-src 'none'; style-src ${hash(styles[0]?.[1] ?? '')}; script-src ${hash(scripts[0]?.[1] ?? '')}; base-uri 'none'; form-action 'none'"`,
    );
    const body = text.replace(/<script>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '');
    expect(body).not.toMatch(/<[^>]*\s(?:on\w+|style|src|action)\s*=/i);
    for (const [, href = ''] of body.matchAll(/<[^>]*\shref="([^"]*)"/g)) expect(href).toMatch(/^#/);
  });

  it('gives the times of an incident their zone', async () => {
    const section =
      /<details[\s\S]*?<h3>From the alert/.exec(await render('html', await rome, plainOptions))?.[0] ?? '';
    const zoned = section.match(/<time [^>]*>[\d :.-]+<\/time>(?: UTC| to )/g);
    expect(zoned?.length).toBeGreaterThan(2);
    expect(section.match(/<time /g)?.length).toBe(zoned?.length);
  });

  it('is ASCII throughout, whatever the logs hold', async () => {
    for (const report of [hostileReport(30), await rome]) expect(await render('html', report)).toMatch(/^[\n -~]+$/);
  });

  it('names each incident once and links to what exists', async () => {
    for (const report of [await rome, { ...(await rome), attributions: [], incidents: [] }]) {
      const advice = adviceOn(report, { is: 'unknown' });
      const text = await render('html', report, { ...optionsFor(redact), advice });
      const own = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(own).size).toBe(own.length);
      for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) expect(own).toContain(target);
      expect([...text.matchAll(/<details class="case"/g)].length).toBe(report.incidents.length);
    }
  });

  it('tells the incidents beyond six million characters shortly, and says where the rest is beyond 5,000', async () => {
    const text = await render('html', hostileReport(5001));
    expect([...text.matchAll(/<details class="case"/g)].length).toBe(5000);
    expect(text).toContain('Showing 5,000 of 5,001 incidents, the worst first;');
    expect([...text.matchAll(/<ol class="chain">/g)].length).toBeLessThan(5000);
    expect(text.length).toBeLessThan(40e6);
  });
});

describe('other formats', () => {
  it('csv: no field starts a formula, every row has every column', async () => {
    for (const id of ['csv', 'timesketch-csv']) {
      const rows = parse(await render(id, hostileReport(5))) as string[][];
      for (const field of rows.flat()) expect(field).not.toMatch(/^\s*[=+@]/);
    }
  });

  it('github: ten annotations, then the count; each line one command', async () => {
    const out = lines(await render('github', hostileReport(40)));
    expect(out.length).toBe(11);
    for (const line of out) expect(line).toMatch(/^::(?:error|warning|notice) [^:]*::/);
    expect(out.at(-1)).toContain('22 more violations not shown here (10 of 32 are)');
  });

  it('github: the worst of each incident comes before a second of any', async () => {
    const report = hostileReport(40);
    const [first] = report.attributions;
    const attributions = report.attributions.map((one, i) =>
      i < 30 ? { ...one, incident: first?.incident ?? '' } : one,
    );
    const shown = lines(await render('github', { ...report, attributions })).slice(0, 9);
    const named = shown.map((line) => /\((v-\w+)\)/.exec(line)?.[1] ?? '');
    const incidents = named.map((id) => attributions.find(({ violation }) => violation.id === id)?.incident);
    expect(new Set(incidents).size).toBe(9);
  });

  it.each([
    [40, 0, [0, 10], '22 more violations not shown here (10 of 32 are). Write -o night.html to see all violations'],
    [40, 2, [2, 8], '24 more violations not shown here (8 of 32 are). Write'],
    [
      40,
      30,
      [3, 7],
      /25 more violations not shown here \(7 of 32 are\); 27 more expired baseline entries not shown here \(3 of 30 are\)\..*baseline show/,
    ],
    [1, 30, [9, 1], /notice title=egressblame::21 more expired baseline entries not shown here \(9 of 30 are\)\./],
    [1, 9, [9, 1], undefined],
  ])('github: %i violations and %i expired entries share ten annotations', async (n, gone, counts, notice) => {
    const report = hostileReport(n);
    const entry = (i: number) => ({
      fingerprint: `f-${i}`,
      category: 'policy-violation' as const,
      rule: 'r',
      destination: 'a.example:443',
      cause: 'nobody named',
      owner: 'infra',
      reason: 'x',
      expires: '2026-01-31',
    });
    const expired = Array.from({ length: gone }, (_, i) => entry(i));
    const baseline = { path: 'b.json', entries: gone, accepted: 0, expired, unused: 0 };
    const out = lines(await render('github', { ...report, baseline }));
    const expiredLines = out.filter((line) => line.includes('title=expired in the baseline'));
    const notices = out.filter((line) => line.startsWith('::notice'));
    expect([expiredLines.length, out.length - expiredLines.length - notices.length]).toEqual(counts);
    if (notice === undefined) expect(notices).toEqual([]);
    else expect(notices.join()).toMatch(notice);
  });

  it('github-summary: below 1 MiB and says how many it shows', async () => {
    const text = await render('github-summary', hostileReport(500));
    expect(Buffer.byteLength(text)).toBeLessThan(1 << 20);
    expect(text).toContain('Showing 10 of 500 incidents.');
  });

  it('markdown: no markup, no HTML outside code', async () => {
    const text = (await render('markdown', hostileReport(5))).replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
    expect(text).not.toMatch(/<script|\]\(javascript|https?:\/\//);
  });

  it('junit: counts agree, and no character that XML forbids', async () => {
    const text = await render('junit', hostileReport(10));
    expect(text).toContain('tests="10" failures="8" errors="0" skipped="2"');
    expect([...text.matchAll(/<failure /g)].length).toBe(8);
    expect(text).not.toMatch(/[\ud800-\udfff]/);
    // Without a time, viewers show that each case took NaN.
    expect(text.match(/<test(?:suites|suite|case) (?![^>]* time="0")/g)).toBe(null);
  });

  it('gitlab: unique fingerprints and the five severities', async () => {
    const issues = JSON.parse(await render('gitlab', await rome)) as { fingerprint: string; severity: string }[];
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
    expect(issues.length).toBe(35);
    for (const { severity } of issues) expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity);
  });

  it('ocsf: class 2004 with consistent ids', async () => {
    const found = parsed(await render('ocsf', await rome));
    expect(found.length).toBe((await rome).attributions.length);
    for (const entry of found) expect([entry['class_uid'], entry['type_uid']]).toEqual([2004, 200401]);
  });

  it('ocsf: the bare name of an executable beside its path, a sub-technique beside its technique', async () => {
    const report = hostileReport(1);
    const [one] = report.attributions;
    if (one?.process === undefined) throw new Error('no process');
    const finding = { ...one.violation.finding, attack: ['T1071.004', 'T1046'], atlas: ['AML.T0051.000'] };
    const process = { ...one.process, executable: '/usr/bin/curl' };
    const attributions = [{ ...one, process, violation: { ...one.violation, finding } }];
    const [found] = parsed(await render('ocsf', { ...report, attributions })) as {
      finding_info: { attacks: unknown };
      evidences: { process: { file: unknown } }[];
    }[];
    expect(found?.evidences[0]?.process.file).toEqual({ name: 'curl', path: '/usr/bin/curl', type_id: 1 });
    expect(found?.finding_info.attacks).toEqual([
      { version: '17.1', technique: { uid: 'T1071' }, sub_technique: { uid: 'T1071.004' } },
      { version: '17.1', technique: { uid: 'T1046' } },
      { version: '4.9.0', technique: { uid: 'AML.T0051' }, sub_technique: { uid: 'AML.T0051.000' } },
    ]);
    const [alert] = parsed(await render('ecs', { ...report, attributions }));
    expect(alert?.['threat']).toEqual({
      framework: 'MITRE ATT&CK',
      technique: { id: ['T1071', 'T1046'], subtechnique: { id: ['T1071.004'] } },
    });
  });

  it('stix: a valid bundle whose references all resolve', async () => {
    for (const report of [await rome, hostileReport(9)]) {
      const { objects } = stixBundle.parse(JSON.parse(await render('stix', report)));
      const known = new Set(objects.map(({ id }) => id));
      const targets = objects.flatMap(refsOf);
      expect(targets.length).toBeGreaterThan(objects.length);
      expect(targets.filter((target) => !known.has(target))).toEqual([]);
    }
  });

  it('stix: ids of observables are those of the specification, no other is made in its namespace', () => {
    // The example of section 2.9 of STIX 2.1.
    expect(uuid5('{"value":"198.51.100.3"}', OBSERVABLES)).toBe('28bb3599-77cd-5a82-a950-b5bc3caf07c4');
    expect(uuid5('{"value":"198.51.100.3"}')).not.toBe('28bb3599-77cd-5a82-a950-b5bc3caf07c4');
  });

  it('timesketch: the columns it demands, microseconds, in order', async () => {
    const rows = parsed(await render('timesketch', await rome));
    const stamps = rows.map((row) => Number(row['timestamp']));
    expect(stamps.length).toBeGreaterThan(35);
    expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
    for (const row of rows) {
      expect(Object.keys(row).slice(0, 4)).toEqual(['message', 'datetime', 'timestamp_desc', 'timestamp']);
      expect(Date.parse(String(row['datetime']))).toBe(Math.floor(Number(row['timestamp']) / 1000));
    }
  });

  it('ecs: alerts with a stable id', async () => {
    const found = parsed(await render('ecs', await rome)) as { event: { kind: string; id: string } }[];
    expect(new Set(found.map(({ event }) => event.id)).size).toBe((await rome).attributions.length);
    for (const { event } of found) expect(event.kind).toBe('alert');
  });
});

describe('hashes of inputs', () => {
  it.each(outputFormats.map(({ id, hashes = false }) => [id, hashes] as const))(
    'are part of %s, as the list says: %s',
    async (id, hashes) => {
      const report = await rome;
      const bare: Report = { ...report, inputs: report.inputs.map((input) => ({ ...input, sha256: '' })) };
      expect((await render(id, bare)) !== (await render(id, report))).toBe(hashes);
    },
  );

  it('are not made where nobody states them, and nothing else of a report changes', async () => {
    const report = await rome;
    const bare = await investigate({ paths: ['fixtures/rome/inputs'], cwd: root, hashes: false });
    expect(bare.inputs.map(({ sha256 }) => sha256).filter((sum) => sum !== '')).toEqual([]);
    expect(bare).toEqual({ ...report, inputs: report.inputs.map((input) => ({ ...input, sha256: '' })) });
  });
});
