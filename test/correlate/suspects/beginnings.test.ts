import { expect, it } from 'vitest';
import type { Episode } from '../../../src/correlate/episodes/episodes.ts';
import type { Lease } from '../../../src/correlate/leases/lease.ts';
import type { Process } from '../../../src/correlate/processes/process.ts';
import { openBeginnings } from '../../../src/correlate/suspects/beginnings.ts';
import type { Micros } from '../../../src/model/time.ts';

const HOLDER = { sandboxId: 's', episodeId: 'late', start: 100 } as unknown as Lease;
const episode = (id: string, start: number, count: number, aliases: readonly string[] = []): Episode =>
  ({ id, aliases, start, calls: { count } }) as unknown as Episode;

/** Whether an earlier episode of the sandbox may have begun what was seen under the holder. */
function mayBeEarlier(episodes: readonly Episode[], seenTo?: Process['seenTo']): boolean {
  const beginningOf = openBeginnings({ firstAt: () => HOLDER }, { ofSandbox: () => episodes });
  const top = seenTo && { first: 120 as Micros, seenTo };
  const beginning = beginningOf('s', top, 130 as Micros);
  expect(beginning.holder).toBe(HOLDER);
  return beginning.mayBeEarlier;
}

const EARLY = episode('early', 10, 0);

it('doubts that the holder began a flow or a process where an earlier episode left no trace', () => {
  expect(mayBeEarlier([EARLY])).toBe(true);
  expect(mayBeEarlier([EARLY], 'connect')).toBe(true);
  expect(mayBeEarlier([EARLY], 'hold')).toBe(true);
});

it('does not where the process was seen to begin, or all that came before left a trace', () => {
  expect(mayBeEarlier([EARLY], 'begin')).toBe(false);
  expect(mayBeEarlier([episode('early', 10, 3), episode('next', 200, 0)])).toBe(false);
  expect(mayBeEarlier([episode('other-name', 10, 0, ['late'])])).toBe(false);
});
