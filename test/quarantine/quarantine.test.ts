import { describe, expect, it } from 'vitest';
import { quarantineSentence } from '../../src/core/findings/quarantine-words.ts';
import type { Grade } from '../../src/model/quarantine.ts';
import type { Rollout } from '../../src/model/report.ts';
import { quarantineOf } from '../../src/quarantine/quarantine.ts';
import { hostileReport } from '../report/hostile.ts';
import { charge, reportOf, rollout } from './report.ts';

const [readInput] = hostileReport(1).inputs;
if (readInput === undefined) throw new Error('the hostile report holds no input');

const flaggedIn = (grade: Grade, verdicts: Parameters<typeof charge>[]): readonly string[] =>
  quarantineOf(
    reportOf(
      verdicts.map((args) => charge(...args)),
      [],
    ),
    grade,
  ).flagged.map((entry) => entry.rollout.episode);

describe('which episodes are flagged', () => {
  const all: Parameters<typeof charge>[] = [
    [1, 'proven', 'a'],
    [2, 'likely', 'b'],
    [3, 'ambiguous', 'c', 'd'],
    [4, 'unattributed', 'e'],
    [5, 'not-agent', 'f'],
  ];
  it.each([
    ['proven', ['a']],
    ['likely', ['a', 'b']],
    ['ambiguous', ['a', 'b', 'c', 'd']],
  ] as const)('from %s up', (grade, episodes) => {
    expect(flaggedIn(grade, all)).toEqual(episodes);
  });

  it('an episode keeps its best grade, and all its violations', () => {
    const [entry] = quarantineOf(
      reportOf([charge(1, 'ambiguous', 'x', 'a'), charge(2, 'likely', 'a'), charge(3, 'proven', 'a')], []),
      'likely',
    ).flagged;
    expect(entry).toMatchObject({ grade: 'proven', violations: ['v-2', 'v-3'], incidents: ['i-2', 'i-3'] });
  });

  it('a suspect that is no agent is none, and one with several calls counts once, by its likeliest', () => {
    const daemon = { ...charge(1, 'ambiguous', 'a'), candidates: [{ probability: 0.5, evidence: [] }] };
    const twice = charge(2, 'ambiguous', 'b', 'b');
    const { flagged } = quarantineOf(reportOf([daemon, twice], []), 'ambiguous');
    expect(flagged.map((entry) => [entry.rollout.episode, entry.probability, entry.violations])).toEqual([
      ['b', 0.6, ['v-2']],
    ]);
  });

  it('a call stands once for all its violations of an incident', () => {
    const call = { id: 'c', name: 'bash', ref: { source: 't.jsonl', line: 1, offset: 0, bytes: 1 } };
    const by = (n: number, incident: string) => ({ ...charge(n, 'proven', 'a'), incident, toolCall: call });
    const { flagged } = quarantineOf(reportOf([by(1, 'i-1'), by(2, 'i-1'), by(3, 'i-3')], []), 'likely');
    expect(flagged[0]?.toolCalls.map(({ incident }) => incident)).toEqual(['i-1', 'i-3']);
  });
});

describe('who shares a prompt group with a flagged episode', () => {
  const poisoned = { group: 'g', step: 7, run: 'r' };
  it.each<[string, Partial<Rollout>, Partial<Rollout>, 'same-step' | 'step-unknown' | undefined]>([
    ['same group and step', poisoned, { group: 'g', step: 7, run: 'r' }, 'same-step'],
    ['same step, run not stated', poisoned, { group: 'g', step: 7 }, 'same-step'],
    ['another step', poisoned, { group: 'g', step: 8, run: 'r' }, undefined],
    ['another run', poisoned, { group: 'g', step: 7, run: 's' }, undefined],
    ['another group', poisoned, { group: 'h', step: 7, run: 'r' }, undefined],
    ['step of the member unknown', poisoned, { group: 'g', run: 'r' }, 'step-unknown'],
    ['step of the poisoned unknown', { group: 'g' }, { group: 'g', step: 7 }, 'step-unknown'],
    ['no group recorded for the member', poisoned, { step: 7, run: 'r' }, undefined],
    ['no group recorded for the poisoned', { step: 7 }, { step: 7 }, undefined],
    ['an evaluation beside training', poisoned, { ...poisoned, use: 'eval' }, undefined],
    ['a poisoned evaluation', { ...poisoned, use: 'eval' }, poisoned, undefined],
    ['a group the trainer threw away', { ...poisoned, dropped: true }, poisoned, undefined],
    ['a member the trainer threw away', poisoned, { ...poisoned, dropped: true }, undefined],
  ])('%s', (_, bad, other, by) => {
    const { affected, flagged } = quarantineOf(
      reportOf([charge(1, 'proven', 'bad')], [rollout('bad', bad), rollout('other', other)]),
      'likely',
    );
    expect(affected.map((entry) => [entry.rollout.episode, entry.by])).toEqual(by === undefined ? [] : [['other', by]]);
    expect(flagged[0]?.members ?? []).toEqual(by === undefined ? [] : ['other']);
  });

  it('a flagged member is not also affected, and one through two is listed once', () => {
    const facts = { group: 'g', step: 1 };
    const { affected } = quarantineOf(
      reportOf(
        [charge(1, 'proven', 'a'), charge(2, 'proven', 'b')],
        [rollout('a', facts), rollout('b', facts), rollout('c', facts)],
      ),
      'likely',
    );
    expect(affected).toMatchObject([{ rollout: { episode: 'c' }, through: ['a', 'b'] }]);
  });

  it('members of an unknown group are unknown, not none', () => {
    const { flagged, gaps } = quarantineOf(reportOf([charge(1, 'proven', 'a')], [rollout('a', { step: 3 })]), 'likely');
    expect(flagged[0]?.members).toBeUndefined();
    expect(gaps.map(({ code }) => code)).toEqual(['group-unknown', 'reward-unknown']);
  });
});

