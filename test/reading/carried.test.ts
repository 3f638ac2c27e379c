import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gather } from '../../src/reading/gather.ts';

const work = mkdtempSync(join(tmpdir(), 'carried-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const ROLLOUT = {
  trajectory_id: 'harbor_3_5_45_12_20251211_143058_114207',
  timestamp: '20251211_143058_114207',
  num_actions: 1,
  messages: [
    {
      role: 'assistant',
      tool_calls: [{ id: 'bash_1765433299482_0', function: { name: 'bash', arguments: '{"command":"id"}' } }],
    },
  ],
};
const SANDBOX = {
  sandbox_id: '9f2c4e1ab7d04c65a3e8d1f05b6c7a12',
  host_ip: '10.20.3.41',
  start_time: '2025-12-11T14:00:41+08:00',
  port_mapping: { '22': 40103 },
};

async function read(document: unknown, options: { forced?: ReadonlyMap<string, string> } = {}) {
  const dir = mkdtempSync(join(work, 'x-'));
  writeFileSync(join(dir, 'all.json'), typeof document === 'string' ? document : JSON.stringify(document, null, 2));
  const { inputs } = await gather({ paths: [dir], cwd: dir, ...options }, 'all');
  const { format, records } = inputs[0] ?? {};
  return [format, records?.decoded, records?.failed];
}

describe('records in the lists of a document', () => {
  it.each<[string, unknown, unknown[]]>([
    ['a member', { total: 2, found: [SANDBOX, SANDBOX] }, ['rock-sandbox', 2, 0]],
    ['a member of a member', { code: 0, data: { items: [SANDBOX] } }, ['rock-sandbox', 1, 0]],
    ['one document a line', `{"page":[${JSON.stringify(SANDBOX)}]}\n{"page":[]}\n`, ['rock-sandbox', 1, 0]],
    ['two members of two formats', { first: [ROLLOUT], boxes: [SANDBOX] }, ['rock-sandbox', 2, 0]],
    [
      'beside others that nobody knows, which are counted',
      { found: [ROLLOUT], tools: [{ name: 'bash' }] },
      ['roll-dump', 1, 1],
    ],
    [
      'hardly any of which is known',
      { rows: [SANDBOX, ...Array.from({ length: 9 }, () => ({ a: 1 }))] },
      [undefined, 0, 0],
    ],
    ['members under names of their own', { 'alive:1': SANDBOX, 'alive:2': SANDBOX }, ['rock-sandbox', 2, 0]],
    ['none', { loss: 0.1, steps: [1, 2] }, [undefined, 0, 0]],
  ])('%s', async (_, document, expected) => {
    expect(await read(document)).toEqual(expected);
  });

  it('are those of the format that the user names', async () => {
    const forced = new Map([['all.json', 'roll-dump']]);
    expect(await read({ found: [ROLLOUT] }, { forced })).toEqual(['roll-dump', 1, 0]);
  });
});
