import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { writeNight } from '../../bench/nights/generate.mjs';
import * as pipeline from '../../src/pipeline.ts';
import { gather } from '../../src/reading/gather.ts';
import { Spill } from '../../src/sources/bytes/spill.ts';

const work = mkdtempSync(join(tmpdir(), 'counted-'));
afterAll(() => rmSync(work, { recursive: true }));
afterEach(() => void vi.restoreAllMocks());

const night = join(work, 'night');
writeNight({ mix: 'eve', megabytes: 9, out: night, callsPerSandbox: 10, alertShare: 1 });
const run = { paths: [night], cwd: work, memoryBytes: 0, threads: { count: 0, fromBytes: 0 } };

/** More records of a kind than stay in memory. */
const MANY = 700_000;

describe('violations that are counted', () => {
  it('go to a temporary file where they are many, unless the user forbids it, and are the same then', async () => {
    const write = vi.spyOn(Spill.prototype, 'write');
    const counted = async (temporaryFiles: boolean): Promise<string> => {
      write.mockClear();
      const { folding, close } = await gather({ ...run, temporaryFiles }, 'reach');
      const { time } = folding.example(0).event;
      for (let i = 0; i < MANY; i++)
        folding.count(0, { at: time.at + i * 5_000, lo: time.at, hi: time.at, line: i, offset: i * 800, bytes: 700 });
      const folded = folding.folded().map(({ event, repeats }) => [event.time, event.ref, [...repeats.lines]]);
      close();
      expect(write.mock.calls.length > 0).toBe(temporaryFiles);
      return JSON.stringify(folded);
    };
    expect(await counted(true)).toBe(await counted(false));
  });

  it.each([
    ['investigate', () => pipeline.investigate(run)],
    ['investigateThenReplay', () => pipeline.investigateThenReplay(run, () => () => {})],
    ['investigateThenRecall', () => pipeline.investigateThenRecall(run, () => () => {})],
    ['eventStream', () => pipeline.eventStream(run, () => {})],
    ['alignedClocks', () => pipeline.alignedClocks(run)],
    [
      'an answer that fails',
      () => {
        const whileHashing = () => Promise.reject(new Error('full'));
        return pipeline.investigate({ ...run, whileHashing }).catch(() => {});
      },
    ],
  ])('leave no file open behind %s', async (_, answer) => {
    const opened: unknown[] = [];
    const closed: unknown[] = [];
    vi.spyOn(Spill.prototype, 'write').mockImplementation(function (this: unknown) {
      opened.push(this);
      return undefined;
    });
    vi.spyOn(Spill.prototype, 'close').mockImplementation(function (this: unknown) {
      closed.push(this);
    });
    await answer();
    // Places of lines have a file of their own.
    expect(new Set(closed).size).toBe(2);
    for (const one of opened) expect(closed).toContain(one);
  });
});
