import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignClocks } from '../../src/clocks/align.ts';
import { type Observation, sightedOf } from '../../src/clocks/sightings.ts';
import type { Micros } from '../../src/model/time.ts';
import { randomOf } from '../random.ts';

const START = 1_795_454_000_000_000;
const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;

/** Two clocks see the same moments; the second is ahead by `error(t)`. Wrong pairs are put in at `wrong` of ten. */
function world(
  count: number,
  span: number,
  error: (t: number) => number,
  options: { step?: number; wrong?: number; seed?: number } = {},
): Observation[] {
  const random = randomOf(options.seed ?? 7);
  const out: Observation[] = [];
  const step = options.step ?? 0;
  for (let i = 0; i < count; i++) {
    const t = START + Math.floor((i / count) * span);
    const stray = random() * 10 < (options.wrong ?? 0) ? (random() - 0.5) * 7200 * SECOND : 0;
    const seen = t + error(t - START) + random() * 2000 + stray;
    const cut = step > 0 ? Math.floor(seen / step) * step : seen;
    out.push(
      { domain: 'a', key: `flow|${i}`, lo: t as Micros, hi: t as Micros },
      { domain: 'b', key: `flow|${i}`, lo: cut as Micros, hi: (cut + step) as Micros },
    );
  }
  return out;
}

function align(observations: readonly Observation[]) {
  const spans = new Map(['a', 'b'].map((domain) => [domain, [START, START + 2 * HOUR] as const]));
  return alignClocks(new Set(['a', 'b']), sightedOf(observations), {
    rank: (d) => (d === 'a' ? 0 : 1),
    hostOf: () => undefined,
    stated: new Map(),
    zoneless: new Set(),
    yearless: new Set(),
    spans,
  });
}

