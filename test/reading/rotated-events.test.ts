import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gather } from '../../src/reading/gather.ts';
import { allEvents } from '../../src/reading/store/evidence-store.ts';

const work = mkdtempSync(join(tmpdir(), 'pieces-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const samples = (id: string): string => join(import.meta.dirname, '../../src/formats', id, 'samples');

/** Events of a log in so many pieces, the oldest first, without their places. */
async function eventsOf(id: string, pieces: readonly string[]): Promise<string[]> {
  const dir = join(work, id);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  const names = pieces.map((_, i) => (i === pieces.length - 1 ? 'x.log' : `x.log.${pieces.length - 1 - i}`));
  for (const [i, name] of names.entries()) writeFileSync(join(dir, name), pieces[i] ?? '');
  const forced = new Map(names.map((name) => [name, id]));
  const { store } = await gather({ paths: [dir], cwd: dir, year: 2026, forced }, 'all');
  return Array.from(allEvents(store), ({ ref, ...event }) =>
    JSON.stringify(event).replaceAll(/x\.log\.\d/g, 'x.log'),
  ).sort();
}

describe.each([
  'alibaba-cfw',
  'alibaba-dns',
  'alibaba-sas',
  'alibaba-vpc-flow',
  'auditd',
  'aws-vpcflow',
  'bcc',
  'bpftrace',
  'cef',
  'dhcpd-syslog',
  'docker-events',
  'inspektor-gadget',
  'inventory',
  'leases',
  'nvidia-smi-csv',
  'nvidia-smi-mon',
  'rock-llmservice',
  'rock-llmtraj',
  'rock-sandbox',
  'ss',
  'suricata-eve',
  'tcpdump',
  'tinyproxy',
  'tshark-fields',
  'zeek-tsv',
])('a log of %s', (id) => {
  // A document of several lines that a cut breaks is none in either piece.
  const files = readdirSync(samples(id)).filter((file) => !/\.bad\.|\.expected\.|^document\./.test(file));

  it.each(files)('tells the same wherever it was rotated: %s', async (file) => {
    const text = readFileSync(join(samples(id), file), 'utf8');
    const whole = await eventsOf(id, [text]);
    const lines = text.split('\n').slice(0, -1);
    const step = Math.ceil(lines.length / 40);
    for (let cut = 1; cut < lines.length; cut += step) {
      const pieces = [lines.slice(0, cut), lines.slice(cut)].map((part) => `${part.join('\n')}\n`);
      expect(await eventsOf(id, pieces), `cut behind line ${cut}`).toEqual(whole);
    }
  });
});

describe('a call whose end stands in a later piece than its beginning', () => {
  const row = (second: number, event: string, more: object = {}) =>
    JSON.stringify({
      ts: `2026-11-23T17:00:0${second}Z`,
      event,
      episode_id: 'ep-1',
      tool_call_id: 'call_1',
      tool: 'bash',
      ...more,
    });
  const rows = [
    row(1, 'tool_start', { command: 'curl http://203.0.113.7/' }),
    row(2, 'tool_start', { tool_call_id: 'call_2', command: 'sleep 9' }),
    row(5, 'tool_end', { exit_code: 0 }),
  ];
  const calls = (events: readonly string[]) =>
    events
      .map((event) => JSON.parse(event))
      .filter(({ kind }) => kind === 'tool-call')
      .map(({ callId, command, start, end, exit }) => [callId, command, start, end, exit]);

  it.each([1, 2])('is one call, behind row %d', async (cut) => {
    const pieces = [rows.slice(0, cut), rows.slice(cut)].map((part) => `${part.join('\n')}\n`);
    expect(calls(await eventsOf('tool-calls', pieces))).toEqual([
      ['call_1', 'curl http://203.0.113.7/', 1795453201_000000, 1795453205_000000, 0],
      ['call_2', 'sleep 9', 1795453202_000000, undefined, undefined],
    ]);
  });

  it('is still one where pieces lie between', async () => {
    const got = calls(
      await eventsOf(
        'tool-calls',
        rows.map((text) => `${text}\n`),
      ),
    );
    expect(got).toHaveLength(2);
    expect(got[0]).toEqual(['call_1', 'curl http://203.0.113.7/', 1795453201_000000, 1795453205_000000, 0]);
  });
});

describe('a piece without a heading', () => {
  const rows = [
    'sandbox,ip,start,end',
    ...[1, 2, 3].map((n) => `s-${n},10.0.0.${n},2026-11-23T17:0${n}:00Z,2026-11-23T18:00:00Z`),
  ];
  const read = async (files: Readonly<Record<string, string>>) => {
    const dir = mkdtempSync(join(work, 'headless-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    return gather({ paths: [dir], cwd: dir, year: 2026 }, 'all');
  };
  const formatsOf = ({ inputs }: Awaited<ReturnType<typeof read>>) =>
    inputs.map(({ path, format, records }) => [path, format, records.decoded]);
  const piece = (from: number, to?: number) => `${rows.slice(from, to).join('\n')}\n`;

  it('is recognised by those before it, and says so', async () => {
    const got = await read({ 'l.csv.2': piece(0, 2), 'l.csv.1': piece(2, 3), 'l.csv': piece(3) });
    expect(formatsOf(got)).toEqual([
      ['l.csv', 'leases', rows.length - 3],
      ['l.csv.1', 'leases', 1],
      ['l.csv.2', 'leases', 1],
    ]);
    expect(got.problems).toEqual([
      {
        severity: 'info',
        code: 'heading-before',
        path: 'l.csv.1',
        message: 'l.csv.1 begins without a heading and was read under that of l.csv.2',
      },
      {
        severity: 'info',
        code: 'heading-before',
        path: 'l.csv',
        message: 'l.csv begins without a heading and was read under that of l.csv.1',
      },
    ]);
  });

  it('is not recognised where its rows do not fit, or an older piece is none of the same log', async () => {
    const misfit = await read({ 'l.csv.1': piece(0), 'l.csv': 'nothing of the kind\n' });
    expect(formatsOf(misfit)[0]).toEqual(['l.csv', undefined, 0]);
    const other = await read({ 'a.csv.1': piece(0), 'l.csv': piece(1) });
    expect(formatsOf(other)[1]).toEqual(['l.csv', undefined, 0]);
  });

  it('says nothing where each piece has its own', async () => {
    const got = await read({ 'l.csv.1': piece(0, 2), 'l.csv': `${rows[0]}\n${piece(2)}` });
    expect(got.problems).toEqual([]);
  });
});
