import { expect, it } from 'vitest';
import type { Call } from '../../src/correlate/call.ts';
import { openContradictions } from '../../src/correlate/contradictions.ts';
import type { Episode } from '../../src/correlate/episodes.ts';
import type { Lease } from '../../src/correlate/lease.ts';

const lease = (sandboxId: string, episodeId: string | undefined, start: number, end: number): Lease =>
  ({
    sandboxId,
    episodeId,
    start: start * 1e6,
    end: end * 1e6,
    errorUs: 0,
    ref: { source: episodeId },
  }) as unknown as Lease;

/** What leases say of a call at second 50 in sandbox s that its trace lays on episode a, also known as a2. */
function against(leases: readonly Lease[], call: Partial<Call> = {}): string | undefined {
  const ofSandbox = (id: string): readonly Lease[] => leases.filter(({ sandboxId }) => sandboxId === id);
  const a = { id: 'a', aliases: ['a2'], sandboxIds: ['s', 't'] } as unknown as Episode;
  const contradiction = openContradictions({ ofSandbox, around: ofSandbox }, { episodes: new Map([['a', a]]) });
  const made = { episodeId: 'a', sandboxId: 's', start: 50e6, timing: 'recorded', ...call } as unknown as Call;
  return contradiction(made)?.says;
}

const OTHERS = lease('s', 'b', 40, 60);
const ELSEWHERE = lease('t', 'a', 40, 60);

it('contradict the trace where another held the sandbox and the episode is known to have been elsewhere', () => {
  expect(against([OTHERS, ELSEWHERE])).toBe('its trace lays the call on a, and by its lease b held s then');
});

it.each([
  ['the episode held it as well', [OTHERS, ELSEWHERE, lease('s', 'a2', 45, 55)], {}],
  ['it held the sandbox at another time: the clocks may differ', [OTHERS, lease('s', 'a', 900, 960)], {}],
  ['no lease has its name: it may be the holder', [OTHERS], {}],
  ['nobody held the sandbox then', [lease('s', 'b', 10, 20), ELSEWHERE], {}],
  ['who held it is not named', [OTHERS, lease('s', undefined, 40, 60), ELSEWHERE], {}],
  ['the time of the call is only guessed', [OTHERS, ELSEWHERE], { timing: 'inferred' }],
] as const)('say nothing where %s', (_, leases, call) => {
  expect(against(leases, call)).toBeUndefined();
});
