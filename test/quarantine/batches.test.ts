import { expect, it } from 'vitest';
import { BatchCounter, stepsThatShrink } from '../../src/quarantine/batches.ts';
import { quarantineOf } from '../../src/quarantine/quarantine.ts';
import { charge, reportOf, rollout } from './report.ts';

it('counts each step that loses an episode, as far as the records say what a step used', () => {
  const rollouts = [
    rollout('bad', { run: 'r', step: 3 }),
    rollout('good', { run: 'r', step: 3 }),
    rollout('other', { run: 'r', step: 4 }),
    rollout('filtered', { run: 'r', step: 3, dropped: true }),
    rollout('exam', { run: 'r', step: 3, use: 'eval' }),
    rollout('bad, step unknown'),
  ];
  const report = reportOf([charge(1, 'proven', 'bad'), charge(2, 'proven', 'bad, step unknown')], rollouts);
  expect(stepsThatShrink(rollouts, quarantineOf(report, 'likely'))).toEqual([
    { run: 'r', step: 3, group: undefined, before: 2, after: 1 },
  ]);
});

it('sorts by run, step and group, what is not stated first', () => {
  const counter = new BatchCounter();
  const rows = [
    { run: 's', step: 1, group: 'g' },
    { run: 'r', step: 10, group: 'h' },
    { run: 'r', step: 10, group: 'g' },
    { run: 'r', step: 9, group: undefined },
    { run: 'r', step: undefined, group: 'g' },
    { run: undefined, step: 12, group: 'g' },
  ];
  for (const row of rows) counter.add({ ...row, episodes: 1 }, false);
  counter.add({ run: 'a', step: 1, group: 'only adds', episodes: 0 }, false);
  expect(counter.steps().map(({ run, step, before }) => [run, step, before])).toEqual([
    [undefined, 12, 1],
    ['r', undefined, 1],
    ['r', 9, 1],
    ['r', 10, 2],
    ['s', 1, 1],
  ]);
  expect(counter.broken().map(({ run, step, group }) => [run, step, group])).toEqual([
    [undefined, 12, 'g'],
    ['r', undefined, 'g'],
    ['r', 10, 'g'],
    ['r', 10, 'h'],
    ['s', 1, 'g'],
  ]);
});

it('names the groups that lost members and have fewer than two left: of one there is no spread', () => {
  const counter = new BatchCounter();
  const members = { whole: [true], 'still two': [true, true, false], 'one left': [true, false], 'none left': [false] };
  for (const [group, kept] of Object.entries(members))
    for (const each of kept) counter.add({ run: 'r', step: 1, group, episodes: 1 }, each);
  expect(counter.broken()).toEqual([
    { run: 'r', step: 1, group: 'none left', before: 1, after: 0 },
    { run: 'r', step: 1, group: 'one left', before: 2, after: 1 },
  ]);
});
