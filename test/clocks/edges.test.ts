import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildEdges } from '../../src/clocks/edges.ts';
import type { Observation } from '../../src/clocks/sightings.ts';
import type { Micros } from '../../src/model/time.ts';

const METHODS = ['packet', 'flow', 'exec', 'forward', 'command', 'begin', 'aim'];

/** What `a` and `b` saw of the same moments, by one kind of pair. */
const kindOfPairs = fc
  .record({
    method: fc.constantFrom(...METHODS),
    count: fc.integer({ min: 1, max: 12 }),
    ahead: fc.integer({ min: -2_000_000, max: 2_000_000 }),
    jitter: fc.constantFrom(0, 900, 40_000, 500_000),
    step: fc.constantFrom(0, 1000, 1_000_000),
  })
  .map(({ method, count, ahead, jitter, step }) =>
    Array.from({ length: count }, (_, i) => {
      const at = i * 13_000_000;
      const seen = at + ahead + ((i * 7919) % 10) * jitter;
      return [
        { domain: 'a', key: `${method}|${i}`, lo: at as Micros, hi: at as Micros },
        { domain: 'b', key: `${method}|${i}`, lo: seen as Micros, hi: (seen + step) as Micros },
      ];
    }).flat(),
  );

const cheapest = (kinds: readonly (readonly Observation[])[], domain: string) =>
  kinds
    .flatMap((kind) => buildEdges(kind).get(domain) ?? [])
    .reduce<ReturnType<typeof Array.prototype.at>>(
      (best, edge) => (best === undefined || edge.cost < best.cost ? edge : best),
      undefined,
    );

it('takes of all kinds of pairs the one that fits surest, the first of equals', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(kindOfPairs, { maxLength: METHODS.length, selector: ([first]) => first?.key.split('|')[0] }),
      (kinds) => {
        const together = buildEdges(kinds.flat());
        for (const domain of ['a', 'b']) expect(together.get(domain)?.[0]).toEqual(cheapest(kinds, domain));
      },
    ),
  );
});

it.each([
  ['text', 'calls@train-01', 'calls@train-02', 0],
  ['aim', 'calls@train-01', 'calls@train-02', 0],
  ['text', 'calls@train-01', 'trainer', 1],
  ['text', 'calls@train-01', 'spans@train-01', 1],
  ['call', 'calls@train-01', 'spans@train-02', 1],
])('an equal %s in %s and %s makes so many edges: %i', (method, a, b, edges) => {
  const moments = Array.from({ length: 5 }, (_, i) => i * 13_000_000);
  const sightings = moments.flatMap((at) =>
    [a, b].map((domain) => ({ domain, key: `${method}|${at}`, lo: at as Micros, hi: at as Micros })),
  );
  expect(buildEdges(sightings).get(a) ?? []).toHaveLength(edges);
});
