import { describe, expect, it } from 'vitest';
import { alignClocks } from '../../src/clocks/align.ts';
import type { Edge } from '../../src/clocks/edges.ts';
import { chooseReference } from '../../src/clocks/reference.ts';
import { type Observation, sightedOf } from '../../src/clocks/sightings.ts';
import type { Micros } from '../../src/model/time.ts';

const START = 1_795_454_000_000_000;
const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;

type Lie = (t: number) => number;

/** Every clock sees every moment of an hour; stamps of `coarse` domains are cut to seconds. */
function sightings(lies: Readonly<Record<string, Lie>>, coarse: ReadonlySet<string> = new Set()): Observation[] {
  return Array.from({ length: 120 }, (_, i) => i).flatMap((i) => {
    const t = START + i * 29_870_000;
    return Object.entries(lies).map(([domain, lie]) => {
      const read = t + lie(t - START);
      const lo = coarse.has(domain) ? Math.floor(read / SECOND) * SECOND : read;
      return { domain, key: `flow|${i}`, lo: lo as Micros, hi: (coarse.has(domain) ? lo + SECOND : lo) as Micros };
    });
  });
}

function align(observations: readonly Observation[], order: readonly string[]) {
  return alignClocks(new Set(order), sightedOf(observations), {
    rank: (domain) => order.indexOf(domain),
    hostOf: (domain) => (domain.includes('@') ? domain.slice(domain.indexOf('@') + 1) : undefined),
    stated: new Map(),
    zoneless: new Set(),
    yearless: new Set(),
    spans: new Map(order.map((domain) => [domain, [START, START + HOUR] as const])),
  });
}

const good: Lie = () => 0;

describe('the reference clock', () => {
  const others = { 'a@h1': good, 'b@h2': good, 'c@h3': () => 3 * SECOND };
  it.each<[string, Lie]>([
    ['steps', (t) => (t < HOUR / 2 ? 0 : 6 * SECOND)],
    ['drifts', (t) => 180e-6 * t],
    ['is in a wrong zone', () => -3.5 * HOUR],
  ])('is not the most trusted one when that %s against most machines', (_, lie) => {
    const clocks = align(sightings({ 'leases@h0': lie, ...others }), ['leases@h0', 'a@h1', 'b@h2', 'c@h3']);
    expect(clocks.reports.find(({ method }) => method === 'reference')?.domain).toBe('a@h1');
    for (const t of [HOUR / 4, (HOUR * 3) / 4]) {
      const truth = lie(t);
      expect(Math.abs(clocks.offsetAt('leases@h0', START + t + truth) - truth)).toBeLessThan(100_000);
      expect(Math.abs(clocks.offsetAt('c@h3', START + t) - 3 * SECOND)).toBeLessThan(100_000);
    }
  });

  it('is another log of the same machine where the most trusted log steps against the rest of it', () => {
    const steps: Lie = (t) => (t < HOUR / 2 ? 0 : -HOUR);
    const clocks = align(sightings({ 'traces@h1': steps, 'audit@h1': good, 'bpf@h1': good, 'nat@h2': good }), [
      'traces@h1',
      'audit@h1',
      'bpf@h1',
      'nat@h2',
    ]);
    expect(clocks.reports.find(({ method }) => method === 'reference')?.domain).toBe('audit@h1');
    const late = START + (HOUR * 3) / 4;
    expect(Math.abs(clocks.offsetAt('traces@h1', late - HOUR) + HOUR)).toBeLessThan(100_000);
    expect(Math.abs(clocks.offsetAt('bpf@h1', late))).toBeLessThan(100_000);
  });

  it('stays the most trusted one when others drift, and when ten files of one sensor stray from it', () => {
    const drifting = align(sightings({ 'leases@h0': good, 'a@h1': (t) => 90e-6 * t, 'b@h2': (t) => -90e-6 * t }), [
      'leases@h0',
      'a@h1',
      'b@h2',
    ]);
    expect(drifting.reports.find(({ method }) => method === 'reference')?.domain).toBe('leases@h0');
    const files = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`f${i}@fw`, (t: number) => 150e-6 * t]));
    const sensor = align(sightings({ 'leases@h0': good, ...files }), ['leases@h0', ...Object.keys(files)]);
    expect(sensor.reports.find(({ method }) => method === 'reference')?.domain).toBe('leases@h0');
  });
});

