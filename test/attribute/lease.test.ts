import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Attribution } from '../../src/model/attribution.ts';
import { investigate } from '../../src/pipeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'lease-'));
afterAll(() => rmSync(folder, { recursive: true }));

const lease = (id: string, ip: string) => ({
  sandbox_id: id,
  server: 'node-1',
  ip,
  episode_id: `ep-${id}`,
  start: '2026-11-23T17:00:00.000Z',
  end: '2026-11-23T17:05:00.000Z',
});
const call = (id: string, sandbox: string, command: string) => ({
  episode_id: `ep-${sandbox}`,
  sandbox_id: sandbox,
  tool: 'bash',
  tool_call_id: id,
  command,
  start: '2026-11-23T17:01:00.000Z',
  end: '2026-11-23T17:02:00.000Z',
});
const alert = {
  timestamp: '2026-11-23T17:01:30.000000+0000',
  event_type: 'alert',
  src_ip: '10.66.1.10',
  src_port: 40000,
  dest_ip: '203.0.113.9',
  dest_port: 3333,
  proto: 'TCP',
  alert: { action: 'allowed', signature_id: 1, signature: 'POLICY Stratum mining subscribe', severity: 2 },
};

async function blame(name: string, rows: { leases: object[]; calls: object[] }): Promise<Attribution> {
  mkdirSync(join(folder, name));
  const write = (file: string, list: readonly object[]): void =>
    writeFileSync(join(folder, name, file), `${list.map((row) => JSON.stringify(row)).join('\n')}\n`);
  write('leases.jsonl', rows.leases);
  write('tool_calls.jsonl', rows.calls);
  write('eve.json', [alert]);
  const { attributions } = await investigate({ paths: [join(folder, name)], cwd: folder });
  expect(attributions).toHaveLength(1);
  return attributions[0] as Attribution;
}

const mining = 'nohup true; ./xmrig -o pool --threads 8';

it('holds a call likely whose sandbox alone held the address, while it ran something of that kind', async () => {
  const answer = await blame('alone', {
    leases: [lease('sb-1', '10.66.1.10'), lease('sb-2', '10.66.1.11')],
    calls: [call('call-1', 'sb-1', mining), call('call-2', 'sb-2', mining)],
  });
  expect(answer).toMatchObject({ verdict: 'likely', episode: { id: 'ep-sb-1' }, toolCall: { id: 'call-1' } });
  expect(answer.probability).toBeLessThan(0.98);
  expect(answer.reason).toContain('only sb-1 held the source address then');
});

it('does not, where the running command is of no such kind: a process of the sandbox may have sent it', async () => {
  const answer = await blame('other-kind', {
    leases: [lease('sb-1', '10.66.1.10')],
    calls: [call('call-1', 'sb-1', 'pytest -q tests')],
  });
  expect(answer).toMatchObject({ verdict: 'unattributed' });
  expect(answer.episode).toBeUndefined();
  expect(answer.candidates[0]?.toolCall?.id).toBe('call-1');
});

it('does not, where two sandboxes share the address', async () => {
  const answer = await blame('shared', {
    leases: [lease('sb-1', '10.66.1.10'), lease('sb-2', '10.66.1.10')],
    calls: [call('call-1', 'sb-1', mining), call('call-2', 'sb-2', mining)],
  });
  expect(answer.verdict).toBe('ambiguous');
  expect(answer.candidates.map(({ toolCall }) => toolCall?.id).sort()).toEqual(['call-1', 'call-2']);
});
