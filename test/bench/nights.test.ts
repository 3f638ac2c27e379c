import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'bench-nights-'));

afterAll(() => rmSync(work, { recursive: true }));

function generate(mix: string, megabytes: number, more: readonly string[] = []): string {
  const out = join(work, mix);
  execFileSync(process.execPath, [
    join(root, 'bench/nights/generate.mjs'),
    ...['--mix', mix, '--mb', String(megabytes), '--out', out],
    ...more,
  ]);
  return out;
}

const linesOf = (path: string) => readFileSync(path, 'utf8').trim().split('\n');
const rowsOf = (path: string) => linesOf(path).map((line) => JSON.parse(line));

/** Calls of the sandbox that held the address at that time and that ran then: the plain join, in its plainest form. */
function joined(folder: string, ip: string, at: number) {
  const during = (row: { start: string; end: string }) => Date.parse(row.start) <= at && at <= Date.parse(row.end);
  const leases = rowsOf(`${folder}/leases.jsonl`).filter((lease) => lease.ip === ip && during(lease));
  return rowsOf(`${folder}/tool_calls.jsonl`)
    .filter((call) => during(call) && leases.some((lease) => lease.sandbox_id === call.sandbox_id))
    .map((call) => ({ episode: call.episode_id, call: call.tool_call_id }));
}

describe('a big night', () => {
  let eve: string;
  beforeAll(() => {
    eve = generate('eve', 1, ['--calls', '40']);
  });

  it('has as many bytes as asked for, within a twentieth', () => {
    expect(readFileSync(`${eve}/eve.json`).length / 1e6).toBeCloseTo(1, 1);
  });

  it('is run through once, in order', () => {
    const times = rowsOf(`${eve}/eve.json`).map((record) => Date.parse(record.timestamp));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect((times[times.length - 1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(7.9 * 3600e3);
  });

  it('has one right answer for each alert, and tells it', () => {
    const records = rowsOf(`${eve}/eve.json`);
    const alerts = records.flatMap((record, i) => (record.event_type === 'alert' ? [{ record, line: i + 1 }] : []));
    expect(alerts.length).toBeGreaterThan(3);
    const truth = alerts.flatMap(({ record, line }) =>
      joined(eve, record.src_ip, Date.parse(record.timestamp)).map((answer) => ({
        line,
        key: String(record.flow_id),
        ...answer,
      })),
    );
    expect(rowsOf(`${eve}.truth.jsonl`)).toEqual(truth);
  });
});

it('a log in whole seconds still has one right answer for each alert', () => {
  const folder = generate('ale', 1, ['--calls', '40']);
  const log = rowsOf(`${folder}/cloudfirewall.jsonl`);
  const truth = rowsOf(`${folder}.truth.jsonl`);
  expect(truth.length).toBe(log.filter((record) => record.rule_result === 'drop').length);
  for (const { line, episode, call } of truth) {
    const record = log[line - 1];
    expect(joined(folder, record.src_ip, Number(record.start_time) * 1000)).toEqual([{ episode, call }]);
  }
});

it('has the connection behind each alert where a host tells it too, in order', () => {
  const both = generate('both', 1, ['--calls', '40', '--alerts', '0.1']);
  const seen = rowsOf(`${both}/tetragon.json`);
  const times = seen.map(({ time }) => Date.parse(time));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const opened = seen.flatMap(({ process_kprobe: hook }) => {
    const { saddr, daddr, sport, dport } = hook?.args[0].sock_arg ?? {};
    return hook?.process.binary === '/bin/bash' ? [{ ends: [saddr, sport, daddr, dport], process: hook.process }] : [];
  });
  const alerts = rowsOf(`${both}/eve.json`).filter(({ event_type: type }) => type === 'alert');
  expect(alerts.length).toBeGreaterThan(20);
  expect(opened.map(({ ends }) => ends)).toEqual(
    alerts.map((alert) => [alert.src_ip, alert.src_port, alert.dest_ip, alert.dest_port]),
  );
  const begun = seen.flatMap(({ process_exec: exec }) => exec?.process.exec_id ?? []);
  for (const { process } of opened) expect(begun).toContain(process.exec_id);
});
