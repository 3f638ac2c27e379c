import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refuseEnding, refuseOverwriting, writeFiltered } from '../../src/cli/files/filtered-copy.ts';
import type { Rollout } from '../../src/model/report.ts';
import type { CutPlan } from '../../src/rollouts/plan.ts';
import { rollout } from '../quarantine/report.ts';
import { against } from './against.ts';
import { filtering, nemo } from './filtering.ts';

const { folder, filtered } = filtering();

describe('cutting rows out of JSON lines', () => {
  it('the copy is the input without exactly the dropped lines, whatever the line endings', async () => {
    const line = fc.record({
      index: fc.nat(9),
      pad: fc.string({ unit: 'grapheme', maxLength: 30 }),
      ending: fc.constantFrom('\n', '\r\n', '\n\n', '\n  \n'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        async (rows, whole, bad) => {
          const last = rows.length - 1;
          const lines = rows.map(({ index, pad, ending }, i) => ({
            index,
            text: `${nemo(1, index, { pad })}${i === last && !whole ? '' : ending}`,
          }));
          const { text, plan, holds } = await filtered(
            lines.map((one) => one.text).join(''),
            against(...bad.map((index) => rollout(`1/${index}`))),
          );
          const isBad = ({ index }: { index: number }): boolean => bad.includes(index);
          expect(text.replaceAll(/^\s*\n/gm, '')).toBe(
            lines
              .filter((one) => !isBad(one))
              .map((one) => one.text)
              .join('')
              .replaceAll(/^\s*\n/gm, ''),
          );
          expect([holds, plan.rows, plan.dropped.length]).toEqual([true, lines.length, lines.filter(isBad).length]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each<[string, Rollout, string, readonly string[]]>([
    [
      'verifiers',
      rollout('ep-2'),
      'traces.jsonl',
      [1, 2, 3].map((n) =>
        JSON.stringify({
          id: `ep-${n}`,
          env: { id: 'e' },
          task: { type: 't' },
          group: { id: 'g' },
          run: { type: 'train', id: 'r', work: { step: 1 } },
          traces: [{ id: `tr-${n}`, nodes: [], calls: [], timing: {} }],
        }),
      ),
    ],
    [
      'verl',
      rollout('rq-2'),
      '41.jsonl',
      [1, 2, 3].map((n) =>
        JSON.stringify({ input: 'x', output: 'y', gts: null, score: 1, step: 41, request_id: `rq-${n}` }),
      ),
    ],
    [
      'AReaL',
      rollout('7/2'),
      'a.jsonl',
      [1, 2, 3].map((n) =>
        JSON.stringify({
          task_id: 7,
          sample_idx: n,
          head_version: 3,
          tail_version: 4,
          reward: 1,
          prompt: 'p',
          completion: 'c',
        }),
      ),
    ],
    [
      'a plain table',
      rollout('t-2'),
      'table.jsonl',
      [1, 2, 3].map((n) => JSON.stringify({ episode_id: `t-${n}`, group_id: 'g', global_step: 4, reward: 0 })),
    ],
    [
      'an alias',
      rollout('other-name', { aliases: ['ro-2'] }),
      'n.jsonl',
      [1, 2, 3].map((n) => nemo(4, n, { ng_trajectory: { rollout_id: `ro-${n}` } })),
    ],
  ])('%s', async (_, bad, name, lines) => {
    const { text, holds } = await filtered(`${lines.join('\n')}\n`, against(bad), name);
    expect([text, holds]).toEqual([`${lines[0]}\n${lines[2]}\n`, true]);
  });

  it('a list of rollouts stays a list', async () => {
    const { text, plan } = await filtered(`[${nemo(1, 0)},\n ${nemo(1, 1)} ,${nemo(1, 2)}]`, against(rollout('1/1')));
    expect(text).toBe(`[${nemo(1, 0)} ,${nemo(1, 2)}]`);
    expect(plan.dropped).toEqual([{ row: 2, episode: '1/1' }]);
  });
});

it.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, -12)],
  ['followed by something else', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('more')])],
])('a compressed file that is %s is refused: what is left of it would be taken for all', async (_, damage) => {
  const rows = Array.from({ length: 50 }, (_, index) => `${nemo(1, index)}\n`).join('');
  const whole = gzipSync(rows);
  expect((await filtered(whole, against(rollout('1/7')), 'rollouts.jsonl.gz')).plan.rows).toBe(50);
  await expect(filtered(damage(whole), against(rollout('1/7')), 'rollouts.jsonl.gz')).rejects.toThrow(
    /gzip|broken|damaged/,
  );
});

describe('rows that cannot be decided stay and are counted', () => {
  const verl = (step: number, more: object = {}): string =>
    JSON.stringify({ input: 'x', output: 'y', gts: null, score: 1, step, ...more });

  it('the same name in another step or run', async () => {
    const { plan } = await filtered(
      `${verl(41, { request_id: 'a' })}\n${verl(42, { request_id: 'a' })}\n`,
      against(rollout('a', { step: 42 })),
    );
    expect([plan.dropped, plan.contradicted, plan.remarks]).toEqual([
      [{ row: 2, episode: 'a' }],
      1,
      [{ row: 1, says: 'bears the name of a, but is of step 41, not 42' }],
    ]);
  });

  it('rows without a name, and a line that is no JSON', async () => {
    const { plan, text } = await filtered(
      `${verl(1)}\n{"torn\n${verl(1, { request_id: 'b' })}\n`,
      against(rollout('b')),
    );
    expect([plan.rows, plan.unnamed, plan.unreadable, text]).toEqual([3, 1, 1, `${verl(1)}\n{"torn\n`]);
  });

  it('a batch in one row', async () => {
    const batch = JSON.stringify({ content: ['a', 'b'], rewards: [0, 1], input_lengths: [1, 2] });
    const { plan, text } = await filtered(`${batch}\n`, against(rollout('batch/1')), 'batch.jsonl');
    expect([plan.inseparable, plan.dropped, text]).toEqual([1, [], `${batch}\n`]);
    expect(plan.remarks).toEqual([{ row: 1, says: 'holds several rollouts, batch/1 among them' }]);
  });

  it('a name by line count means nothing in another file', async () => {
    const { plan } = await filtered(`${verl(1)}\n`, against(rollout('rollouts/line:1')));
    expect([plan.dropped, plan.unnamed]).toEqual([[], 1]);
  });
});

describe('batch sizes', () => {
  it('per step and run, and groups that fall below two', async () => {
    const row = (id: string, group: string, step: number): string =>
      JSON.stringify({ run_id: 'r', episode_id: id, group_id: group, global_step: step, reward: 0 });
    const { plan } = await filtered(
      `${[row('a', 'g', 1), row('b', 'g', 1), row('c', 'h', 1), row('d', 'h', 1), row('e', 'h', 1), row('f', 'g', 2)].join('\n')}\n`,
      against(rollout('a'), rollout('c')),
    );
    expect(plan.steps).toMatchObject([
      { run: 'r', step: 1, before: 5, after: 3 },
      { run: 'r', step: 2, before: 1, after: 1 },
    ]);
    expect(plan.broken).toMatchObject([{ group: 'g', step: 1, before: 2, after: 1 }]);
  });
});

/** Where the blank of `a b` stands in the first row. */
const SPACE = nemo(1, 0, { pad: 'a b' }).indexOf(' ');

describe('the proof', () => {
  it.each([
    [
      'a byte too many is cut',
      (plan: CutPlan): CutPlan => ({ ...plan, cuts: plan.cuts.map(([from, to]) => [from - 1, to]) }),
    ],
    ['a kept row goes', (plan: CutPlan): CutPlan => ({ ...plan, cuts: [[0, plan.cuts[0]?.[1] ?? 0]] })],
    ['a kept row loses one byte', (plan: CutPlan): CutPlan => ({ ...plan, cuts: [[SPACE, SPACE + 1], ...plan.cuts] })],
    ['a quarantined row stays', (plan: CutPlan): CutPlan => ({ ...plan, cuts: [] })],
  ])('fails when %s, and nothing is left behind', async (_, spoil) => {
    const fateOf = against(rollout('1/1'));
    const { file, plan } = await filtered(`${nemo(1, 0, { pad: 'a b' })}\n${nemo(1, 1)}\n${nemo(1, 2)}\n`, fateOf);
    const out = join(folder, 'spoilt.jsonl');
    expect((await writeFiltered(file, spoil(plan), { out, fateOf })).holds).toBe(false);
    expect(() => readFileSync(out)).toThrow(/ENOENT/);
  });

  it('refuses to overwrite an input by any name', async () => {
    const { input } = (await filtered(nemo(1, 0), against())).file;
    expect(() => refuseOverwriting(input.absolute, [input])).toThrow(/is the input/);
    expect(() => refuseOverwriting(join(folder, 'fresh.jsonl'), [input])).not.toThrow();
    expect(() => refuseEnding('x.jsonl.gz', 'lines')).toThrow(/as plain lines/);
  });
});