describe('the most trusted clock', () => {
  /** How far the second is ahead of the first over the hour. */
  interface Ahead {
    readonly us?: number;
    readonly slope?: number;
    readonly steps?: boolean;
    readonly pairs?: number;
    readonly halfWidth?: number;
  }

  type Met = readonly [one: string, other: string, ahead?: Ahead];

  const edgeTo = (
    to: string,
    sign: 1 | -1,
    { us = 0, slope = 0, steps, pairs = 20, halfWidth = 15_000 }: Ahead,
  ): Edge => {
    const segment = { from: -Infinity, origin: START, offset: us * sign, slope: slope * sign, halfWidth, pairs };
    const behind = { ...segment, from: START + HOUR / 2, offset: (us + SECOND) * sign };
    const segments = steps ? [segment, behind] : [segment];
    return { to, segments, pairs, cost: 100, halfWidth, method: 'flow' };
  };

  /** The reference of clocks that met, the most trusted first; stamps of `coarse` ones are cut to seconds. */
  function reference(order: readonly string[], met: readonly Met[], coarse: readonly string[] = []) {
    const edges = new Map<string, Edge[]>(order.map((domain) => [domain, []]));
    for (const [one, other, ahead = {}] of met) {
      edges.get(one)?.push(edgeTo(other, 1, ahead));
      edges.get(other)?.push(edgeTo(one, -1, ahead));
    }
    return chooseReference(order, edges, {
      domains: new Set(order),
      hostOf: (domain) => /@(.*)/.exec(domain)?.[1],
      zoneless: new Set(),
      spans: new Map(order.map((domain, i) => [domain, [START, START + (i === 0 ? HOUR : HOUR / 2)] as const])),
      stepOf: (domain) => (coarse.includes(domain) ? SECOND : 0),
    });
  }

  const drifts: Ahead = { slope: 100e-6 };
  const one: Ahead = { us: SECOND };

  it.each<[string, string | undefined, readonly string[], readonly Met[]]>([
    ['is none of none', undefined, [], []],
    [
      'stays where more than half keep pace with it',
      'a@1',
      ['a@1', 'b@2', 'c@3'],
      [
        ['a@1', 'b@2'],
        ['a@1', 'c@3', drifts],
      ],
    ],
    [
      'is left where half do and more with another',
      'b@2',
      ['a@1', 'x@0', 'b@2', 'c@3', 'd@4', 'e@5'],
      [
        ['a@1', 'x@0', one],
        ['a@1', 'b@2', drifts],
        ['b@2', 'c@3', one],
        ['b@2', 'd@4', { us: 2 * SECOND }],
        ['b@2', 'e@5', { us: 3 * SECOND }],
      ],
    ],
    [
      'stays where no other has more than half',
      'a@1',
      ['a@1', 'x@0', 'b@2', 'c@3'],
      [
        ['a@1', 'x@0', one],
        ['a@1', 'b@2', drifts],
        ['b@2', 'c@3', one],
      ],
    ],
    [
      'stays where others met one another over it alone',
      'a@1',
      ['a@1', 'b@2', 'c@3', 'd@4'],
      [
        ['a@1', 'b@2', drifts],
        ['a@1', 'c@3', drifts],
        ['a@1', 'd@4', drifts],
      ],
    ],
    [
      'is held against hosts, not against their files',
      'a@1',
      ['a@1', 'b@2', 'c@3', 'd@3', 'e@3'],
      [
        ['a@1', 'b@2', one],
        ['a@1', 'c@3', drifts],
        ['c@3', 'd@3', one],
        ['c@3', 'e@3', { us: 2 * SECOND }],
      ],
    ],
    [
      'is held against half of the files of a host',
      'a@1',
      ['a@1', 'b@2', 'c@2'],
      [
        ['a@1', 'b@2', one],
        ['a@1', 'c@2', drifts],
      ],
    ],
    [
      'is left where less than half of them keep pace',
      'b@2',
      ['a@1', 'b@2', 'c@2', 'd@3', 'e@4', 'f@2'],
      [
        ['a@1', 'b@2', one],
        ['a@1', 'c@2', drifts],
        ['a@1', 'd@3', drifts],
        ['c@2', 'd@3'],
        ['d@3', 'e@4', one],
        ['d@3', 'f@2', one],
      ],
    ],
    [
      'is held against files of no host that keep the same time as against one machine',
      'a@1',
      ['a@1', 'b@2', 'c', 'd', 'e'],
      [
        ['a@1', 'b@2', one],
        ['a@1', 'c', drifts],
        ['c', 'd'],
        ['c', 'e', { us: 99_999 }],
      ],
    ],
    [
      'but as against several where they are a tenth of a second apart',
      'c',
      ['a@1', 'b@2', 'c', 'd', 'e'],
      [
        ['a@1', 'b@2', one],
        ['a@1', 'c', drifts],
        ['c', 'd', { us: 100_000 }],
        ['c', 'e', { us: 200_000 }],
      ],
    ],
    [
      'or drift, however little',
      'c',
      ['a@1', 'b@2', 'c', 'd', 'e'],
      [
        ['a@1', 'b@2', one],
        ['a@1', 'c', drifts],
        ['c', 'd', { slope: 1e-6 }],
        ['c', 'e', { slope: 2e-6 }],
      ],
    ],
    [
      'is held against each host, whatever keeps the same time',
      'b@2',
      ['a@1', 'b@2', 'c@3', 'd@4'],
      [
        ['a@1', 'b@2', drifts],
        ['b@2', 'c@3'],
        ['b@2', 'd@4'],
      ],
    ],
    [
      'steps against most',
      'b@2',
      ['a@1', 'b@2', 'c@3'],
      [
        ['a@1', 'b@2', { steps: true }],
        ['b@2', 'c@3', one],
      ],
    ],
    [
      'is minutes from most',
      'b@2',
      ['a@1', 'b@2', 'c@3'],
      [
        ['a@1', 'b@2', { us: 60_015_000 }],
        ['b@2', 'c@3', one],
      ],
    ],
    [
      'is nearly a minute from most, as far as is known',
      'a@1',
      ['a@1', 'b@2', 'c@3'],
      [
        ['a@1', 'b@2', { us: 60_014_999 }],
        ['b@2', 'c@3', one],
      ],
    ],
    [
      'keeps pace to 50 ms over the longest span',
      'a@1',
      ['a@1', 'b@2', 'c@3'],
      [
        ['a@1', 'b@2', { slope: 13.8e-6 }],
        ['b@2', 'c@3', one],
      ],
    ],
    [
      'keeps it no closer',
      'b@2',
      ['a@1', 'b@2', 'c@3'],
      [
        ['a@1', 'b@2', { slope: 14e-6 }],
        ['b@2', 'c@3', one],
      ],
    ],
    [
      'is not held against what few pairs tell',
      'a@1',
      ['a@1', 'b@2', 'c@3', 'd@4'],
      [
        ['a@1', 'b@2', drifts],
        ['b@2', 'c@3', { ...one, pairs: 9 }],
        ['b@2', 'd@4', { ...one, pairs: 9 }],
      ],
    ],
    [
      'is held against what ten tell',
      'b@2',
      ['a@1', 'b@2', 'c@3', 'd@4'],
      [
        ['a@1', 'b@2', drifts],
        ['b@2', 'c@3', { ...one, pairs: 10 }],
        ['b@2', 'd@4', { ...one, pairs: 10 }],
      ],
    ],
  ])('%s', (_, expected, order, met) => {
    expect(reference(order, met)).toBe(expected);
  });

  it('is neither held against stamps that are cut to seconds nor left for them', () => {
    const order = ['a@1', 'b@2', 'c@3', 'd@4'];
    const met: readonly Met[] = [
      ['a@1', 'b@2', drifts],
      ['b@2', 'c@3', one],
      ['b@2', 'd@4', one],
    ];
    expect(reference(order, met)).toBe('b@2');
    expect(reference(order, met, ['b@2'])).toBe('a@1');
    expect(reference(order, met, ['c@3'])).toBe('a@1');
  });
});