describe('clock alignment', () => {
  it.each([
    ['a small offset', 1.7 * SECOND, 0],
    ['an offset of a day', 86_400 * SECOND, 0],
    ['a drift of 200 ppm', -0.8 * SECOND, 200],
    ['a drift of -80 ppm', 5 * SECOND, -80],
  ])('finds %s within 100 ms', (_, offset, ppm) => {
    const clocks = align(world(60, 2 * HOUR, (t) => offset + ppm * 1e-6 * t));
    for (const t of [0, HOUR, 2 * HOUR]) {
      const truth = offset + ppm * 1e-6 * t;
      expect(Math.abs(clocks.offsetAt('b', START + t + truth) - truth)).toBeLessThan(100_000);
    }
  });

  it('takes the clock of a host over what a few commands name, steps included', () => {
    const error = (t: number): number => (t < HOUR ? SECOND : 5.5 * SECOND);
    const aims = [0.1, 0.3, 0.45, 0.8].flatMap((share, i): Observation[] => {
      const t = START + share * 2 * HOUR;
      const seen = (t + error(t - START)) as Micros;
      return [
        { domain: 'a', key: `aim|${i}`, lo: (t - SECOND) as Micros, hi: (t + 2 * SECOND) as Micros, total: 1 },
        { domain: 'sensor', key: `aim|${i}`, lo: seen, hi: seen, total: 1 },
      ];
    });
    const domains = ['a', 'b', 'sensor'];
    const clocks = alignClocks(new Set(domains), sightedOf([...world(80, 2 * HOUR, error), ...aims]), {
      rank: (domain) => domains.indexOf(domain),
      hostOf: (domain) => (domain === 'a' ? 'trainer' : 'firewall'),
      stated: new Map(),
      zoneless: new Set(),
      yearless: new Set(),
      spans: new Map(domains.map((domain) => [domain, [START, START + 2 * HOUR] as const])),
    });
    for (const t of [HOUR / 2, 1.5 * HOUR])
      expect(Math.abs(clocks.offsetAt('sensor', START + t + error(t)) - error(t))).toBeLessThan(200_000);
  });

  it('finds a step', () => {
    const clocks = align(world(80, 2 * HOUR, (t) => (t < HOUR ? 0.3 * SECOND : 4.3 * SECOND)));
    const report = clocks.reports.find((clock) => clock.domain === 'b');
    expect(report?.steps).toHaveLength(1);
    expect(Math.abs(clocks.offsetAt('b', START + HOUR / 2) - 0.3 * SECOND)).toBeLessThan(100_000);
    expect(Math.abs(clocks.offsetAt('b', START + 1.5 * HOUR) - 4.3 * SECOND)).toBeLessThan(100_000);
  });

  it('puts a step where all stamps of the clock leave a gap, paired or not', () => {
    const error = (t: number): number => (t < HOUR ? 0 : 60 * SECOND);
    const unpaired = Array.from({ length: 1440 }, (_, i): Observation => {
      const t = i * 5 * SECOND;
      const at = (START + t + error(t)) as Micros;
      return { domain: 'b', key: `own|${i}`, lo: at, hi: at };
    });
    const clocks = align([...world(80, 2 * HOUR, error), ...unpaired]);
    expect(Math.abs(clocks.offsetAt('b', START + HOUR - 10 * SECOND))).toBeLessThan(100_000);
    expect(Math.abs(clocks.offsetAt('b', START + HOUR + 60 * SECOND) - 60 * SECOND)).toBeLessThan(100_000);
  });

  it('puts stamps that name no year into the one of the others', () => {
    const year = 365 * 24 * HOUR;
    const clocks = alignClocks(new Set(['a', 'dns']), sightedOf([]), {
      rank: () => 0,
      hostOf: () => undefined,
      stated: new Map(),
      zoneless: new Set(),
      yearless: new Set(['dns']),
      spans: new Map([
        ['a', [START, START + 2 * HOUR]],
        ['dns', [START + year, START + year + HOUR]],
      ]),
    });
    expect([clocks.offsetAt('a', START), clocks.offsetAt('dns', START + year)]).toEqual([0, year]);
  });

  describe('with several clocks', () => {
    const aligned = (
      pairs: readonly (readonly [domain: string, ahead: string, us: number])[],
      rank: (domain: string) => number = () => 0,
    ) => {
      const names = [...pairs.map(([one]) => one), ...pairs.map(([, other]) => other)];
      const domains = [...new Set(names)].toReversed();
      const observations = pairs.flatMap(([one, other, us], n) =>
        world(20, HOUR, () => us, { seed: n + 1 }).map((seen) => ({
          ...seen,
          domain: seen.domain === 'a' ? one : other,
          key: `${n}|${seen.key}`,
        })),
      );
      return alignClocks(new Set(domains), sightedOf(observations), {
        rank,
        hostOf: () => undefined,
        stated: new Map(),
        zoneless: new Set(),
        yearless: new Set(),
        spans: new Map(domains.map((domain) => [domain, [START, START + HOUR] as const])),
      });
    };
    const methods = ({ reports }: ReturnType<typeof aligned>, method: string) =>
      reports.filter((report) => report.method === method).map(({ domain }) => domain);
    const reference = (...args: Parameters<typeof aligned>) => methods(aligned(...args), 'reference');

    it('takes the one that most others met for the reference where none is trusted more, and of these the first by name', () => {
      expect(
        reference([
          ['b', 'm', 0],
          ['m', 'z', 0],
        ]),
      ).toEqual(['m']);
      expect(reference([['b', 'a', 0]])).toEqual(['a']);
      expect(reference([['a', 'b', 0]])).toEqual(['a']);
    });

    it('takes the one that is trusted more, whatever it met', () => {
      const trusted = (domain: string): number => (domain === 'z' ? 0 : 1);
      expect(
        reference(
          [
            ['b', 'm', 0],
            ['m', 'z', 0],
          ],
          trusted,
        ),
      ).toEqual(['z']);
    });

    it('holds those that never met the reference against each other', () => {
      const clocks = aligned([
        ['a', 'b', SECOND],
        ['a', 'm', SECOND],
        ['c', 'd', 3 * SECOND],
      ]);
      expect([methods(clocks, 'reference'), methods(clocks, 'unconnected')]).toEqual([['a'], ['c']]);
      for (const [domain, us] of [
        ['b', SECOND],
        ['d', 3 * SECOND],
      ] as const)
        expect(Math.abs(clocks.offsetAt(domain, START) - us)).toBeLessThan(100_000);
    });
  });

  it('finds the offset of stamps cut to seconds', () => {
    const clocks = align(world(200, 3733 * SECOND, () => 2.35 * SECOND, { step: SECOND }));
    expect(Math.abs(clocks.offsetAt('b', START) - 2.35 * SECOND)).toBeLessThan(100_000);
  });

  it('is not misled by 30 % wrong pairs', () => {
    const clocks = align(world(100, HOUR, () => 3 * SECOND, { wrong: 3 }));
    expect(Math.abs(clocks.offsetAt('b', START) - 3 * SECOND)).toBeLessThan(100_000);
  });

  it('claims nothing with two pairs, and says so', () => {
    const clocks = align(world(2, HOUR, () => 3 * SECOND));
    expect(clocks.offsetAt('b', START)).toBe(0);
    expect(clocks.errorAt('b', 0)).toBeGreaterThanOrEqual(SECOND);
    expect(clocks.reports.find((clock) => clock.domain === 'b')?.note).toMatch(/fewer than 3 pairs/);
  });

  it('claims no drift that is not there', () => {
    expect(align(world(60, HOUR, () => SECOND)).reports.find((clock) => clock.domain === 'b')?.driftPpm).toBe(0);
  });

  it('names a zone error', () => {
    expect(
      align(world(20, HOUR, () => 8 * HOUR + 120_000)).reports.find((clock) => clock.domain === 'b')?.zone,
    ).toMatch(/UTC\+08:00/);
  });

  it('holds the truth in its interval, for any offset and drift (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -86_400_000, max: 86_400_000 }),
        fc.integer({ min: -200, max: 200 }),
        fc.integer({ min: 1, max: 9999 }),
        (ms, ppm, seed) => {
          const offset = ms * 1000;
          const clocks = align(world(40, 2 * HOUR, (t) => offset + ppm * 1e-6 * t, { seed, wrong: 1 }));
          const miss = Math.abs(clocks.offsetAt('b', START + offset) - offset);
          expect(miss).toBeLessThanOrEqual(clocks.errorAt('b', 0) + 2000);
          expect(miss).toBeLessThanOrEqual(100_000);
        },
      ),
      { numRuns: 40 },
    );
  });
});
