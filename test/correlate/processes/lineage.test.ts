import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Attribution } from '../../../src/model/attribution.ts';
import { investigate } from '../../../src/pipeline.ts';
import { audit, LEASE } from '../one-sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'lineage-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CALL = { episode_id: 'ep-1', sandbox_id: 'sb-1', tool: 'bash', tool_call_id: 'call-1' };

/** Who is blamed for a flow from the sandbox that began at 17:01:05. */
async function blame(
  name: string,
  { calls, ...logs }: { readonly calls: readonly object[] } & Readonly<Record<string, unknown>>,
): Promise<Attribution> {
  mkdirSync(join(folder, name));
  const write = (file: string, lines: readonly string[]): void =>
    writeFileSync(join(folder, name, file), `${lines.join('\n')}\n`);
  write('leases.jsonl', [JSON.stringify(LEASE)]);
  write(
    'tool_calls.jsonl',
    calls.map((call) => JSON.stringify({ ...CALL, ...call })),
  );
  write('fast.log', [
    '11/23/2026-17:01:05.000000  [**] [1:9000006:1] POLICY blocked host [**] [Classification: Policy] [Priority: 1] {TCP} 10.66.1.5:40001 -> 203.0.113.9:8081',
  ]);
  for (const [file, lines] of Object.entries(logs)) write(file, lines as readonly string[]);
  const { attributions } = await investigate({ paths: [join(folder, name)], cwd: folder });
  expect(attributions).toHaveLength(1);
  return attributions[0] as Attribution;
}

/** An exec at so many seconds after 17:01:00. */
const exec = (at: number, pid: number, ppid: number, uid: number, args: readonly string[]): readonly string[] =>
  audit({ at: 1_795_453_260 + at, pid, ppid, uid, args });

const bpf = (...lines: readonly string[]): readonly string[] => [
  '# TIME EVENT ...   EXEC pid ppid uid comm file | TCP skaddr pid comm laddr:lport raddr:rport old->new | EXIT pid comm',
  ...lines.map((line) => `2026-11-23T17:01:${line}`),
];
const opened = (pid: number): readonly string[] => [
  `05.000100 TCP ffff88836af01280 ${pid} curl 10.66.1.5:0 203.0.113.9:8081 CLOSE->SYN_SENT`,
  `05.000600 TCP ffff88836af01280 ${pid} curl 10.66.1.5:40001 203.0.113.9:8081 SYN_SENT->ESTABLISHED`,
];

it('holds nothing against the call whose own process opened the flow', async () => {
  const command = 'curl -s http://203.0.113.9:8081/beacon';
  const answer = await blame('own', {
    calls: [{ command, start: '2026-11-23T17:01:04.900Z', end: '2026-11-23T17:01:06.000Z' }],
    'train-01-audit.log': exec(4.95, 300, 100, 20_004, command.split(' ')),
    'train-01-bpf.log': bpf(...opened(300)),
  });
  expect(answer).toMatchObject({ verdict: 'proven', toolCall: { id: 'call-1' }, process: { pid: 300 } });
  expect(answer.evidence.map(({ code }) => code)).toContain('process-lineage');
  expect(answer.evidence.filter(({ weight }) => weight < 0)).toEqual([]);
});

it('does not take the first sight of a socket for the birth of its process', async () => {
  const answer = await blame('snapshot', {
    calls: [{ command: 'python3 -m pytest -q', start: '2026-11-23T17:01:04.000Z', end: '2026-11-23T17:01:09.000Z' }],
    'train-01-ss.log': [
      '# 2026-11-23T17:01:05.500000Z sb-1',
      'tcp ESTAB 0      0      10.66.1.5:40001 203.0.113.9:8081 users:(("python3",pid=300,fd=3))',
    ],
  });
  expect(answer.toolCall).toBeUndefined();
  expect(answer.episode).toBeUndefined();
});

const WITHOUT_ARGUMENTS = { command: 'curl -s http://mirror.example/; wc -c r', start: '2026-11-23T17:01:02.000Z' };

it('does not find a call by the name of a program alone', async () => {
  const answer = await blame('program', {
    calls: [{ ...WITHOUT_ARGUMENTS, end: '2026-11-23T17:01:02.900Z' }],
    'train-01-bpf.log': bpf('04.800000 EXEC 300 250 20004 curl /usr/bin/curl', ...opened(300)),
  });
  expect(answer.toolCall).toBeUndefined();
});

