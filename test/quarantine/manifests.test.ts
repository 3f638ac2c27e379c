import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/core/text/redact.ts';
import type { Report } from '../../src/model/report.ts';
import { investigate } from '../../src/pipeline.ts';
import { namedBy } from '../../src/quarantine/framework-manifests.ts';
import { MANIFEST_FORMATS, type ManifestFormat, manifestLines } from '../../src/quarantine/manifests.ts';
import { quarantineOf } from '../../src/quarantine/quarantine.ts';
import { seedLines } from '../../src/quarantine/seeds.ts';
import { renderQuarantine } from '../../src/report/terminal/quarantine.ts';
import { PLAIN } from '../../src/report/terminal/style.ts';
import { matchesGolden } from '../golden.ts';
import { hostileReport, SECRET } from '../report/hostile.ts';
import { charge, reportOf, rollout } from './report.ts';

const root = join(import.meta.dirname, '../..');
const night = (name: string): Promise<Report> => investigate({ paths: [`fixtures/${name}/inputs`], cwd: root });
const terminal = { width: 100, style: PLAIN, clean: redact, command: 'egressblame logs', verbose: false };
const options = { clean: redact, version: '0.0.0' };

const written = (report: Report, format: ManifestFormat): string =>
  [...manifestLines(quarantineOf(report, 'likely'), format, options)].join('');

const golden = (name: string, text: string): void => matchesGolden(join(import.meta.dirname, 'goldens', name), text);

it.each(['rome', 'night'])('the summary of fixtures/%s', async (name) => {
  golden(`${name}.txt`, renderQuarantine(quarantineOf(await night(name), 'likely'), terminal));
});

it.each([
  ['jsonl', 'rome.jsonl.txt'],
  ['roll', 'rome.roll.txt'],
] as const)('the %s manifest of fixtures/rome', async (format, name) => {
  golden(name, written(await night('rome'), format));
});

const rows = (format: ManifestFormat, ...rollouts: Parameters<typeof rollout>[]): unknown[] =>
  written(
    reportOf(
      rollouts.map(([id], i) => charge(i, 'proven', id)),
      rollouts.map((args) => rollout(...args)),
    ),
    format,
  )
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('ids as frameworks key their rollouts', () => {
  it('NeMo Gym: numbers of task and rollout; others by name', () => {
    expect(
      rows('nemo-gym', ['4/1', { formats: ['nemo-gym'], group: '4', attempt: '1', aliases: ['ro-9'] }], ['x']),
    ).toMatchObject([
      { _ng_task_index: 4, _ng_rollout_index: 1, rollout_id: 'ro-9', quarantine: 'flagged', verdict: 'proven' },
      { without_task_index: 'x' },
    ]);
  });

  it('verifiers: the episode of a trace', () => {
    expect(
      rows('verifiers', ['ep/tr', { formats: ['verifiers'], group: 'g', run: 'r', step: 3, aliases: ['tr'] }]),
    ).toMatchObject([{ episodes: [{ id: 'ep', trace_ids: ['tr'], group_id: 'g', run_id: 'r', step: 3 }] }]);
  });

  it('NeMo Gym: a task that has no number by its name, nothing where none is stated', () => {
    expect(
      rows('nemo-gym', ['a', { formats: ['nemo-gym'], group: 'task 4' }], ['b', { formats: ['nemo-gym'] }]),
    ).toMatchObject([
      { _ng_task_index: 'task 4', _ng_rollout_index: null, rollout_id: null },
      { _ng_task_index: null, _ng_rollout_index: null, rollout_id: null },
    ]);
  });

  it('verifiers: nothing where no group, run or step is stated', () => {
    expect(rows('verifiers', ['ep/tr', { formats: ['verifiers'] }])).toEqual([
      {
        framework: 'verifiers',
        episodes: [
          {
            id: 'ep',
            trace_ids: [],
            group_id: null,
            run_id: null,
            step: null,
            quarantine: 'flagged',
            verdict: 'proven',
          },
        ],
        without_episode_id: [],
      },
    ]);
  });

  it('ROLL: the members of a group are named too, without a verdict of their own', () => {
    const member = { formats: ['roll-dump'], group: 'g', run: 'r', step: 3 };
    const report = reportOf(
      [charge(1, 'proven', 'bad')],
      [rollout('bad', { ...member, aliases: ['g', 'g_7'], sandboxIds: ['s'] }), rollout('good', member)],
    );
    expect(JSON.parse(written(report, 'roll'))).toEqual({
      framework: 'roll',
      trajectories: [
        {
          trajectory_id: 'bad',
          traj_id: 'g_7',
          traj_group_id: 'g',
          global_step: 3,
          sandbox_id: 's',
          quarantine: 'flagged',
          verdict: 'proven',
        },
        {
          trajectory_id: 'good',
          traj_id: null,
          traj_group_id: 'g',
          global_step: 3,
          sandbox_id: null,
          quarantine: 'affected',
          verdict: null,
        },
      ],
      without_trajectory_id: [],
    });
  });

  it('Inspect: the run that a sample is of', () => {
    const samples = (facts: Partial<ReturnType<typeof rollout>>) =>
      rows('inspect', ['Uu1d', { formats: ['inspect'], ...facts }]);
    expect(samples({ run: 'r' })).toMatchObject([{ samples: [{ run_id: 'r' }] }]);
    expect(samples({})).toMatchObject([{ samples: [{ run_id: null, id: null, epoch: null }] }]);
  });

  it('Inspect: uuids for invalidate_samples; id and epoch where there is none', () => {
    expect(
      rows(
        'inspect',
        ['Uu1d', { formats: ['inspect'], group: 'task-a', attempt: '2', use: 'eval' }],
        ['taskId/7/1', { formats: ['inspect'], group: '7', attempt: '1', use: 'eval' }],
      ),
    ).toMatchObject([
      {
        sample_uuids: ['Uu1d'],
        samples: [
          { id: 'task-a', epoch: 2, uuid: 'Uu1d' },
          { id: '7', epoch: 1, uuid: null },
        ],
      },
    ]);
  });

  it('Inspect: a sample once, also where a retry of it is blamed', () => {
    expect(
      rows(
        'inspect',
        ['Uu1d/retry-1', { formats: ['inspect'] }],
        ['Uu1d', { formats: ['inspect'], group: 'task-a', attempt: '2', use: 'eval' }],
        ['taskId/a/b/1/retry-2', { formats: ['inspect'] }],
      ),
    ).toMatchObject([
      {
        sample_uuids: ['Uu1d'],
        samples: [
          { id: 'task-a', epoch: 2, uuid: 'Uu1d' },
          { id: 'a/b', epoch: 1, uuid: null },
        ],
      },
    ]);
  });
});

