import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { investigate } from '../../src/pipeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'said-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (second: number): string => new Date(Date.UTC(2026, 10, 23, 17, 0, second)).toISOString();
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** One sandbox, of whose processes nothing is recorded. */
const LEASE = {
  sandbox_id: 'sandbox-7',
  server: 'node-1',
  ip: '10.66.1.2',
  episode_id: 'ep-a',
  start: at(0),
  end: at(59),
};

/** What ran when the flow began: a command, or another tool with its arguments. */
type Doing = string | { readonly tool: string; readonly arguments: object };

/** The verdict on a flow from the sandbox that an IDS blames, and the call that is named. */
async function verdictOf(signature: string, doings: readonly Doing[], port = 4444): Promise<string> {
  const place = mkdtempSync(join(folder, 'run-'));
  const calls = doings.map((doing, n) => ({
    episode_id: 'ep-a',
    sandbox_id: 'sandbox-7',
    ...(typeof doing === 'string' ? { tool: 'bash', command: doing } : doing),
    tool_call_id: `call_8f3a61c2${n}`,
    start: at(10 * n + 5),
    end: at(10 * n + 12),
  }));
  const packet = {
    timestamp: at(10 * doings.length - 2).replace('Z', '+0000'),
    event_type: 'alert',
    src_ip: '10.66.1.2',
    src_port: 40122,
    dest_ip: '203.0.113.9',
    dest_port: port,
    proto: 'TCP',
    alert: { action: 'blocked', signature_id: 9000001, signature, severity: 2 },
  };
  writeFileSync(join(place, 'eve.json'), lines([packet]));
  writeFileSync(join(place, 'leases.jsonl'), lines([LEASE]));
  writeFileSync(join(place, 'tool_calls.jsonl'), lines(calls));
  const { attributions } = await investigate({ paths: [place], cwd: place });
  return `${attributions[0]?.verdict} ${attributions[0]?.toolCall?.id}`;
}

describe('a call that names the address to reach it is blamed, one that only says it is not', () => {
  it.each<[string, readonly Doing[]]>([
    ['likely call_8f3a61c20', ['python3 probe.py 203.0.113.9']],
    ['ambiguous undefined', ['grep -rn 203.0.113.9 notes.md; sleep 5']],
    ['ambiguous undefined', ['echo 203.0.113.9; python3 train.py']],
    ['ambiguous undefined', ['python3 train.py # as 203.0.113.9 does']],
    ['ambiguous undefined', [{ tool: 'write_file', arguments: { path: 'n.md', content: 'see 203.0.113.9' } }]],
    // What uses the file that it was written to is blamed, what looks at it is not.
    ['likely call_8f3a61c21', ['echo 203.0.113.9 > hosts.txt', 'python3 probe.py hosts.txt']],
    ['ambiguous undefined', ['echo 203.0.113.9 > hosts.txt', 'cat hosts.txt; sleep 5']],
    // Nor does it look like what it speaks of.
    ['ambiguous undefined', ['grep -rn "xmrig -o stratum+tcp://203.0.113.9:4444" .; sleep 5']],
  ])('%s: %j', async (verdict, doings) => {
    expect(await verdictOf('CRYPTOMINER pool login', doings)).toBe(verdict);
  });
});

describe('of the call that ran then its kind alone is enough, unless it names other places alone', () => {
  it.each<[string, string]>([
    ['likely call_8f3a61c20', 'ssh -N -R 41000:127.0.0.1:6379 op@$RELAY'],
    ['unattributed undefined', 'ssh -N -R 41000:127.0.0.1:6379 op@198.51.100.7'],
  ])('%s: %s', async (verdict, command) => {
    expect(await verdictOf('SSH reverse tunnel', [command], 22)).toBe(verdict);
  });
});