it('holds a call likely that alone ran when such a program began', async () => {
  const answer = await blame('program-then', {
    calls: [{ ...WITHOUT_ARGUMENTS, end: '2026-11-23T17:01:06.000Z' }],
    'train-01-bpf.log': bpf('04.800000 EXEC 300 250 20004 curl /usr/bin/curl', ...opened(300)),
  });
  expect(answer).toMatchObject({ verdict: 'likely', toolCall: { id: 'call-1' } });
});

it('holds no call likely where an earlier one may have left something running', async () => {
  const answer = await blame('left-running', {
    calls: [
      {
        tool_call_id: 'call-0',
        command: 'nohup ./daily.sh >/dev/null 2>&1 &',
        start: '2026-11-23T17:00:30.000Z',
        end: '2026-11-23T17:00:30.100Z',
      },
      { ...WITHOUT_ARGUMENTS, end: '2026-11-23T17:01:06.000Z' },
    ],
    'train-01-bpf.log': bpf('04.800000 EXEC 300 250 20004 curl /usr/bin/curl', ...opened(300)),
  });
  expect(answer.episode).toBeUndefined();
});

it('holds no call likely for a process that was first seen connecting and runs what the call does not name', async () => {
  const during = (command: string): object => ({
    calls: [{ command, start: '2026-11-23T17:01:02.000Z', end: '2026-11-23T17:01:06.000Z' }],
    'train-01-audit.log': audit({ at: 1_795_453_264.9, pid: 300, ppid: 250, uid: 20_004 }),
    'train-01-bpf.log': bpf(...opened(300).map((line) => line.replace('curl', 'x'))),
  });
  expect((await blame('unnamed', during('python3 -m pytest -q') as never)).episode).toBeUndefined();
  expect((await blame('named', during('x --all') as never)).verdict).toBe('likely');
});

it('holds the call likely during which it began by the order of pids, not that during which it was first seen', async () => {
  const calls = [
    {
      tool_call_id: 'call-0',
      command: 'x --later',
      start: '2026-11-23T17:00:50.000Z',
      end: '2026-11-23T17:00:51.000Z',
    },
    { command: 'x --all', start: '2026-11-23T17:01:02.000Z', end: '2026-11-23T17:01:06.000Z' },
  ];
  const logs = (greater: number) => ({
    calls,
    'train-01-audit.log': [
      ...exec(-9.9, 298, 100, 20_004, ['x', '--later']),
      ...exec(greater, 302, 100, 20_004, ['sleep', '1']),
      ...audit({ at: 1_795_453_264.9, pid: 300, ppid: 1, uid: 20_004 }),
    ],
    'train-01-bpf.log': bpf(...opened(300).map((line) => line.replace('curl', 'x'))),
  });
  expect(await blame('born-before', logs(-9.5))).toMatchObject({ verdict: 'likely', toolCall: { id: 'call-0' } });
  expect(await blame('born-then', logs(5.5))).toMatchObject({ verdict: 'likely', toolCall: { id: 'call-1' } });
});

it('holds no call likely that names the destination where another, of which no trace is left, ran the process that does', async () => {
  const beacon = 'curl -s http://203.0.113.9:8081/beacon';
  const answer = await blame('unrecorded', {
    calls: [
      {
        command: `(sleep 60; ${beacon}) >/dev/null 2>&1 &`,
        start: '2026-11-23T17:00:10.000Z',
        end: '2026-11-23T17:00:10.100Z',
      },
    ],
    'train-01-audit.log': exec(4.95, 300, 100, 20_004, ['bash', '-c', `${beacon}; date`]),
    'train-01-bpf.log': bpf(...opened(300)),
  });
  expect(answer.episode).toBeUndefined();
  expect(answer.candidates[0]?.process?.pid).toBe(300);
});

