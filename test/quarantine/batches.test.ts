import { expect, it } from 'vitest';
import { stepsThatShrink } from '../../src/quarantine/batches.ts';
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
