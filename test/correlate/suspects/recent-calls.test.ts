import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import type { EpisodeCalls } from '../../../src/correlate/episodes/episode-calls.ts';
import { openRecentCalls } from '../../../src/correlate/suspects/recent-calls.ts';

/** Stands for the calls of an episode, of which it has three. */
const callsOf = (name: string): EpisodeCalls =>
  ({ at: (place: number) => (place < 3 ? ({ key: `${name}|${place}` } as Call) : undefined) }) as EpisodeCalls;

const EPISODES = ['a', 'b', 'c'].map((name) => ({ name, calls: callsOf(name) }));

test('what is recent is what the episode would make, however many are kept', () => {
  const asked = fc.array(fc.tuple(fc.constantFrom(...EPISODES), fc.nat({ max: 3 })), { maxLength: 30 });
  fc.assert(
    fc.property(asked, fc.integer({ min: 1, max: 4 }), (all, most) => {
      const recent = openRecentCalls(most);
      for (const [{ name, calls }, place] of all)
        expect(recent(calls, place)?.call.key).toBe(place < 3 ? `${name}|${place}` : undefined);
    }),
  );
});

test('a call that was asked for lately is the same one, and no more of them stay than may', () => {
  const recent = openRecentCalls(2);
  const calls = callsOf('a');
  const first = recent(calls, 0);
  expect(recent(calls, 0)).toBe(first);
  recent(calls, 1);
  recent(calls, 2);
  expect(recent(calls, 0)).not.toBe(first);
});