describe('files of one host', () => {
  it('takes a finer file where stamps are cut to seconds, and keeps whole quarter-hours of its own', () => {
    const lies = { leases: good, 'audit@h1': () => -0.8 * SECOND, 'dns@h1': () => HOUR - SECOND };
    const clocks = align(sightings(lies, new Set(['dns@h1'])), ['leases', 'audit@h1', 'dns@h1']);
    expect(Math.abs(clocks.offsetAt('dns@h1', START + HOUR) - (HOUR - 0.8 * SECOND))).toBeLessThan(50_000);
    expect(clocks.reports.find(({ domain }) => domain === 'dns@h1')?.method).toMatch(/finer file/);
  });

  it('is in doubt by as much as pairs of its own say otherwise, where stamps are a whole second late', () => {
    const errorOf = (late: number): number => {
      const lies = { leases: good, 'audit@h1': good, 'dns@h1': () => -late };
      return align(sightings(lies, new Set(['dns@h1'])), ['leases', 'audit@h1', 'dns@h1']).errorAt('dns@h1', START);
    };
    expect(errorOf(0)).toBeLessThan(200_000);
    expect(errorOf(SECOND)).toBeGreaterThan(SECOND);
  });

  it('joins files that have pairs only among themselves over their host', () => {
    const link = sightings({ leases: good, 'traces@h1': () => 41 * SECOND });
    const own = sightings({ 'calls@h1': () => 41 * SECOND, 'audit@h1': () => 41 * SECOND }).map((one) => ({
      ...one,
      key: `command|${one.key}`,
    }));
    const clocks = align([...link, ...own], ['leases', 'traces@h1', 'calls@h1', 'audit@h1']);
    expect(Math.abs(clocks.offsetAt('audit@h1', START) - 41 * SECOND)).toBeLessThan(100_000);
    expect(clocks.reports.filter(({ method }) => method === 'unconnected')).toEqual([]);
  });
});

describe('a firewall and traces alone', () => {
  it('are aligned by calls that name a destination: its first packet came while the call ran', () => {
    const ahead = 7200.4 * SECOND;
    const observations = Array.from({ length: 30 }, (_, i) => i).flatMap((i): Observation[] => {
      const start = START + i * 91 * SECOND;
      const packet = start + 200_000 + (i % 5) * 150_000 + ahead;
      const key = `aim|203.0.113.${i}|80|#1`;
      return [
        { domain: 'calls', key, lo: start as Micros, hi: (start + 2_000_000 + (i % 3) * SECOND) as Micros, total: 1 },
        { domain: 'fw', key, lo: packet as Micros, hi: packet as Micros, total: 1 },
      ];
    });
    const clocks = align(observations, ['calls', 'fw']);
    const miss = Math.abs(clocks.offsetAt('fw', START + ahead) - ahead);
    expect(miss).toBeLessThanOrEqual(clocks.errorAt('fw', 0));
    expect(miss).toBeLessThan(1.5 * SECOND);
  });
});