it('says of which episode no trace is left by when the process began, not by when it connected', async () => {
  const held = [
    { ...LEASE, episode_id: 'ep-0', start: '2026-11-23T16:50:00.000Z', end: '2026-11-23T17:01:02.000Z' },
    { ...LEASE, start: '2026-11-23T17:01:03.000Z' },
  ];
  const answer = await blame('episode-before', {
    calls: [{ ...CALL, episode_id: 'ep-9', sandbox_id: 'sb-9', command: 'make', start: '2026-11-23T17:01:00.000Z' }],
    'leases.jsonl': held.map((lease) => JSON.stringify(lease)),
    'train-01-audit.log': exec(0.5, 300, 100, 20_004, ['./knock', '--all']),
    'train-01-bpf.log': bpf(...opened(300)),
  });
  expect(answer).toMatchObject({ verdict: 'unattributed', untraced: { sandboxId: 'sb-1', episodeId: 'ep-0' } });
});

it('learns the parent from a later record where the first names none', async () => {
  const command = 'make probe';
  const answer = await blame('parent', {
    calls: [{ command, start: '2026-11-23T17:01:04.900Z', end: '2026-11-23T17:01:06.000Z' }],
    'train-01-audit.log': [
      ...exec(4.95, 300, 100, 20_004, ['bash', '-c', command]),
      ...exec(4.98, 301, 300, 20_004, ['./knock', '--all']),
    ],
    'train-01-bpf.log': bpf(
      '04.970000 TCP ffff88836af01281 301 python3 10.66.1.5:0 10.77.0.3:22 CLOSE->SYN_SENT',
      '04.971000 TCP ffff88836af01281 301 python3 10.66.1.5:39999 10.77.0.3:22 SYN_SENT->CLOSE',
      ...opened(301),
    ),
  });
  expect(answer).toMatchObject({ verdict: 'proven', toolCall: { id: 'call-1' }, process: { pid: 301 } });
  expect(answer.reason).toContain('pid 301 descends from pid 300');
});

const REPORT = 'python3 report.py x-y; sleep 1';

it('takes no shell for the parent whose command has the words of another program as parts of its own', async () => {
  const answer = await blame('words', {
    calls: [{ command: REPORT, start: '2026-11-23T17:01:03.000Z', end: '2026-11-23T17:01:09.000Z' }],
    'train-01-audit.log': [
      ...exec(3.1, 300, 100, 20_004, ['bash', '-c', REPORT]),
      ...exec(4.9, 320, 318, 20_004, ['python3', '-']),
    ],
    'train-01-bpf.log': bpf(...opened(320)),
  });
  expect(answer.evidence.map(({ says }) => says).join()).not.toContain('pid order');
  expect(answer.verdict).not.toBe('proven');
});

it('takes no shell for the parent whose call had ended and left nothing running', async () => {
  const command = 'nmap -F 10.77.0.0/24 | grep report';
  const told = (end: string): Parameters<typeof blame>[1] => ({
    calls: [{ command, start: '2026-11-23T17:00:30.400Z', end }],
    'train-01-audit.log': [
      ...exec(-29.5, 290, 100, 20_004, ['bash', '-c', command]),
      ...exec(4.95, 300, 299, 20_004, ['grep', 'report']),
    ],
    'train-01-bpf.log': bpf(...opened(300)),
  });
  expect((await blame('still-ran', told('2026-11-23T17:01:06.000Z'))).toolCall?.id).toBe('call-1');
  expect((await blame('had-ended', told('2026-11-23T17:00:32.000Z'))).toolCall).toBeUndefined();
});

it('takes no shell that ran what many run, unless it began just before', async () => {
  const command = 'cat a.py | python3 -; sleep 60';
  const answer = await blame('common', {
    calls: [{ command, start: '2026-11-23T17:00:23.000Z', end: '2026-11-23T17:00:58.000Z' }],
    'train-01-audit.log': [
      ...exec(-36.9, 300, 100, 20_004, ['bash', '-c', command]),
      ...exec(4.9, 320, 318, 20_004, ['python3', '-']),
    ],
    'train-01-bpf.log': bpf(...opened(320)),
  });
  expect(answer.toolCall).toBeUndefined();
  expect(answer.verdict).not.toBe('not-agent');
});

