import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOf, type Moment, type Span } from '../../src/attribute/chance.ts';
import { randomOf } from '../random.ts';

const LENGTH = 3_600_000_000;

function calls(next: () => number, periodic: boolean): Span[] {
  const out: Span[] = [];
  for (const lane of ['a', 'b', 'c', 'd']) {
    for (let i = 0; i < 40; i++) {
      const start = periodic ? (i / 40) * LENGTH + next() * 2_000_000 : next() * LENGTH;
      out.push({ lane, start, end: start + 10_000_000 + next() * 20_000_000 });
    }
  }
  return out;
}

describe('the shift test', () => {
  it('says that incidents inside their own calls are no accident', () => {
    const spans = calls(randomOf(3), false);
    const moments: Moment[] = spans
      .slice(0, 40)
      .filter((_, i) => i % 3 === 0)
      .map((span) => ({ lane: span.lane, at: (span.start + span.end) / 2 }));
    const chance = chanceOf(moments, spans);
    expect(chance?.observed).toBe(moments.length);
    expect(chance?.p).toBeLessThan(0.02);
    expect(chance?.expected).toBeLessThan(moments.length / 2);
  });

  it.each([false, true])(
    'fires at most 6 percent of the time on unrelated streams (periodic calls: %s)',
    (periodic) => {
      let fired = 0;
      const runs = 600;
      for (let seed = 1; seed <= runs; seed++) {
        const next = randomOf(seed * 7919);
        for (let i = 0; i < 9; i++) next();
        const spans = calls(next, periodic);
        const phase = next() * LENGTH;
        const moments: Moment[] = Array.from({ length: 25 }, (_, i) => ({
          lane: 'abcd'[Math.floor(next() * 4)] ?? 'a',
          at: periodic ? (phase + (i / 25) * LENGTH) % LENGTH : next() * LENGTH,
        }));
        if ((chanceOf(moments, spans)?.p ?? 1) <= 0.05) fired++;
      }
      expect(fired / runs).toBeLessThanOrEqual(0.06);
    },
  );

  it('says nothing without incidents or without calls', () => {
    expect(chanceOf([], calls(randomOf(1), false))).toBe(undefined);
    expect(chanceOf([{ lane: 'a', at: 1 }], [])).toBe(undefined);
  });

  it('counts an incident as inside where any call of its sandbox ran, also where calls overlap or touch', () => {
    const span = fc
      .tuple(fc.constantFrom('a', 'b'), fc.nat(40), fc.nat(9))
      .map(([lane, start, length]): Span => ({ lane, start, end: start + length }));
    const moment = fc.record({ lane: fc.constantFrom('a', 'b', 'c'), at: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(span), fc.array(moment), (some, moments) => {
        const spans = [...some, { lane: 'z', start: 0, end: 1 }, { lane: 'z', start: 999, end: 1000 }];
        const inside = moments.filter(({ lane, at }) =>
          some.some((call) => call.lane === lane && call.start <= at && at <= call.end),
        );
        const known = moments.filter(({ lane }) => some.some((call) => call.lane === lane));
        expect(chanceOf(moments, spans)?.observed).toBe(known.length === 0 ? undefined : inside.length);
      }),
    );
  });

  const at = (lane: string, ...spans: readonly (readonly [number, number])[]): Span[] =>
    spans.map(([start, end]) => ({ lane, start, end }));
  const ENDS = at('z', [0, 10], [190, 200]);
  const p = (hits: number, shifts: number): number => Math.round((1e5 * (1 + hits)) / (1 + shifts)) / 1e5;

  it('shifts by no less than the usual call, in either direction', () => {
    const once = [...at('a', [0, 10]), ...at('z', [190, 200])];
    expect(chanceOf([{ lane: 'a', at: 5 }], once)?.p).toBe(p(0, 181));
    expect(chanceOf([{ lane: 'a', at: 0 }], once)?.p).toBe(p(1, 181));
  });

  it('shifts by nothing near the time between calls, which would lay them upon each other again', () => {
    const calls = [...at('a', [0, 10], [100, 110]), ...at('z', [190, 200])];
    expect(chanceOf([{ lane: 'a', at: 5 }], calls)?.p).toBe(p(0, 162));
    expect(chanceOf([{ lane: 'a', at: 0 }], calls)?.p).toBe(p(2, 162));
  });

  it('counts none that began before the first call or after the last, or in a sandbox without calls', () => {
    const calls = [...at('a', [10, 20]), ...at('z', [190, 200])];
    const inside = { lane: 'a', at: 15 };
    for (const other of [9, 201].map((moment) => ({ lane: 'a', at: moment })).concat({ lane: 'b', at: 15 }))
      expect([chanceOf([other], calls), chanceOf([other, inside], calls)]).toEqual([
        undefined,
        chanceOf([inside], calls),
      ]);
    const first = { lane: 'a', at: 10 };
    const last = { lane: 'z', at: 200 };
    expect(chanceOf([first, last, { lane: 'a', at: 200 }], calls)?.observed).toBe(2);
  });

  it('expects as many as of the other sandboxes live at the moment ran a call just then', () => {
    const calls = [
      ...at('a', [0, 10], [90, 100]),
      ...at('same', [0, 10], [90, 100]),
      ...at('idle', [0, 2], [98, 100]),
      ...at('later', [40, 50]),
      ...at('earlier', [0, 3]),
      ...ENDS,
    ];
    const expected = (moment: number): number | undefined => chanceOf([{ lane: 'a', at: moment }], calls)?.expected;
    expect([5, 95, 3, 40, 99].map(expected)).toEqual([0.66667, 0.33333, 0.75, 0.25, 0.66667]);
    expect(chanceOf([{ lane: 'a', at: 5 }], at('a', [0, 10], [90, 100]))?.expected).toBe(0);
  });
});
