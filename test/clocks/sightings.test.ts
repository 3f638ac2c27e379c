import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HOW, keyBeginning, type Sighted, Sightings, sightedOf, together } from '../../src/clocks/sightings.ts';
import type { Micros } from '../../src/model/time.ts';

const moment = (at: number) => ({ lo: at as Micros, hi: at as Micros });

function note(sightings: Sightings, how: keyof typeof HOW, domain: string, key: string, at = 1): void {
  const kind = sightings.kindTaking(key);
  if (kind !== undefined) sightings.add(kind, { domain, key, ...moment(at) }, HOW[how]);
}

const stampsOf = ({ eachStamp }: Sighted): readonly (readonly [string, number, number])[] => {
  const stamps: (readonly [string, number, number])[] = [];
  eachStamp((domain, lo, hi) => void stamps.push([domain, lo, hi]));
  return stamps;
};

it('numbers what occurs more than once and counts it by domain; what one domain alone has is a stamp and no more', () => {
  const sightings = new Sightings();
  note(sightings, 'paired', 'a', 'connect|h|x', 1);
  note(sightings, 'paired', 'a', 'connect|h|x', 2);
  note(sightings, 'paired', 'b', 'connect|h|x', 3);
  note(sightings, 'once', 'a', 'flow|x', 4);
  note(sightings, 'once', 'a', 'flow|x', 5);
  note(sightings, 'once', 'a', 'call|x', 6);
  note(sightings, 'once', 'b', 'call|y', 7);
  const sighted = sightings.sighted();
  expect(sighted.meeting).toEqual([
    { domain: 'a', key: 'connect|h|x|#1', ...moment(1), total: 2 },
    { domain: 'a', key: 'connect|h|x|#2', ...moment(2), total: 2 },
    { domain: 'b', key: 'connect|h|x|#1', ...moment(3), total: 1 },
  ]);
  expect(stampsOf(sighted).map(([domain, lo]) => `${domain}${lo}`)).toEqual(['a1', 'a2', 'b3', 'a4', 'a6', 'b7']);
});

it('leaves out of what may meet only what has no equal in another domain (property)', () => {
  const sighting = fc.record({
    how: fc.constantFrom(...(['once', 'first', 'numbered', 'paired'] as const)),
    domain: fc.constantFrom('a', 'b', 'c'),
    name: fc.constantFrom('x', 'y', 'z', 'x|#1'),
  });
  fc.assert(
    fc.property(fc.array(sighting, { maxLength: 30 }), (all) => {
      const sightings = new Sightings();
      // With another one of each in one more domain, all of them may meet.
      const crowded = new Sightings();
      for (const [i, { how, domain, name }] of all.entries()) {
        note(sightings, how, domain, `${how}|${name}`, i);
        note(crowded, how, domain, `${how}|${name}`, i);
      }
      for (const { how, name } of all) note(crowded, how, 'other', `${how}|${name}`, -1);
      const every = crowded.sighted().meeting.filter(({ domain }) => domain !== 'other');
      const { meeting } = sightings.sighted();
      expect(
        every.filter((one) => meeting.some(({ domain, key }) => domain === one.domain && key === one.key)),
      ).toEqual(meeting);
      const left = every.filter((one) => !meeting.some(({ domain, key }) => domain === one.domain && key === one.key));
      for (const { domain, key } of left)
        expect(every.some((other) => other.key === key && other.domain !== domain)).toBe(false);
      expect(stampsOf(sightings.sighted())).toEqual(every.map(({ domain, lo, hi }) => [domain, lo, hi]));
    }),
    { numRuns: 500 },
  );
});

it('of sightings at hand, and of several lots of them, tells the same', () => {
  const observations = [1, 2, 3].map((at) => ({ domain: 'a', key: `id|${at}`, ...moment(at) }));
  const both = together(sightedOf(observations.slice(0, 1)), sightedOf(observations.slice(1)));
  expect(both.meeting).toEqual(observations);
  expect(stampsOf(both)).toEqual(stampsOf(sightedOf(observations)));
});

it('tells what it takes of a key that is not put together yet (property)', () => {
  const sightings = new Sightings();
  for (let i = 0; i < 130_000; i++) note(sightings, 'once', 'a', `call|${i}`);
  fc.assert(
    fc.property(
      fc.constantFrom('call|', 'call|h|', 'other|'),
      fc.string({ maxLength: 8 }),
      fc.nat(8),
      (begin, text, n) => {
        const length = Math.min(n, text.length);
        expect(sightings.takesParts(keyBeginning(begin), text)).toBe(sightings.kindTaking(begin + text) !== undefined);
        expect(sightings.takesParts(keyBeginning(begin), text, length)).toBe(
          sightings.kindTaking(begin + text.slice(0, length)) !== undefined,
        );
      },
    ),
  );
});

it('keeps some ten thousand of a kind, the same keys in every domain and in any order, and all of a rarer kind', () => {
  const keys = Array.from({ length: 200_000 }, (_, i) => `call|${i}`);
  const kept = (order: readonly string[]) => {
    const sightings = new Sightings();
    for (const key of order) for (const domain of ['a', 'b']) note(sightings, 'once', domain, key);
    for (const domain of ['a', 'b']) note(sightings, 'once', domain, 'start|e');
    return sightings.sighted().meeting;
  };
  const all = kept(keys);
  const of = (domain: string) => all.filter((one) => one.domain === domain && one.key.startsWith('call|'));
  expect(of('a').length).toBeGreaterThan(10_000);
  expect(of('a').length + of('b').length).toBeLessThanOrEqual(60_000);
  expect(of('b').map(({ key }) => key)).toEqual(of('a').map(({ key }) => key));
  expect(all.filter(({ key }) => key === 'start|e')).toHaveLength(2);
  const backwards = new Set(kept([...keys].reverse()).map(({ key }) => key));
  expect(backwards).toEqual(new Set(all.map(({ key }) => key)));
});

it('remembers the same where it is told beforehand how many come, and says where that was wrong', () => {
  const seen = (count: number, told: ReadonlyMap<string, number>) => {
    const sightings = new Sightings();
    const before = Array.from(told, ([begin, size]) => [keyBeginning(begin).kind, size] as const);
    sightings.presume(new Map(before));
    for (let i = 0; i < count; i++) for (const domain of ['a', 'b']) note(sightings, 'paired', domain, `call|${i}`, i);
    return { isMistaken: sightings.isMistaken, meeting: sightings.sighted().meeting };
  };
  const { isMistaken, meeting } = seen(200_000, new Map());
  expect(isMistaken).toBe(false);
  expect(seen(200_000, new Map([['call|', 400_000]]))).toEqual({ isMistaken: false, meeting });
  expect(seen(40_000, new Map([['call|', 400_000]])).isMistaken).toBe(true);
  expect(seen(40_000, new Map([['call|', 170_000]])).isMistaken).toBe(false);
  // What is presumed of more to come takes nothing back.
  const twice = new Sightings();
  for (const size of [800_000, 200_000]) twice.presume(new Map([[keyBeginning('call|').kind, size]]));
  for (let i = 0; i < 200_000; i++) note(twice, 'once', 'a', `call|${i}`);
  expect(twice.isMistaken).toBe(true);
});