it('clears nobody as the platform for a uid without a lease that runs the very command of a call', async () => {
  const command = 'curl -s http://203.0.113.9:8081/beacon';
  const answer = await blame('uid', {
    calls: [
      {
        command,
        sandbox_id: 'sb-9',
        episode_id: 'ep-9',
        start: '2026-11-23T17:01:04.900Z',
        end: '2026-11-23T17:01:06.000Z',
        host: 'train-01',
      },
    ],
    'train-01-audit.log': exec(4.95, 300, 109, 20_009, command.split(' ')),
    'train-01-bpf.log': bpf(...opened(300)),
  });
  expect(answer.verdict).not.toBe('not-agent');
});

const RUNS = { command: 'make', start: '2026-11-23T17:01:00.000Z', end: '2026-11-23T17:01:01.000Z' };
const INVENTORY = { host: 'train-01', lan_ip: '10.70.0.11', sandbox_net: '10.66.1.0/24' };
const ofUid9 = {
  'train-01-audit.log': exec(4.95, 300, 109, 20_009, ['./knock', '--all']),
  'train-01-bpf.log': bpf(...opened(300)),
};

it('takes a uid for the platform where all sandboxes have leases, and it is in none of them', async () => {
  expect((await blame('all-leased', { calls: [RUNS], ...ofUid9 })).verdict).toBe('not-agent');
});

it('clears nobody for a uid that no lease names where a sandbox is known without a lease', async () => {
  const calls = [RUNS, { ...RUNS, episode_id: 'ep-2', sandbox_id: 'sb-2', tool_call_id: 'call-2' }];
  expect((await blame('unleased', { calls, ...ofUid9 })).verdict).not.toBe('not-agent');
});

it('clears nobody for a uid that no lease names where a lease of the host names none', async () => {
  const bare = {
    ...LEASE,
    sandbox_id: 'sb-2',
    ip: '10.66.1.6',
    uid: undefined,
    envd_pid: undefined,
    episode_id: 'ep-2',
  };
  const rows = [LEASE, bare].map((row) => JSON.stringify(row));
  expect((await blame('bare', { calls: [RUNS], 'leases.jsonl': rows, ...ofUid9 })).verdict).not.toBe('not-agent');
});

it('clears nobody for a uid that no lease names where the inventory names those of the platform', async () => {
  const verdict = async (name: string, infra_uid: number): Promise<string> => {
    const inventory = JSON.stringify({ servers: [{ ...INVENTORY, infra_uid }] });
    return (await blame(name, { calls: [RUNS], 'inventory.json': [inventory], ...ofUid9 })).verdict;
  };
  expect(await verdict('uid-of-others', 20_101)).not.toBe('not-agent');
  expect(await verdict('uid-of-platform', 20_009)).toBe('not-agent');
});

/** What sensors say that tell the text of a command and not its words, of a shell that ran it. */
const execs: Readonly<Record<string, object>> = {
  tetragon: {
    process_exec: {
      process: { pid: 300, uid: 20_004, binary: '/bin/bash', arguments: '-c "grep -q "a b" x || ./probe --all"' },
      parent: { pid: 100 },
    },
    node_name: 'train-01',
    time: '2026-11-23T17:01:04.950Z',
  },
  falco: {
    hostname: 'train-01',
    output: '17:01:04.950: Notice Program started in sandbox',
    priority: 'Notice',
    rule: 'Program started in sandbox',
    source: 'syscall',
    time: '2026-11-23T17:01:04.950Z',
    output_fields: {
      'evt.type': 'execve',
      'proc.cmdline': 'bash -c grep -q "a b" x || ./probe --all',
      'proc.pid': 300,
      'proc.ppid': 100,
      'user.uid': 20_004,
    },
  },
};

it.each(Object.entries(execs))('knows the command of a call in the text of %s', async (sensor, record) => {
  const span = { start: '2026-11-23T17:01:04.900Z', end: '2026-11-23T17:01:06.000Z' };
  const answer = await blame(sensor, {
    calls: [
      { ...span, command: 'grep -q "a b" x || ./probe --all' },
      { ...span, tool_call_id: 'call-2', command: 'make test' },
    ],
    [`${sensor}.json`]: [JSON.stringify(record)],
    'train-01-bpf.log': bpf(...opened(300)),
  });
  expect(answer).toMatchObject({ verdict: 'proven', toolCall: { id: 'call-1' }, process: { pid: 300 } });
});
