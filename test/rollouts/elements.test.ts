import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementCuts } from '../../src/rollouts/elements.ts';
import { ElementScanner } from '../../src/sources/cutting/json-elements.ts';
import { rollout } from '../quarantine/report.ts';
import { against } from './against.ts';
import { filtering, nemo } from './filtering.ts';

const { filtered } = filtering();

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

  it.each([0, 2])('takes a simulation out of a document of tau2-bench, indented by %d', async (indent) => {
    const simulation = (id: string): object => ({
      id,
      task_id: '3',
      reward_info: { reward: 1, info: { list: [] } },
      messages: [{ role: 'user', content: `p ${id}` }],
    });
    const document = (...ids: readonly string[]): string =>
      JSON.stringify({ tasks: [{ id: '3' }], simulations: ids.map(simulation), info: {} }, null, indent);
    const fate = against(rollout('sim-2'));
    const { text, plan, holds } = await filtered(document('sim-1', 'sim-2', 'sim-3'), fate, 'results.json');
    expect(JSON.parse(text)).toEqual(JSON.parse(document('sim-1', 'sim-3')));
    expect([plan.rows, plan.unreadable, plan.dropped, holds]).toEqual([3, 0, [{ row: 2, episode: 'sim-2' }], true]);
  });

  const roll = (id: string): object => ({ trajectory_id: id, env_info: {}, num_actions: 1, messages: [] });
  const ids = ['t_1_1_3_12_5_45_20251211_143058_1', 't_1_1_3_13_5_45_20251211_143058_2'] as const;
  const gym = (id: string): object => JSON.parse(nemo(3, Number(id.slice(2))));
  const call = (id: string): object => ({
    episode_id: id,
    tool_name: 'bash',
    command: 'id',
    start: '2026-11-23T17:00:00Z',
  });

  it.each<[string, (ids: readonly string[]) => object, readonly [string, string, string]]>([
    ["ROLL's rows under a name of their own", (all) => ({ exp_name: 'x', found: all.map(roll) }), [...ids, 'c']],
    ["ROLL's rows alone", (all) => ({ trajectories: all.map(roll) }), [...ids, 'c']],
    [
      'rows of NeMo Gym',
      (all) => ({ version: 1, rollouts: all.map(gym), tools: [{ name: 'bash' }] }),
      ['3/1', '3/2', '3/3'],
    ],
    [
      'those in two lists',
      (all) => ({ train: all.slice(0, 1).map(gym), val: all.slice(1).map(gym) }),
      ['3/1', '3/2', '3/3'],
    ],
    ['a table of calls', (all) => ({ run: 'r', rows: all.map(call) }), ['a', 'b', 'c']],
  ])('takes rows out of a document that lists %s', async (_, document, [a, b, c]) => {
    for (const indent of [0, 2]) {
      const print = (all: readonly string[]): string => JSON.stringify(document(all), null, indent);
      const fate = against(rollout(b));
      const { text, plan, holds } = await filtered(print([a, b, c]), fate, 'all.json');
      expect(JSON.parse(text)).toEqual(JSON.parse(print([a, c])));
      expect([plan.dropped.length, holds]).toEqual([1, true]);
    }
  });

  it('takes a row for a rollout, whatever it lists', async () => {
    const row = (id: string): string =>
      `${JSON.stringify({ id, reward: 1, messages: [{ role: 'user', content: 'p' }], results: [{ id: 'x', reward: 1, messages: [{ role: 'user', content: 'q' }] }] })}\n`;
    const { text } = await filtered(row('a') + row('b'), against(rollout('a')));
    expect(text).toBe(row('b'));
  });

  it('refuses rollouts over several lines each', async () => {
    const row = JSON.stringify({ id: 'a', reward: 1, messages: [{ role: 'user', content: 'p' }] }, null, 2);
    await expect(filtered(`${row}\n${row}\n`, against(rollout('a')))).rejects.toThrow(/one a line first/);
  });

  it('takes trajectories out of several documents of one file, each for itself', async () => {
    const dump = (...ids: readonly string[]): string =>
      `${JSON.stringify({
        trajectory_data: ids.map((id) => JSON.stringify({ trajectory_id: id, env_info: {} })),
        tools: ids.map((id) => `tools of ${id}`),
      })}\n`;
    const { text, plan, holds } = await filtered(
      dump('a', 'b') + dump('c', 'd', 'e'),
      against(rollout('b'), rollout('c')),
      'rollout_dump_data.step_41.jsonl',
    );
    expect([text, holds]).toEqual([dump('a') + dump('d', 'e'), true]);
    expect(plan.dropped).toEqual([
      { row: 2, episode: 'b' },
      { row: 3, episode: 'c' },
    ]);
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

  it.each<[string, unknown]>([
    ['deeper, where none of the lists holds one', { code: 0, data: { items: [gym('3/1'), gym('3/2')] } }],
    ['deeper, beside a list', { rollouts: [gym('3/1')], later: { items: [gym('3/2')] } }],
  ])('refuses rollouts that stand %s', async (_, document) => {
    const text = JSON.stringify(document);
    await expect(filtered(text, against(rollout('3/2')), 'all.json')).rejects.toThrow(/lists inside its member "\w+"/);
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
