import { expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import type { Episode } from '../../../src/correlate/episodes/episodes.ts';
import type { Lease } from '../../../src/correlate/leases/lease.ts';
import { openContradictions } from '../../../src/correlate/suspects/contradictions.ts';

const lease = (sandboxId: string, episodeId: string | undefined, start: number, end: number): Lease =>
  ({
    sandboxId,
    episodeId,
    start: start * 1e6,
    end: end * 1e6,
    errorUs: 0,
    ref: { source: episodeId },
  }) as unknown as Lease;

/** `seconds`: when its calls began, of a in sandbox s, of all others in u. */
function episode(id: string, seconds: readonly number[]): Episode {
  const sandboxId = id === 'a' ? 's' : 'u';
  const times = seconds.map((second) => ({ start: second * 1e6, sandboxId, timing: 'recorded', host: 'h' }));
  const extent = { from: Math.min(...seconds) * 1e6, to: Math.max(...seconds) * 1e6, hosts: ['h'] };
  const calls = { extent, times: () => times };
  return { id, aliases: id === 'a' ? ['a2'] : [], sandboxIds: ['s', 't'], calls } as unknown as Episode;
}

interface Around {
  /** When other calls of episode a began, and those of episode c. */
  readonly more?: readonly number[];
  readonly others?: readonly number[];
}

/** What leases say of a call at second 50 in sandbox s that its trace lays on episode a, also known as a2. */
function against(
  leases: readonly Lease[],
  call: Partial<Call> = {},
  { more = [], others = [] }: Around = {},
): string | undefined {
  const ofSandbox = (id: string): readonly Lease[] => leases.filter(({ sandboxId }) => sandboxId === id);
  const episodes = [episode('a', [50, ...more]), episode('c', others)].map((one) => [one.id, one] as const);
  const contradiction = openContradictions({ ofSandbox, around: ofSandbox }, { episodes: new Map(episodes) });
  const made = {
    episodeId: 'a',
    sandboxId: 's',
    start: 50e6,
    timing: 'recorded',
    host: 'h',
    ...call,
  } as unknown as Call;
  return contradiction(made)?.says;
}

const OTHERS = lease('s', 'b', 40, 60);
const ELSEWHERE = lease('t', 'a', 40, 60);

it('contradict the trace where another held the sandbox and the episode is known to have been elsewhere', () => {
  expect(against([OTHERS, ELSEWHERE])).toBe('its trace lays the call on a, and by its lease b held s then');
});

const EARLIER = lease('s', 'a', 10, 40);

it.each([
  ['the calls before it are', { more: [15, 20, 30] }],
  ['so are those of others then', { others: [45, 48, 52, 58] }],
])('contradict the trace where the episode held the sandbox at another time, and %s in their leases', (_, around) => {
  const leases = [OTHERS, EARLIER, lease('u', 'c', 44, 60)];
  expect(against(leases, {}, around)).toBe('its trace lays the call on a, and by its lease b held s then');
});

it('say nothing where calls of others then lie outside of their leases by as much: a clock is off', () => {
  expect(against([OTHERS, EARLIER, lease('u', 'c', 20, 40)], {}, { others: [45, 48, 52] })).toBeUndefined();
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