describe('the manifest says', () => {
  const flagged = (facts: Parameters<typeof rollout>[1]) => rows('jsonl', ['bad', facts])[1];

  it('why an episode was in no step', () => {
    expect(flagged({ run: 'r', step: 3, dropped: true })).toMatchObject({
      consumed: 'no',
      because: 'the trainer filtered it out',
      firstStep: null,
    });
    expect(flagged({ use: 'eval' })).toMatchObject({ consumed: 'no', because: 'it belongs to an evaluation' });
  });

  it('nothing of why, where a step used it or none is known to', () => {
    expect(flagged({ run: 'r', step: 3 })).toMatchObject({ consumed: 'yes', firstStep: 3 });
    expect(flagged({})).toMatchObject({ consumed: 'unknown', firstStep: null });
    for (const facts of [{ step: 3 }, {}]) expect(flagged(facts)).not.toHaveProperty('because');
  });

  it('of a run without a name from which step on it is not clean', () => {
    const runs = [{ run: null, firstStep: 3, stepsSeen: [3], episodes: ['bad'], checkpointsAfterStep: 3 }];
    expect(rows('jsonl', ['bad', { step: 3 }])[0]).toMatchObject({ runs });
  });

  it('nothing of when a call began that no record dates', () => {
    const toolCall = { id: 'c', name: 'bash', ref: { source: 'a.jsonl', line: 4, offset: 0, bytes: 1 } };
    const report = reportOf([{ ...charge(1, 'proven', 'bad'), toolCall }], [rollout('bad')]);
    const [, entry] = written(report, 'jsonl').split('\n');
    expect(JSON.parse(entry ?? '')).toMatchObject({
      toolCalls: [{ id: 'c', name: 'bash', command: null, start: null, source: { path: 'a.jsonl', line: 4 } }],
    });
  });
});

it('a seed says what the episode was paid, and nothing of what no record states', () => {
  const toolCall = { id: 'c', name: 'bash', ref: { source: 'a.jsonl', line: 4, offset: 0, bytes: 1 } };
  const seedOf = (facts: Parameters<typeof rollout>[1]): unknown => {
    const report = reportOf([{ ...charge(1, 'likely', 'bad'), toolCall }], [rollout('bad', facts)]);
    return JSON.parse([...seedLines(quarantineOf(report, 'likely'), redact)].join(''));
  };
  expect(seedOf({})).toMatchObject({ task: null, prompt: null, command: null, reward: null, verdict: 'likely' });
  expect(seedOf({ task: 't', prompt: 'p', reward: 0.5 })).toMatchObject({ task: 't', prompt: 'p', reward: 0.5 });
});

it('counts how many episodes a framework has a name for', () => {
  const own = rollout('4/1', { formats: ['nemo-gym'], group: '4', attempt: '1' });
  const quarantine = quarantineOf(reportOf([charge(1, 'proven', '4/1'), charge(2, 'proven', 'x')], [own]), 'likely');
  expect(MANIFEST_FORMATS.map((format) => namedBy(quarantine, format))).toEqual([2, 0, 0, 1, 0]);
});

describe('hostile texts', () => {
  const report = hostileReport(5);

  it.each(MANIFEST_FORMATS)('%s keeps no secret and one record a line', (format) => {
    const text = written(report, format);
    expect(text).not.toContain(SECRET);
    for (const line of text.trim().split('\n')) expect(JSON.parse(line)).toBeTypeOf('object');
  });

  it('seeds hold the call without its secrets', () => {
    const seeds = [...seedLines(quarantineOf(report, 'likely'), redact)];
    expect(seeds.length).toBeGreaterThan(0);
    for (const seed of seeds) {
      expect(seed).not.toContain(SECRET);
      expect(JSON.parse(seed)).toMatchObject({ command: expect.stringContaining('curl [redacted]') as string });
    }
  });

  it('the summary cannot act on a terminal', () => {
    const text = renderQuarantine(quarantineOf(report, 'ambiguous'), terminal);
    expect(text).not.toContain(SECRET);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\u2028]/);
  });
});

it('the same report gives the same bytes', async () => {
  const [a, b] = await Promise.all([night('rome'), night('rome')]);
  expect(written(a, 'jsonl')).toBe(written(b, 'jsonl'));
});