describe('what training did with them', () => {
  it('rewarded first, then unknown, then not; then the surest', () => {
    const rewards: Record<string, number | undefined> = { a: 0, b: undefined, c: 1, d: 2, e: 1, f: -1 };
    const { flagged } = quarantineOf(
      reportOf(
        Object.keys(rewards).map((id, i) => charge(i, id === 'e' ? 'proven' : 'likely', id)),
        Object.entries(rewards).map(([id, reward]) => rollout(id, reward === undefined ? {} : { reward })),
      ),
      'likely',
    );
    expect(flagged.map((entry) => [entry.rollout.episode, entry.rewarded])).toEqual([
      ['d', 'yes'],
      ['e', 'yes'],
      ['c', 'yes'],
      ['b', 'unknown'],
      ['a', 'no'],
      ['f', 'no'],
    ]);
  });

  it('alike in reward and grade: the earlier first, then by name', () => {
    const { flagged } = quarantineOf(
      reportOf(
        [charge(9, 'proven', 'late'), charge(2, 'proven', 'b'), charge(2, 'proven', 'a'), charge(2, 'proven', 'c')],
        [],
      ),
      'likely',
    );
    expect(flagged.map((entry) => entry.rollout.episode)).toEqual(['a', 'b', 'c', 'late']);
  });

  it('steps and episodes of a run are its own, and those that training used', () => {
    const { runs } = quarantineOf(
      reportOf(
        [charge(1, 'proven', 'a'), charge(2, 'proven', 'b'), charge(3, 'proven', 'c'), charge(4, 'proven', 'later')],
        [
          rollout('a', { run: 'r', step: 4 }),
          rollout('b', { run: 's', step: 4 }),
          rollout('c', { run: 'r', step: 4, use: 'eval' }),
          rollout('later', { run: 'r', step: 6 }),
          rollout('exam', { run: 'r', step: 7, use: 'eval' }),
        ],
      ),
      'likely',
    );
    expect(runs).toEqual([
      { run: 'r', firstStep: 4, stepsSeen: [4, 6], episodes: ['a'] },
      { run: 's', firstStep: 4, stepsSeen: [4], episodes: ['b'] },
    ]);
  });

  it('an evaluation without a group has no members, and lacks nothing', () => {
    const { flagged, gaps } = quarantineOf(
      reportOf([charge(1, 'proven', 'a')], [rollout('a', { use: 'eval', reward: 0 })]),
      'likely',
    );
    expect([flagged[0]?.members, gaps]).toEqual([[], []]);
  });

  it('the first poisoned step of each run, and the steps after it', () => {
    const { runs } = quarantineOf(
      reportOf(
        [charge(1, 'proven', 'a'), charge(2, 'proven', 'b'), charge(3, 'proven', 'c'), charge(4, 'proven', 'v')],
        [
          rollout('a', { run: 'r', step: 9 }),
          rollout('b', { run: 'r', step: 4 }),
          rollout('c', { step: 2 }),
          rollout('v', { run: 'r', step: 1, use: 'eval' }),
          rollout('fine', { run: 'r', step: 12 }),
          rollout('early', { run: 'r', step: 3 }),
          rollout('other', { run: 's', step: 20 }),
        ],
      ),
      'likely',
    );
    expect(runs).toEqual([
      { firstStep: 2, stepsSeen: [2], episodes: ['c'] },
      { run: 'r', firstStep: 4, stepsSeen: [4, 9, 12], episodes: ['b'] },
    ]);
  });

  it.each<[string, Partial<Rollout>, object]>([
    ['a recorded step', { step: 3 }, { is: 'yes', step: 3 }],
    ['no step', {}, { is: 'unknown' }],
    [
      'an evaluation, whatever its step',
      { step: 3, use: 'eval' },
      { is: 'no', because: 'it belongs to an evaluation' },
    ],
    ['thrown away', { step: 3, dropped: true }, { is: 'no', because: 'the trainer filtered it out' }],
  ])('consumed: %s', (_, facts, consumed) => {
    expect(
      quarantineOf(reportOf([charge(1, 'proven', 'a')], [rollout('a', facts)]), 'likely').flagged[0]?.consumed,
    ).toEqual(consumed);
  });
});

