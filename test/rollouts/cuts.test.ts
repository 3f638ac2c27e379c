import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { refuseEnding, refuseOverwriting, writeFiltered } from '../../src/cli/filtered-copy.ts';
import { formats } from '../../src/formats/index.ts';
import type { Rollout } from '../../src/model/report.ts';
import { elementCuts } from '../../src/rollouts/elements.ts';
import { type CutPlan, planCuts } from '../../src/rollouts/plan.ts';
import { recogniseRollouts } from '../../src/rollouts/recognise.ts';
import type { RowFile } from '../../src/rollouts/rows.ts';
import { discover } from '../../src/sources/discover.ts';
import { ElementScanner } from '../../src/sources/json-elements.ts';
import { rollout } from '../quarantine/report.ts';
import { against } from './against.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollouts-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

interface Filtered {
  readonly plan: CutPlan;
  readonly file: RowFile;
  readonly text: string;
  readonly holds: boolean;
}

async function filtered(text: string, fateOf: ReturnType<typeof against>, name = 'rollouts.jsonl'): Promise<Filtered> {
  const path = join(folder, `${files++}-${name}`);
  writeFileSync(path, text);
  const [input] = discover([path], folder).inputs;
  if (input === undefined) throw new Error(`${path} was not found`);
  const file = await recogniseRollouts(input, formats);
  if ('refused' in file) throw new Error(file.refused);
  const plan = await planCuts(file, { fateOf, lineNames: 'ignored' });
  if ('refused' in plan) throw new Error(plan.refused);
  const { holds } = await writeFiltered(file, plan, { out: `${path}.out`, fateOf });
  return { plan, file, text: readFileSync(`${path}.out`, 'utf8'), holds };
}

