import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../cli/in-process.ts';
import { records } from '../cli/run.ts';
import { writeTinyNight } from '../cli/tiny.ts';

/** What the sandbox of the night ran when the alert came, see `writeTinyNight`. */
const BEACON = 'curl -s http://198.51.100.77:8081/beacon';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'shared-names-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

let nights = 0;

/** An alert, a lease that names no episode, and rollout files. */
function night(files: Readonly<Record<string, readonly object[]>>): string {
  const folder = writeTinyNight(join(dir, String(nights++)));
  rmSync(join(folder, 'tool_calls.jsonl'));
  const lease = { sandbox_id: 'sb-1', ip: '10.66.1.5', start: '2026-11-23T10:00:00Z', end: '2026-11-23T10:09:00Z' };
  for (const [name, rows] of Object.entries({ ...files, 'leases.jsonl': [lease] })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
  return folder;
}

/** Rows that go from a rollout file. */
async function droppedFrom(folder: string, name: string): Promise<unknown> {
  const { out } = await runCommand(['quarantine', folder, '--apply', join(folder, name), '--json']);
  return (records(out)[0]?.['dropped'] as { row: number }[]).map(({ row }) => row);
}

const markup = (command: string): string =>
  `<tool_call>\n${JSON.stringify({ name: 'bash', arguments: { command } })}\n</tool_call>`;

describe('rollouts that nothing names', () => {
  it('are told apart in files of the same name, as those of training and validation are in verl', async () => {
    const row = (command: string): object => ({ input: 'p', output: markup(command), gts: '', score: 1, step: 3 });
    const folder = night({
      'rollout/3.jsonl': [row('ls'), row(BEACON)],
      'validation/3.jsonl': [row('ls'), row('pwd')],
    });
    expect(await droppedFrom(folder, 'rollout/3.jsonl')).toEqual([2]);
    expect(await droppedFrom(folder, 'validation/3.jsonl')).toEqual([]);
  });

  it('are told apart in two files of NeMo Gym', async () => {
    const row = (command: string): object => ({
      responses_create_params: { input: [] },
      response: { output: [{ type: 'function_call', call_id: 'c1', name: 'bash', arguments: { command } }] },
      reward: 1,
    });
    const folder = night({ 'a/rollouts.jsonl': [row(BEACON)], 'b/rollouts.jsonl': [row('ls')] });
    expect(await droppedFrom(folder, 'a/rollouts.jsonl')).toEqual([1]);
    expect(await droppedFrom(folder, 'b/rollouts.jsonl')).toEqual([]);
  });
});
