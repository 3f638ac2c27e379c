import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { formatIso } from '../../src/core/time/time.ts';
import type { Micros } from '../../src/model/time.ts';
import { investigate } from '../../src/pipeline.ts';
import { jsonRecords } from '../../src/report/json/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'many-'));
afterAll(() => rmSync(folder, { recursive: true }));

const START = Date.UTC(2026, 10, 23, 17) * 1000;
const at = (seconds: number): string => formatIso((START + seconds * 1e6) as Micros);
const write = (file: string, rows: readonly object[]): void =>
  writeFileSync(join(folder, file), `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);

/** Two calls of one sandbox, each of a minute, and an alert every 5 ms from the start of the first to the end of the second. */
const ALERTS = 24_000;
write('leases.jsonl', [
  { sandbox_id: 'sb-1', server: 'node-1', ip: '10.66.1.10', episode_id: 'ep-1', start: at(-60), end: at(300) },
]);
write(
  'tool_calls.jsonl',
  ['a', 'b'].map((id, i) => ({
    episode_id: 'ep-1',
    sandbox_id: 'sb-1',
    tool: 'bash',
    tool_call_id: `call-${id}`,
    command: `./xmrig -o pool --threads ${i + 1}`,
    start: at(i * 60),
    end: at(i * 60 + 59),
  })),
);
write(
  'eve.json',
  Array.from({ length: ALERTS }, (_, i) => ({
    timestamp: at(i * 0.005).replace('Z', '+0000'),
    event_type: 'alert',
    src_ip: '10.66.1.10',
    src_port: 20_000 + i,
    dest_ip: '203.0.113.9',
    dest_port: 3333,
    proto: 'TCP',
    alert: { action: 'allowed', signature_id: 1, signature: 'POLICY Stratum mining subscribe', severity: 2 },
  })),
);

it('answers for more violations than it can weigh: each record in one answer, and no call blamed for the other one', async () => {
  const report = await investigate({ paths: [folder], cwd: folder, memoryBytes: 20e6 });
  expect(report.attributions.length).toBeLessThanOrEqual(10_000);
  expect(report.problems.map(({ code }) => code)).toEqual(['folded']);
  const lines = [...jsonRecords(report, (text) => text)].flatMap((record) => {
    if (record['record'] !== 'attribution') return [];
    const { source, alsoSeen } = record['violation'] as { source: { line: number }; alsoSeen: { line: number }[] };
    return [source.line, ...alsoSeen.map(({ line }) => line)];
  });
  expect(lines.sort((a, b) => a - b)).toEqual(Array.from({ length: ALERTS }, (_, i) => i + 1));
  for (const { verdict, toolCall, violation } of report.attributions) {
    const seconds = (violation.first - START) / 1e6;
    if (verdict === 'likely' && toolCall !== undefined) expect(toolCall.id).toBe(seconds < 60 ? 'call-a' : 'call-b');
  }
  for (const { violation } of report.attributions)
    expect(violation.last > violation.first).toBe((violation.repeats?.lines.length ?? 0) > 0);
  const counted = report.attributions.filter(({ violation }) => violation.repeats !== undefined);
  // Between the calls neither can be named.
  expect([...new Set(counted.map(({ toolCall }) => toolCall?.id))]).toEqual(['call-a', undefined, 'call-b']);
});
