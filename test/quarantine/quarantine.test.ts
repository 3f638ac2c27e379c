import { describe, expect, it } from 'vitest';
import type { Grade } from '../../src/model/quarantine.ts';
import type { Rollout } from '../../src/model/report.ts';
import { quarantineOf } from '../../src/quarantine/quarantine.ts';
import { charge, reportOf, rollout } from './report.ts';

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
    ['a filtered group', 'groups-filtered', [], [rollout('roll:group:1:episode:2', { dropped: true })]],
  ] as const)('%s', (_, code, attributions, rollouts) => {
    expect(
      gapsOf([charge(1, 'proven', 'a'), ...attributions], [rollout('a', known), ...rollouts]).map((gap) => gap.code),
    ).toEqual([code]);
  });
});
