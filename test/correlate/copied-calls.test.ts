import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { investigate } from '../../src/pipeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'copied-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [FIRST, SECOND] = ['0a1b2c3d-0000-4000-8000-0000000000a1', '0a1b2c3d-0000-4000-8000-0000000000b2'];
const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 10, 23, 10, minute, second)).toISOString();

interface Run {
  readonly id: string;
  readonly minute: number;
  readonly ip: string;
}
const SHARED = { id: 'toolu_01AAAAAAAAAAAAAAAAAAAAAA', minute: 0, ip: '203.0.113.9' };
const ON = { id: 'toolu_01CCCCCCCCCCCCCCCCCCCCCC', minute: 30, ip: '203.0.113.30' };
const RESUMED = { id: 'toolu_01BBBBBBBBBBBBBBBBBBBBBB', minute: 60, ip: '203.0.113.20' };

const lines = (session: string, { id, minute, ip }: Run): readonly object[] => {
  const common = {
    parentUuid: null,
    uuid: id,
    isSidechain: false,
    userType: 'external',
    cwd: '/work',
    sessionId: session,
    version: '1.0.44',
  };
  const use = { type: 'tool_use', id, name: 'Bash', input: { command: `curl http://${ip}/a` } };
  const result = { tool_use_id: id, type: 'tool_result', content: 'ok' };
  return [
    { ...common, type: 'assistant', timestamp: at(minute), message: { role: 'assistant', content: [use] } },
    { ...common, type: 'user', timestamp: at(minute, 2), message: { role: 'user', content: [result] } },
  ];
};

const alert = ({ minute, ip }: Run, n: number): object => ({
  timestamp: at(minute, 1).replace('Z', '+0000'),
  flow_id: n,
  event_type: 'alert',
  src_ip: '10.0.0.5',
  src_port: 40_000 + n,
  dest_ip: ip,
  dest_port: 80,
  proto: 'TCP',
  alert: { action: 'blocked', signature_id: 9000001, signature: 'not on the allow list', severity: 1 },
});

/** Written by files named so, in their order. */
async function answer(files: Readonly<Record<string, readonly object[]>>) {
  const place = mkdtempSync(join(folder, 'run-'));
  for (const [name, rows] of Object.entries(files))
    writeFileSync(join(place, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return await investigate({ paths: [place], cwd: place });
}

describe('a session that was resumed as another one, with a copy of its calls', () => {
  it.each([
    ['', 'a.jsonl', 'b.jsonl'],
    [' whose file comes first', 'b.jsonl', 'a.jsonl'],
  ])('is an episode of its own%s, and what both tell may be of either', async (_, first, second) => {
    const { attributions, rollouts } = await answer({
      [first]: [...lines(FIRST, SHARED), ...lines(FIRST, ON)],
      [second]: [...lines(SECOND, SHARED), ...lines(SECOND, RESUMED)],
      'eve.json': [SHARED, ON, RESUMED].map(alert),
    });
    expect(rollouts.map(({ episode }) => episode).sort()).toEqual([FIRST, SECOND]);
    const said = attributions.map(({ verdict, episode, candidates }) => [
      verdict,
      episode?.id,
      candidates.map((one) => one.episode?.id).sort(),
    ]);
    expect(said).toEqual([
      ['ambiguous', undefined, [FIRST, SECOND]],
      ['likely', FIRST, [FIRST]],
      ['likely', SECOND, [SECOND]],
    ]);
  });

  it('joins no record of another writer by such a call', async () => {
    const row = { episode_id: 'train/7', tool: 'bash', tool_call_id: SHARED.id, command: 'curl http://203.0.113.9/a' };
    const { rollouts } = await answer({
      'a.jsonl': [...lines(FIRST, SHARED), ...lines(FIRST, ON)],
      'b.jsonl': [...lines(SECOND, SHARED), ...lines(SECOND, RESUMED)],
      'calls.jsonl': [{ ...row, start: at(0), end: at(0, 2) }],
      'eve.json': [alert(RESUMED, 3)],
    });
    expect(rollouts.map(({ episode }) => episode).sort()).toEqual([FIRST, SECOND, 'train/7']);
  });
});
