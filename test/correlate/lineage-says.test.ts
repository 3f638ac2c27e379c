import { expect, it } from 'vitest';
import type { Call } from '../../src/correlate/episodes/call.ts';
import type { Owner } from '../../src/correlate/processes/owner.ts';
import { lineageSays } from '../../src/correlate/suspects/suspect-facts.ts';

const ownerOf = (pids: readonly number[], origin: Partial<Owner['origin']>): Owner => {
  const chain = pids.map((pid) => ({ pid }));
  return { process: chain[0], origin: { chain, closedBy: 'root-pid', ...origin } } as unknown as Owner;
};

it.each([
  [[30], { callBy: 'argv' }, 'pid 30 is a process whose command line is the call c-7'],
  [[30, 20], { callBy: 'argv-part' }, 'pid 30 descends from pid 20, whose command stands in the call c-7'],
  [[30, 25, 20], { callBy: 'time' }, 'pid 30 descends through 25 from pid 20, which started during the call c-7'],
  [
    [30, 20],
    { callBy: 'argv', closedBy: 'adopted' },
    'pid 30 descends from pid 20, whose command line is the call c-7; one parent left no record and was found by pid order and command text',
  ],
] as const)('tells of the processes %j which of them the call started', (pids, origin, expected) => {
  expect(lineageSays(ownerOf(pids, origin), { callId: 'c-7' } as Call)).toBe(expected);
});

it('names by the sensor’s id what has no pid', () => {
  const chain = [
    { pid: 0, entityId: 'box/7' },
    { pid: 0, entityId: 'box/6' },
    { pid: 0, entityId: 'box/5' },
  ];
  const owner = { process: chain[0], origin: { chain, callBy: 'argv', closedBy: 'root-pid' } } as unknown as Owner;
  expect(lineageSays(owner, { callId: 'c-7' } as Call)).toBe(
    'box/7 descends through box/6 from box/5, whose command line is the call c-7',
  );
});
