import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { investigate } from '../../src/pipeline.ts';
import { gather } from '../../src/reading/gather.ts';

function archive(name: string, members: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'inspect-'));
  const files = Object.entries(members).map(([path, doc]) => [path, strToU8(JSON.stringify(doc))]);
  writeFileSync(join(folder, name), zipSync(Object.fromEntries(files)));
  return folder;
}

const tool = (id: string, second: number, command: string) => ({
  event: 'tool',
  id,
  function: 'bash',
  arguments: { command },
  timestamp: `2026-03-02T10:00:${second}+00:00`,
  completed: `2026-03-02T10:00:${second + 1}+00:00`,
  working_start: second,
});
const HEADER = {
  version: 2,
  status: 'success',
  eval: {
    task: 'probe',
    task_id: 'WckPjG7ovQZLAiZF2fZpog',
    run_id: '3RWm2YmdLiKCyQMzEcERin',
    model: 'example/model',
    dataset: { sample_ids: ['a'] },
    config: { epochs: 1 },
  },
  results: { completed_samples: 1 },
};
const SHELL = { id: 'a', epoch: 1, input: 'look around', target: '', scores: { match: { value: 'C' } } };

const rolloutsOf = async (folder: string) => (await investigate({ paths: [folder], cwd: folder })).rollouts;

describe('an Inspect archive', () => {
  it('that was renamed names task and run of its samples by its header', async () => {
    const folder = archive('copy.eval', {
      'header.json': HEADER,
      'samples/a_epoch_1.json': { ...SHELL, events: [tool('t1', 10, 'id')] },
      'summaries.json': [SHELL],
    });
    expect(await rolloutsOf(folder)).toMatchObject([
      {
        aliases: expect.arrayContaining(['WckPjG7ovQZLAiZF2fZpog/a/1']),
        run: '3RWm2YmdLiKCyQMzEcERin',
        reward: 1,
        toolCalls: 1,
      },
    ]);
  });

  it('that was still being written has its samples from the journal, and claims none that may not be there', async () => {
    const { results: _, ...started } = HEADER;
    const folder = archive('2026-03-02T10-00-00_probe_WckPjG7ovQZLAiZF2fZpog.eval', {
      '_journal/start.json': { ...started, status: 'started' },
      '_journal/summaries/1.json': [{ ...SHELL, id: 'b' }],
    });
    expect(await rolloutsOf(folder)).toMatchObject([{ episode: 'WckPjG7ovQZLAiZF2fZpog/b/1', toolCalls: 0 }]);
  });

  it('in chunks numbers the calls on from chunk to chunk, as calls of the sample', async () => {
    const folder = archive('2026-03-02T10-00-00_probe_WckPjG7ovQZLAiZF2fZpog.eval', {
      'samples/a_epoch_1/sample.json': { ...SHELL, uuid: 'u-1' },
      'samples/a_epoch_1/events/0.json': [tool('t1', 10, 'id'), { event: 'info' }, tool('t2', 12, 'attachment://0')],
      'samples/a_epoch_1/events/3.json': [tool('t3', 14, 'curl -s http://192.0.2.9/')],
      'samples/a_epoch_1/events/stats.json': { chunks: [] },
      'samples/a_epoch_1/attachments/0.json': ['a long command'],
    });
    const { store } = await gather({ paths: [folder], cwd: folder }, 'all');
    expect(Array.from(store.calls, ({ callId, index, command }) => [callId, index, command])).toEqual([
      ['t1', 0, 'id'],
      ['t2', 1, undefined],
      ['t3', 3, 'curl -s http://192.0.2.9/'],
    ]);
    expect(await rolloutsOf(folder)).toMatchObject([{ episode: 'u-1', toolCalls: 3 }]);
  });
});
