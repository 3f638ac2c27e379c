import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { investigate } from '../../src/pipeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'own-record-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (second: number): string => new Date(Date.UTC(2026, 10, 23, 17, 0, 0, second * 1000)).toISOString();
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const sandbox = (n: number) => ({
  sandbox_id: `rl/sandbox-${n}`,
  server: 'node7',
  container_id: `${n}`.repeat(64),
  ip: `10.66.1.${n}`,
  start: at(0),
  end: at(59),
});
/** Both connect to the place, in commands that do not name it. */
const call = (n: number) => ({
  episode_id: `ep-${n}`,
  sandbox_id: `rl/sandbox-${n}`,
  tool: 'bash',
  tool_call_id: `call_${n}`,
  command: `./train --seed ${n}`,
  start: at(10),
  end: at(20),
});
const process = (n: number) => ({
  exec_id: Buffer.from(`node7:${n}:${4240 + n}`).toString('base64'),
  pid: 4240 + n,
  binary: './train',
  arguments: `--seed ${n}`,
  pod: { namespace: 'rl', name: `sandbox-${n}`, container: { id: `containerd://${`${n}`.repeat(64)}` } },
});
const exec = (n: number) => ({ process_exec: { process: process(n) }, node_name: 'node7', time: at(10.01) });
const connect = (n: number, action: string) => ({
  process_kprobe: {
    process: process(n),
    function_name: 'security_socket_connect',
    args: [{ sockaddr_arg: { family: 'AF_INET', addr: '203.0.113.99', port: 4444 } }],
    policy_name: 'egress',
    action,
  },
  node_name: 'node7',
  time: at(10.02),
});

describe('a connect that a host sensor denied, of which it tells the far end alone', () => {
  it('is that of the process that the record names, not of another that connected there at that moment', async () => {
    const place = mkdtempSync(join(folder, 'run-'));
    writeFileSync(join(place, 'leases.jsonl'), lines([sandbox(1), sandbox(2)]));
    writeFileSync(join(place, 'tool_calls.jsonl'), lines([call(1), call(2)]));
    const records = [exec(1), exec(2), connect(2, 'KPROBE_ACTION_POST'), connect(1, 'KPROBE_ACTION_SIGKILL')];
    writeFileSync(join(place, 'tetragon.json'), lines(records));
    const { attributions } = await investigate({ paths: [place], cwd: place });
    expect(attributions.map(({ verdict, process: by, toolCall }) => [verdict, by?.pid, toolCall?.id])).toEqual([
      ['proven', 4241, 'call_1'],
    ]);
  });
});
