import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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

describe('an edge', () => {
  /** Two clocks see the same moments, every minute; `b` is ahead by so many milliseconds. */
  const seen = (method: string, ...aheadMs: readonly number[]): Observation[] =>
    aheadMs.flatMap((ms, i) => {
      const at = i * 60_000_000;
      const moment = (us: number) => ({ lo: us as Micros, hi: us as Micros });
      return [
        { domain: 'a', key: `${method}|${i}`, ...moment(at) },
        { domain: 'b', key: `${method}|${i}`, ...moment(at + ms * 1000) },
      ];
    });
  const edge = (...observations: readonly Observation[]) => buildEdges(observations).get('a')?.[0];

  it.each([
    ['exec', [7, 7, 7, 7], { pairs: 4, cost: 15_000 * 2 + 8000, halfWidth: 15_000 + 4000 }],
    ['exec', [7, 7, 7, 7, 7, 7, 7, 7], { pairs: 8, cost: 15_000 * 1.5 + 8000, halfWidth: 15_000 + 4000 }],
    ['packet', [7, 7, 7, 7], { pairs: 4, cost: 15_000 * 2 + 500, halfWidth: 15_000 + 250 }],
    ['of no known kind', [7, 7, 7, 7], { pairs: 4, cost: 15_000 * 2 + 20_000, halfWidth: 15_000 + 10_000 }],
  ])('%s, ahead by %j, costs what it may be off and late', (method, ms, facts) => {
    expect(edge(...seen(method, ...ms))).toMatchObject({ to: 'b', method, ...facts });
    expect(edge(...seen(method, ...ms))?.segments).toMatchObject([{ offset: 7000 }]);
  });

  it('is as wide as the widest of its segments', () => {
    const halfWidth = 15_000 + (1.6 * 20_000) / 2 + 10_000;
    for (const ms of [
      [0, 0, 0, 0, 500, 500, 520, 520],
      [500, 500, 520, 520, 0, 0, 0, 0],
    ])
      expect(edge(...seen('packet', ...ms))).toMatchObject({ pairs: 8, halfWidth: halfWidth + 250 });
  });

  it('is of the kind that came first where two are as sure', () => {
    const kinds = ['http', 'forward'].map((method) => seen(method, 7, 7, 7));
    expect(edge(...kinds.flat())?.method).toBe('http');
    expect(edge(...kinds.reverse().flat())?.method).toBe('forward');
  });

  it('is made of what both saw as often', () => {
    const often = (total: number) =>
      seen('flow', 7, 7, 7).map((one) => ({ ...one, total: one.domain === 'a' ? 2 : total }));
    expect(edge(...often(2))?.pairs).toBe(3);
    expect(edge(...often(1))).toBeUndefined();
  });

  it.each([
    [24, 24 * 23],
    [25, 0],
  ])('is made of what few clocks saw: where %i did, there are %i', (clocks, edges) => {
    const moments = [0, 1, 2].map((i) => i * 60_000_000);
    const observations = moments.flatMap((at) =>
      Array.from({ length: clocks }, (_, i) => ({
        domain: String(i),
        key: `flow|${at}`,
        lo: at as Micros,
        hi: at as Micros,
      })),
    );
    expect([...buildEdges(observations).values()].flat()).toHaveLength(edges);
  });
});
