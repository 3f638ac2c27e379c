import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Episode } from '../../../src/correlate/episodes/episodes.ts';
import { LAST, openSilent } from '../../../src/correlate/missing/silent.ts';

const SANDBOXES = ['s', 't', 'u'];
const times = fc.option(fc.nat({ max: 20 }), { nil: undefined });
const episodes = fc
  .array(
    fc.record({
      sandboxIds: fc.uniqueArray(fc.constantFrom(...SANDBOXES), { maxLength: 2 }),
      start: times,
      end: times,
      count: fc.nat({ max: 1 }),
    }),
    { maxLength: 24 },
  )
  .map((list) =>
    list.map(({ count, ...rest }, i) => ({ ...rest, id: `e${i}`, calls: { count } }) as unknown as Episode),
  );

/** Those by definition: no call, in a sandbox that may have sent it. */
function silentOnes(list: readonly Episode[], sandboxes: readonly string[] | undefined): readonly Episode[] {
  return list.filter(
    ({ calls, sandboxIds }) =>
      calls.count === 0 &&
      sandboxIds.length > 0 &&
      (sandboxes === undefined || sandboxIds.some((id) => sandboxes.includes(id))),
  );
}

it('tells of any time which episodes without a call held the sandboxes, and which had ended', () => {
  fc.assert(
    fc.property(
      episodes,
      fc.option(fc.uniqueArray(fc.constantFrom(...SANDBOXES)), { nil: undefined }),
      fc.array(fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 5 })), { minLength: 1, maxLength: 4 }),
      (list, sandboxes, moments) => {
        const silentOf = openSilent(new Map(list.map((episode) => [episode.id, episode])));
        const senders = sandboxes && { sandboxes: new Set(sandboxes) };
        for (const [from, length] of moments) {
          const { holding, before, ended } = silentOf(senders, from, from + length);
          const all = silentOnes(list, sandboxes);
          const over = all.filter(({ end }) => end !== undefined && end < from);
          expect(new Set(holding)).toEqual(
            new Set(all.filter((one) => !over.includes(one) && (one.start ?? -Infinity) <= from + length)),
          );
          expect(ended).toBe(over.length);
          expect(before).toHaveLength(Math.min(LAST, over.length));
          const ends = before.map(({ end }) => end ?? Infinity);
          expect(ends).toEqual([...over.map(({ end }) => end ?? Infinity)].sort((a, b) => b - a).slice(0, LAST));
        }
      },
    ),
  );
});
