import type { Rollout } from '../../src/model/report.ts';
import { createMatcher } from '../../src/quarantine/match.ts';
import { quarantineOf } from '../../src/quarantine/quarantine.ts';
import { charge, reportOf } from '../quarantine/report.ts';

/** A quarantine of these episodes. */
export const against = (...rollouts: readonly Rollout[]) =>
  createMatcher(
    quarantineOf(
      reportOf(
        rollouts.map(({ episode }, i) => charge(i, 'proven', episode)),
        rollouts,
      ),
      'likely',
    ),
    'flagged',
  );
