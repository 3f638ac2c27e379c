import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Episode } from '../../../src/correlate/episodes/episodes.ts';
import { openTraced } from '../../../src/correlate/missing/traced.ts';
import type { Senders } from '../../../src/correlate/trail/senders.ts';
import type { Attribution } from '../../../src/model/attribution.ts';
import { investigate } from '../../../src/pipeline.ts';
import { LEASE } from '../one-sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'traced-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PROBE = 'nc -z 10.77.0.6 6379';
const CALL = { tool: 'bash', start: '2026-11-23T17:01:03.000Z', end: '2026-11-23T17:01:05.000Z' };
const callOf = (n: number, command: string): object => ({
  ...CALL,
  episode_id: `ep-${n}`,
  sandbox_id: `sb-${n}`,
  tool_call_id: `call-${n}`,
  command,
});

/** Who is blamed for a flow from the address of a host with four sandboxes, by leases and the calls of these episodes alone. */
async function blame(name: string, calls: readonly object[]): Promise<Attribution> {
  mkdirSync(join(folder, name));
  const leases = [1, 2, 3, 4].map((n) => ({
    ...LEASE,
    sandbox_id: `sb-${n}`,
    ip: `10.66.1.${n}`,
    uid: 20_000 + n,
    envd_pid: n,
    episode_id: `ep-${n}`,
  }));
  const inventory = { servers: [{ host: 'train-01', lan_ip: '10.70.0.11', sandbox_net: '10.66.1.0/24' }] };
  const files = {
    'inventory.json': [inventory],
    'leases.jsonl': leases,
    'tool_calls.jsonl': calls,
  };
  for (const [file, rows] of Object.entries(files))
    writeFileSync(join(folder, name, file), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  writeFileSync(
    join(folder, name, 'fast.log'),
    '11/23/2026-17:01:04.002000  [**] [1:9000009:1] SCAN connection attempts to internal services [**] [Classification: Leak] [Priority: 2] {TCP} 10.70.0.11:59006 -> 10.77.0.6:6379\n',
  );
  const { attributions } = await investigate({ paths: [join(folder, name)], cwd: folder });
  expect(attributions).toHaveLength(1);
  return attributions[0] as Attribution;
}

const others = (...numbers: readonly number[]): readonly object[] => numbers.map((n) => callOf(n, 'make -j4 test'));

it('holds the one call likely that names the destination where every episode of the host left a trace', async () => {
  const answer = await blame('all', [callOf(1, PROBE), ...others(2, 3, 4)]);
  expect(answer).toMatchObject({ verdict: 'likely', toolCall: { id: 'call-1' } });
});

it('is less sure of it by the episodes that left none, which may have done the same', async () => {
  const whole = await blame('whole', [callOf(1, PROBE), ...others(2, 3, 4)]);
  const most = await blame('most', [callOf(1, PROBE), ...others(2, 3)]);
  const half = await blame('half', [callOf(1, PROBE), ...others(2)]);
  expect(most.verdict).toBe('likely');
  expect(most.probability).toBeLessThan(whole.probability);
  expect(half.verdict).toBe('ambiguous');
  expect(half.episode).toBeUndefined();
});

it('counts on more of the silent the more of the others name the destination, and on none where none is silent', () => {
  const episode = (count: number): Episode => ({ calls: { count } }) as Episode;
  const held = { 'sb-1': [episode(3), episode(0)], 'sb-2': [episode(1)] };
  const traced = openTraced({
    episodes: new Map(Object.values(held).flatMap((list, i) => list.map((one, j) => [`${i}-${j}`, one]))),
    ofSandbox: (id) => held[id as keyof typeof held],
  });
  const senders = (...sorted: string[]): Senders => ({ sandboxes: new Set(sorted), sorted });
  expect(traced(senders('sb-2'), 1)).toBe(1);
  expect(traced(senders('sb-1', 'sb-2'), 1)).toBe(traced(undefined, 1));
  expect(traced(undefined, 1)).toBeCloseTo(0.8);
  expect(traced(undefined, 5)).toBeLessThan(traced(undefined, 1));
  expect(traced(undefined, 0)).toBeCloseTo(2 / 3);
});
