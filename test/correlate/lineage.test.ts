import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Attribution } from '../../src/model/attribution.ts';
import { investigate } from '../../src/pipeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'lineage-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LEASE = {
  sandbox_id: 'sb-1',
  server: 'train-01',
  ip: '10.66.1.5',
  uid: 20_004,
  envd_pid: 100,
  episode_id: 'ep-1',
  start: '2026-11-23T17:00:00.000Z',
  end: '2026-11-23T17:09:00.000Z',
};
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
    'train-01-audit.log': [
      'type=SYSCALL msg=audit(1795453264.950:1441): arch=c000003e syscall=59 success=yes exit=0 items=2 ppid=100 pid=300 auid=4294967295 uid=20004 gid=20004 euid=20004 suid=20004 fsuid=20004 egid=20004 sgid=20004 fsgid=20004 tty=(none) ses=4294967295 comm="curl" exe="/usr/bin/curl" key="rock_exec"',
      'type=EXECVE msg=audit(1795453264.950:1441): argc=3 a0="curl" a1="-s" a2="http://203.0.113.9:8081/beacon"',
    ],
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
