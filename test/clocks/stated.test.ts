import { expect, it } from 'vitest';
import { deniedOffsets } from '../../src/clocks/stated.ts';
import type { ClockReport } from '../../src/model/report.ts';
import { egressblame } from '../cli/run.ts';

const clock = (facts: Partial<ClockReport>): ClockReport => ({
  domain: 'fw.log',
  offsetUs: 1_700_000,
  intervalUs: [1_600_000, 1_800_000],
  driftPpm: 0,
  steps: [],
  zone: 'UTC',
  pairs: 10,
  method: 'flow',
  ...facts,
});

it.each<[string, number, Partial<ClockReport>, boolean]>([
  ['as found', 1_700_000, {}, false],
  ['within a second of it', 2_700_000, {}, false],
  ['later', 2_900_000, {}, true],
  ['earlier', 500_000, {}, true],
  ['on the other side', -1_700_000, {}, true],
  ['few pairs', 120_000_000, { pairs: 9 }, false],
  ['a clock that nobody states', 120_000_000, { domain: 'ids.log' }, false],
])('an offset is denied by the records: %s', (_, ahead, facts, expected) => {
  expect(deniedOffsets(new Map([['fw.log', ahead]]), [clock(facts)])).toHaveLength(expected ? 1 : 0);
});

it('says both, as the option takes them', () => {
  const [problem] = deniedOffsets(new Map([['fw.log', -120_000_000]]), [clock({})]);
  expect(problem?.message).toBe(
    'clock offset of fw.log: -120s is stated, and 10 pairs of its records with other clocks say +1.7s; what is stated was taken',
  );
});

it('is told of a night', () => {
  const run = (offset: string) =>
    egressblame(['clocks', 'fixtures/night/inputs', '--clock-offset', `fw-kernel=${offset}`]);
  const { code, out, err } = run('+120s');
  expect([code, out]).toEqual([0, expect.stringMatching(/^ +120\.000 s .*fw-kernel\.log\.gz$/m)]);
  expect(err).toMatch(
    /^egressblame: clock offset of fw-kernel\.log\.gz: \+120s is stated, and \d+ pairs .* say -0\.3s;/m,
  );
  expect(run('-0.3s').err).toBe('');
});
