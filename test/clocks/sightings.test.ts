import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyBeginning, Sightings } from '../../src/clocks/sightings.ts';
import type { Micros } from '../../src/model/time.ts';

const moment = (at: number) => ({ lo: at as Micros, hi: at as Micros });

it('numbers what occurs more than once and counts it by domain', () => {
  const sightings = new Sightings();
  sightings.paired('a', 'connect|h|x', moment(1));
  sightings.paired('a', 'connect|h|x', moment(2));
  sightings.paired('b', 'connect|h|x', moment(3));
  sightings.once('a', 'flow|x', moment(4));
  sightings.once('a', 'flow|x', moment(5));
  expect(sightings.all()).toEqual([
    { domain: 'a', key: 'connect|h|x|#1', ...moment(1), total: 2 },
    { domain: 'a', key: 'connect|h|x|#2', ...moment(2), total: 2 },
    { domain: 'b', key: 'connect|h|x|#1', ...moment(3), total: 1 },
    { domain: 'a', key: 'flow|x', ...moment(4) },
  ]);
});

it('tells what it takes of a key that is not put together yet (property)', () => {
  const sightings = new Sightings();
  for (let i = 0; i < 130_000; i++) sightings.once('a', `call|${i}`, moment(1));
  fc.assert(
    fc.property(
      fc.constantFrom('call|', 'call|h|', 'other|'),
      fc.string({ maxLength: 8 }),
      fc.nat(8),
      (begin, text, n) => {
        const length = Math.min(n, text.length);
        expect(sightings.takesParts(keyBeginning(begin), text)).toBe(sightings.takes(begin + text));
        expect(sightings.takesParts(keyBeginning(begin), text, length)).toBe(
          sightings.takes(begin + text.slice(0, length)),
        );
      },
    ),
  );
});

it('keeps some ten thousand of a kind, the same keys in every domain and in any order, and all of a rarer kind', () => {
  const keys = Array.from({ length: 200_000 }, (_, i) => `call|${i}`);
  const kept = (order: readonly string[]) => {
    const sightings = new Sightings();
    for (const key of order) for (const domain of ['a', 'b']) sightings.once(domain, key, moment(1));
    sightings.once('a', 'start|e', moment(1));
    return sightings.all();
  };
  const all = kept(keys);
  const of = (domain: string) => all.filter((one) => one.domain === domain && one.key.startsWith('call|'));
  expect(of('a').length).toBeGreaterThan(10_000);
  expect(of('a').length + of('b').length).toBeLessThanOrEqual(60_000);
  expect(of('b').map(({ key }) => key)).toEqual(of('a').map(({ key }) => key));
  expect(all.filter(({ key }) => key === 'start|e')).toHaveLength(1);
  const backwards = new Set(kept([...keys].reverse()).map(({ key }) => key));
  expect(backwards).toEqual(new Set(all.map(({ key }) => key)));
});