describe('what the list may lack', () => {
  const known = { group: 'g', step: 1, reward: 0 };
  const gapsOf = (...args: Parameters<typeof reportOf>) => quarantineOf(reportOf(...args), 'likely').gaps;

  it('nothing, when all is known and decided', () => {
    expect(gapsOf([charge(1, 'proven', 'a')], [rollout('a', known)])).toEqual([]);
  });

  it.each([
    ['an undecided violation', 'violations-undecided', [charge(2, 'ambiguous', 'b', 'c')], []],
    [
      'a sandbox without a trace',
      'sandboxes-untraced',
      [{ ...charge(2, 'not-agent'), untraced: { sandboxId: 'sb' } }],
      [],
    ],
    ['an episode without calls', 'traces-missing', [], [rollout('b', { toolCalls: 0 })]],
    [
      'records of its name that differ',
      'names-disputed',
      [charge(2, 'proven', 'b')],
      [rollout('b', { ...known, disputed: ['x.jsonl'] })],
    ],
    ['a filtered group', 'groups-filtered', [], [rollout('roll:group:1:episode:2', { dropped: true })]],
  ] as const)('%s', (_, code, attributions, rollouts) => {
    expect(
      gapsOf([charge(1, 'proven', 'a'), ...attributions], [rollout('a', known), ...rollouts]).map((gap) => gap.code),
    ).toEqual([code]);
  });

  it('names the episodes that are suspected of the undecided and not on the list, all of them', () => {
    const names = Array.from({ length: 9 }, (_, i) => `s${i}`);
    const report = reportOf(
      [
        charge(1, 'proven', 'a'),
        charge(2, 'ambiguous', 'a', ...names),
        charge(3, 'unattributed', 's3'),
        {
          ...charge(5, 'ambiguous', 's3'),
          unlisted: { count: 9, probability: 0.1, suspects: [{ episode: { id: 't' }, probability: 0.1 }] },
        },
        { ...charge(4, 'unattributed'), untraced: { sandboxId: 'sb', episodeId: 'x' } },
      ],
      [rollout('a', known)],
    );
    const undecided = (least: 'likely' | 'ambiguous') =>
      quarantineOf(report, least).gaps.find(({ code }) => code === 'violations-undecided');
    expect(undecided('likely')).toMatchObject({
      episodes: [...names, 't', 'x'],
      says: '4 violations cannot be laid on one episode; who caused them may be missing here; suspected and not on the list: s0, s1, s2, s3 and 7 more',
    });
    expect(undecided('ambiguous')?.episodes).toEqual(['x']);
    expect(quarantineSentence(quarantineOf(report, 'ambiguous'))).toContain(
      '11 episodes of 1 to keep out of training, 10 of them only suspected,',
    );
    expect(quarantineSentence(quarantineOf(report, 'likely'))).not.toContain('suspected');
  });

  it('records and inputs that could not be read', () => {
    const input = (path: string, failed: number, facts: object = {}) => ({
      ...readInput,
      path,
      records: { ...readInput.records, failed },
      ...facts,
    });
    const report = {
      ...reportOf([charge(1, 'proven', 'a')], [rollout('a', known)]),
      inputs: [
        input('a.log', 2),
        input('b.log', 3),
        input('empty.log', 0, { format: undefined, bytes: 0 }),
        ...['c', 'd', 'e', 'f'].map((name) => input(`${name}.bin`, 0, { format: undefined, bytes: 9 })),
      ],
      problems: [
        { severity: 'error', code: 'x', message: 'g.gz is cut short' },
        { severity: 'warning', code: 'y', message: 'no matter' },
      ] as const,
    };
    expect(quarantineOf(report, 'likely').gaps).toEqual([
      { code: 'records-unread', count: 5, says: '5 records could not be read' },
      {
        code: 'inputs-unread',
        count: 5,
        says: '5 inputs could not be read whole: c.bin, d.bin, e.bin, f.bin and 1 more',
      },
    ]);
  });

  it('says which sandboxes left no trace, and how many violations are open', () => {
    const from = (n: number, sandboxId: string, episodeId?: string) => ({
      ...charge(n, 'unattributed'),
      untraced: { sandboxId, ...(episodeId === undefined ? {} : { episodeId }) },
    });
    expect(gapsOf([from(1, 'sb-2', 'e-9'), from(2, 'sb-1')], []).map(({ says }) => says)).toEqual([
      '2 violations cannot be laid on one episode; who caused them may be missing here; suspected and not on the list: e-9',
      'violations came from 2 sandboxes whose episode left no trace: sb-1, sb-2 (e-9)',
    ]);
    expect(gapsOf([charge(1, 'unattributed')], [])[0]?.says).toMatch(/who caused it may/);
  });
});