const nemo = (task: number, index: number, more: object = {}): string =>
  JSON.stringify({
    responses_create_params: {},
    response: { output: [] },
    reward: 1,
    _ng_task_index: task,
    _ng_rollout_index: index,
    ...more,
  });

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
    const { plan, text } = await filtered(`${batch}\n`, against(rollout(`${files}-batch/1`)), 'batch.jsonl');
    expect([plan.inseparable, plan.dropped, text]).toEqual([1, [], `${batch}\n`]);
  });

  it('a name by line count means nothing in another file', async () => {
    const { plan } = await filtered(
      `${verl(1)}\n`,
      against(rollout('0-rollouts/line:1'), rollout(`${files}-rollouts/line:1`)),
    );
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

describe('cutting elements out of JSON', () => {
  it('leaves the JSON of the elements that stay', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.jsonValue(), fc.boolean()), { maxLength: 12 }),
        fc.constantFrom('', ' ', '\n  '),
        (items, gap) => {
          const text = `[${gap}${items.map(([value]) => JSON.stringify(value)).join(`${gap},${gap}`)}${gap}]`;
          const found = new ElementScanner(new Set(['']), 1e6).push(Buffer.from(text));
          expect(found.map((one) => one.text)).toEqual(items.map(([value]) => JSON.stringify(value)));
          const bytes = Buffer.from(text);
          let rest = '';
          let at = 0;
          for (const [from, to] of elementCuts(
            found.map(({ from, to }) => [from, to] as const),
            items.map(([, stays]) => stays),
          )) {
            rest += bytes.toString('utf8', at, from);
            at = to;
          }
          rest += bytes.toString('utf8', at);
          expect(JSON.parse(rest)).toEqual(
            JSON.parse(JSON.stringify(items.filter(([, stays]) => stays).map(([value]) => value))),
          );
        },
      ),
    );
  });

  it('finds the same elements for any chunking', () => {
    const member = fc.tuple(
      fc.string({ maxLength: 6 }),
      fc.oneof(fc.array(fc.jsonValue(), { maxLength: 4 }), fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.array(member, { maxLength: 5 }), fc.integer({ min: 1, max: 9 }), (members, size) => {
        const document = JSON.stringify(Object.fromEntries(members));
        const bytes = Buffer.from(`${document}\n${document}`);
        const keys = new Set(members.map(([key]) => key));
        const whole = new ElementScanner(keys, 1e6).push(bytes);
        const scanner = new ElementScanner(keys, 1e6);
        const parts = [];
        for (let i = 0; i < bytes.length; i += size) parts.push(...scanner.push(bytes.subarray(i, i + size)));
        expect(parts).toEqual(whole);
        for (const { from, to, text } of whole) expect(bytes.toString('utf8', from, to)).toBe(text);
      }),
    );
  });

  it('takes a ROLL trajectory out of every column', async () => {
    const column = (key: string, values: readonly unknown[]): string => `"${key}": ${JSON.stringify(values)}`;
    const ids = [
      't_1_1_3_12_5_45_20251211_143058_1',
      't_1_1_3_13_5_45_20251211_143058_2',
      't_1_1_3_14_5_45_20251211_143058_3',
    ];
    const dump = (keep: readonly number[]) =>
      `{${[
        column(
          'messages',
          keep.map((i) => JSON.stringify([[{ role: 'user', content: `p${i}` }]])),
        ),
        column(
          'trajectory_data',
          keep.map((i) => JSON.stringify({ trajectory_id: ids[i], env_info: {}, current_step: 41 })),
        ),
        column(
          'global_step',
          keep.map(() => 41),
        ),
      ].join(', ')}}\n`;
    const { text, plan, holds } = await filtered(
      dump([0, 1, 2]),
      against(rollout(ids[1] ?? '')),
      'rollout_dump_data.step_41.jsonl',
    );
    expect(JSON.parse(text)).toEqual(JSON.parse(dump([0, 2])));
    expect([plan.rows, holds]).toEqual([3, true]);
  });

  it('takes a sample out of an Inspect log, with and without uuids', async () => {
    const sample = (id: string, epoch: number, uuid: string | null) => ({ id, epoch, target: '', events: [], uuid });
    const log = (samples: readonly object[]): string =>
      JSON.stringify(
        {
          version: 2,
          status: 'success',
          eval: { task: 't', task_id: 'tid', run_id: 'r' },
          samples,
          results: { scores: [] },
        },
        null,
        1,
      );
    const all = [sample('a', 1, null), sample('a', 2, 'u2'), sample('b', 1, null)];
    const { text, holds } = await filtered(log(all), against(rollout('u2'), rollout('tid/b/1')), 'log.json');
    expect([JSON.parse(text), holds]).toEqual([JSON.parse(log(all.slice(0, 1))), true]);
  });

  it('refuses columns of different length, and a document cut short', async () => {
    for (const [text, why] of [
      [`{"trajectory_data":["{}","{}"],"tools":["[]"]}\n`, /columns differ/],
      [
        `{"trajectory_data":["{\\"trajectory_id\\":\\"a\\",\\"env_info\\":{}}"],"tools":["[]"`,
        /ends inside a document/,
      ],
    ] as const)
      await expect(filtered(text, against(), 'dump.jsonl')).rejects.toThrow(why);
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
    const out = join(folder, `spoilt-${files++}.jsonl`);
    expect((await writeFiltered(file, spoil(plan), { out, fateOf })).holds).toBe(false);
    expect(() => readFileSync(out)).toThrow(/ENOENT/);
  });

  it('refuses to overwrite an input by any name', () => {
    const [input] = discover([join(folder, '0-rollouts.jsonl')], folder).inputs;
    if (input === undefined) throw new Error('the first test wrote no file');
    expect(() => refuseOverwriting(input.absolute, [input])).toThrow(/is the input/);
    expect(() => refuseOverwriting(join(folder, 'fresh.jsonl'), [input])).not.toThrow();
    expect(() => refuseEnding('x.jsonl.gz', 'lines')).toThrow(/as plain lines/);
  });
});
