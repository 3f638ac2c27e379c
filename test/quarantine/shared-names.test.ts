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
  const [record] = records(out);
  return (record?.['dropped'] as { row: number }[] | undefined)?.map(({ row }) => row);
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

  it('are told apart in the completions of two steps of TRL', async () => {
    const row = (step: number, command: string): object => ({
      step,
      prompt: 'p',
      completion: markup(command),
      accuracy: 1,
      advantage: 0.5,
    });
    const folder = night({
      'completions/completions_00003.jsonl': [row(3, 'ls'), row(3, BEACON)],
      'completions/completions_00004.jsonl': [row(4, 'ls'), row(4, 'pwd')],
    });
    expect(await droppedFrom(folder, 'completions/completions_00003.jsonl')).toEqual([2]);
    expect(await droppedFrom(folder, 'completions/completions_00004.jsonl')).toEqual([]);
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

describe('names that come round again', () => {
  it('verl names its rollouts behind the group that they are of', async () => {
    const row = (rollout: number, command: string): object => ({
      input: 'p',
      output: markup(command),
      gts: null,
      score: rollout,
      step: 3,
      uid: `1f0e5c2a-7d4b-4a39-9c1e-2b6d8e0f4a71_${rollout}_0`,
    });
    const folder = night({ 'rollout/3.jsonl': [row(0, 'ls'), row(1, BEACON), row(2, 'pwd')] });
    expect(await droppedFrom(folder, 'rollout/3.jsonl')).toEqual([2]);
  });

  it('AReaL counts its tasks anew: the file of the blamed call tells which is meant', async () => {
    const row = (version: number, command: string): object => ({
      task_id: 7,
      sample_idx: 0,
      head_version: version,
      tail_version: version,
      reward: 1,
      prompt: 'p',
      completion: markup(command),
    });
    const folder = night({ '3/7.jsonl': [row(3, 'ls')], '9/7.jsonl': [row(9, BEACON)] });
    expect(await droppedFrom(folder, '3/7.jsonl')).toEqual([]);
    expect(await droppedFrom(folder, '9/7.jsonl')).toEqual([1]);
    const manifest = records((await runCommand(['quarantine', folder, '--format', 'jsonl'])).out);
    expect(manifest).toMatchObject([
      { complete: false },
      { episode: '7/0', step: null, consumed: 'unknown' },
      { code: 'step-unknown' },
      { code: 'names-disputed' },
    ]);
  });

  it('NeMo Gym counts tasks and rollouts anew in every file', async () => {
    const row = (at: number, command: string): object => ({
      responses_create_params: { input: [] },
      response: {
        created_at: at,
        output: [{ type: 'function_call', call_id: 'c1', name: 'bash', arguments: { command } }],
      },
      reward: 1,
      _ng_task_index: 0,
      _ng_rollout_index: 0,
    });
    const folder = night({ 'a.jsonl': [row(1_795_428_006, BEACON)], 'b.jsonl': [row(1_795_429_999, 'ls')] });
    expect(await droppedFrom(folder, 'a.jsonl')).toEqual([1]);
    expect(await droppedFrom(folder, 'b.jsonl')).toEqual([]);
    // A copy made elsewhere says nothing of its origin: every row of the name goes.
    const copy = join(dir, 'copy.jsonl');
    writeFileSync(copy, `${JSON.stringify(row(1_795_429_999, 'ls'))}\n`);
    const [record] = records((await runCommand(['quarantine', folder, '--apply', copy, '--json'])).out);
    expect(record).toMatchObject({ dropped: [{ row: 1 }] });
  });

  it('NeMo Gym dates no rollout of its first releases: what they called tells them apart', async () => {
    const row = (...commands: readonly string[]): object => ({
      responses_create_params: { input: [] },
      response: {
        output: commands.map((command, i) => ({
          type: 'function_call',
          call_id: `c${i}`,
          name: 'bash',
          arguments: JSON.stringify({ command }),
        })),
      },
      reward: 1,
      _ng_task_index: 0,
      _ng_rollout_index: 0,
    });
    const folder = night({ 'a.jsonl': [row('ls', BEACON)], 'b.jsonl': [row('ls', 'pwd')] });
    expect(await droppedFrom(folder, 'a.jsonl')).toEqual([1]);
    expect(await droppedFrom(folder, 'b.jsonl')).toEqual([]);
    const copied = night({ 'a.jsonl': [row('ls', BEACON)], 'b.jsonl': [row('ls', BEACON)] });
    expect(await droppedFrom(copied, 'b.jsonl')).toEqual([1]);
  });

  it('the copy without a row of another file is proven', async () => {
    const row = (step: number, command: string): object => ({
      input: 'p',
      output: markup(command),
      gts: '',
      score: 1,
      step,
      request_id: 'r-1',
    });
    const folder = night({ '3.jsonl': [row(3, 'ls')], '9.jsonl': [row(9, BEACON)] });
    const out = join(dir, 'proven.jsonl');
    const { code } = await runCommand(['quarantine', folder, '--apply', join(folder, '3.jsonl'), '-o', out]);
    expect(code).toBe(1);
  });

  it('rows of one file that number the steps of an agent go together', async () => {
    const message = (command: string): object => ({
      role: 'assistant',
      content: '',
      tool_calls: [{ id: command, type: 'function', function: { name: 'bash', arguments: { command } } }],
    });
    const row = (episode: string, step: number, ...commands: readonly string[]): object => ({
      episode_id: episode,
      step,
      reward: 0,
      messages: [{ role: 'user', content: 'p' }, ...commands.map(message)],
    });
    const folder = night({
      'steps.jsonl': [
        row('a', 0, 'ls'),
        row('a', 1, 'ls', BEACON),
        row('a', 2, 'ls', BEACON, 'pwd'),
        row('b', 0, 'ls'),
      ],
    });
    expect(await droppedFrom(folder, 'steps.jsonl')).toEqual([1, 2, 3]);
  });
});
