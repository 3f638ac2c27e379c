import { describe, expect, it } from 'vitest';
import { bridge, inherit, type Neighbourhood, preferFine } from '../../src/clocks/neighbours.ts';
import type { Placed, Tree } from '../../src/clocks/tree.ts';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
/** Programs of one host stamp a moment up to this far apart. */
const APART = 50_000;

/** Ahead of the reference by so much, found by pairs. */
const ahead = (offset: number, halfWidth = 0, rest: Partial<Placed> = {}): Placed => ({
  via: 'ref',
  segments: [{ from: -Infinity, origin: 0, offset, slope: 0, halfWidth: 0, pairs: 9 }],
  halfWidth,
  pairs: 9,
  method: 'flow',
  ...rest,
});
const REFERENCE = ahead(0, 0, { via: undefined, segments: [], method: 'reference' });
const unconnected = ahead(0, 0, { via: undefined, segments: [], method: 'unconnected' });

/** Domains are named `host/file`; `steps`: widths of stamps. */
function around(
  domains: readonly string[],
  { steps = {}, zoneless = [] }: { steps?: Record<string, number>; zoneless?: readonly string[] } = {},
): Neighbourhood {
  return {
    domains: new Set(domains),
    hostOf: (domain) => (domain.includes('/') ? domain.split('/')[0] : undefined),
    zoneless: new Set(zoneless),
    spans: new Map(domains.map((domain) => [domain, [0, HOUR] as const])),
    stepOf: (domain) => steps[domain] ?? 1,
  };
}

const treeOf = (places: Readonly<Record<string, Placed>>): Tree =>
  new Map(Object.entries({ ref: REFERENCE, ...places }));

describe('a file without pairs takes the clock of its host', () => {
  const inherited = (
    places: Readonly<Record<string, Placed>>,
    rest: Parameters<typeof around>[1] = {},
    own = 'h/own',
  ) => {
    const tree = treeOf(places);
    inherit(tree, around([...tree.keys(), own], rest));
    return tree.get(own);
  };

  it.each<[string, string | undefined, number]>([
    ['as surely from one of no other host', undefined, APART],
    ['less surely from one of its folder that may be of another host', 'edge', SECOND],
  ])('%s', (_, host, more) => {
    const tree = treeOf({ log: ahead(9, 300) });
    const names = around(['log', 'own'], { zoneless: ['log', 'own'] });
    inherit(tree, { ...names, hostOf: (domain) => (domain === 'log' ? host : undefined) });
    expect(tree.get('own')).toMatchObject({ via: 'log', halfWidth: 300 + more });
  });

  it('from the surest of those that agree', () => {
    const found = inherited({ 'h/a': ahead(0, 900), 'h/b': ahead(2 * APART, 300), 'g/c': ahead(0, 10) });
    expect(found).toEqual({ via: 'h/b', segments: [], halfWidth: 300 + APART, pairs: 0, method: 'same host' });
  });

  it.each([
    [
      'from none that strays, however sure',
      { 'h/a': ahead(0, 900), 'h/b': ahead(9, 800), 'h/c': ahead(HOUR, 1) },
      'h/b',
    ],
    [
      'from one no further off than it may be',
      { 'h/a': ahead(0, 9), 'h/b': ahead(9, 8), 'h/c': ahead(2 * APART + 10, 1) },
      'h/c',
    ],
    ['not further', { 'h/a': ahead(0, 9), 'h/b': ahead(9, 8), 'h/c': ahead(2 * APART + 11, 1) }, 'h/b'],
    ['from the surest where none is near the middle', { 'h/a': ahead(0, 9), 'h/b': ahead(HOUR, 8) }, 'h/b'],
    ['from the reference itself', { 'h/a': REFERENCE }, 'h/a'],
    ['from none that has no way to the reference', { 'h/a': unconnected }, undefined],
    ['from none of another host', { 'g/a': ahead(5) }, undefined],
  ])('%s', (_, places, via) => {
    expect(inherited(places)?.via).toBe(via);
  });

  it('and leaves its own, and that of no host', () => {
    const own = ahead(7);
    expect(inherited({ 'h/own': own, 'h/a': ahead(0) })).toBe(own);
    expect(inherited({ a: ahead(0) }, {}, 'own')).toBe(undefined);
  });

  it('where stamps name no zone: that of such a file in its folder, else of one that names it', () => {
    const zoneless = ['h/x/own', 'h/x/a', 'h/y/b'];
    const far = { 'h/x/a': ahead(HOUR, 9), 'h/y/b': ahead(0), 'h/x/c': ahead(0) };
    expect(inherited(far, { zoneless }, 'h/x/own')?.via).toBe('h/x/a');
    expect(inherited({ 'h/y/b': ahead(0), 'h/x/c': ahead(0, 9) }, { zoneless }, 'h/x/own')?.via).toBe('h/x/c');
    expect(inherited({ 'h/y/b': ahead(0), 'h/x/c': ahead(0, 9) }, { zoneless }, 'h/x/named')?.via).toBe('h/x/c');
  });
});

describe('a file with coarse stamps takes the clock of a finer one of its host', () => {
  const STEPS = { 'h/own': SECOND };
  const preferred = (
    places: Readonly<Record<string, Placed>>,
    steps: Record<string, number> = STEPS,
  ): Placed | undefined => {
    const tree = treeOf(places);
    preferFine(tree, around([...tree.keys()], { steps }));
    return tree.get('h/own');
  };
  const own = ahead(400_000, 100);

  it('where both agree to within the cut', () => {
    const method = 'flow, finer file of the host';
    const taken = { via: 'h/a', segments: [], halfWidth: 30 + APART, pairs: 9, method };
    expect(preferred({ 'h/own': ahead(APART + 130, 100), 'h/a': ahead(0, 30) })).toEqual(taken);
    // Beyond that, one of them is off by as much.
    const doubted = { ...taken, halfWidth: 30 + APART + 400_000 };
    expect(preferred({ 'h/own': own, 'h/a': ahead(0, 30) })).toEqual(doubted);
    for (const [apart, via] of [
      [SECOND + 130, 'h/a'],
      [SECOND + 131, 'ref'],
    ] as const)
      expect(preferred({ 'h/own': ahead(apart, 100), 'h/a': ahead(0, 30) })?.via).toBe(via);
  });

  it('and keeps whole quarter-hours of its own', () => {
    const found = preferred({ 'h/own': ahead(-HOUR / 4 + 300_000, 100), 'h/a': ahead(0) });
    expect([found?.via, found?.segments.map(({ offset }) => offset)]).toEqual(['h/a', [-HOUR / 4]]);
  });

  it.each<[string, Record<string, Placed>, Record<string, number>]>([
    ['its own stamps are fine', { 'h/a': ahead(0) }, { 'h/own': SECOND / 2 - 1 }],
    ['the other is hardly finer', { 'h/a': ahead(0) }, { ...STEPS, 'h/a': SECOND / 10 }],
    ['the other is of another host', { 'g/a': ahead(0) }, STEPS],
    ['the other has no clock', { 'h/a': unconnected }, STEPS],
    ['the other has that of its host', { 'h/a': ahead(0, 0, { method: 'same host' }) }, STEPS],
    ['the other rests on it', { 'h/a': ahead(0, 0, { via: 'h/own' }) }, STEPS],
  ])('not where %s', (_, others, steps) => {
    expect(preferred({ 'h/own': own, ...others }, steps)).toBe(own);
  });

  it('of several, that in the middle, then the surest; at half a second it is coarse', () => {
    const three = { 'h/a': ahead(-300_000), 'h/b': ahead(0, 9), 'h/c': ahead(200_000) };
    expect(preferred({ 'h/own': own, ...three })?.via).toBe('h/b');
    expect(preferred({ 'h/own': own, 'h/a': ahead(0, 9), 'h/b': ahead(0, 8) })?.via).toBe('h/b');
    expect(preferred({ 'h/own': own, 'h/a': ahead(0) }, { 'h/own': SECOND / 2 })?.via).toBe('h/a');
  });
});

describe('files with pairs only among themselves', () => {
  const join = (order: readonly string[], places: Record<string, Placed>, rest: Parameters<typeof around>[1] = {}) => {
    const tree = treeOf(places);
    const joined = bridge(order, tree, around([...tree.keys(), ...order], rest));
    return [joined, ...order.map((domain) => tree.get(domain)?.via)];
  };

  it('join over one file of each host, those with fine stamps and a zone first', () => {
    const places = { 'h/a': ahead(0, 7), 'g/a': ahead(0) };
    expect(join(['h/x', 'h/y', 'g/x'], places)).toEqual([true, 'h/a', undefined, 'g/a']);
    expect(join(['h/x', 'h/y'], places, { steps: { 'h/x': SECOND / 10 } })).toEqual([true, undefined, 'h/a']);
    expect(join(['h/x', 'h/y'], places, { zoneless: ['h/x'] })).toEqual([true, undefined, 'h/a']);
    expect(join(['h/x'], places, { zoneless: ['h/x'] })).toEqual([true, 'h/a']);
    expect(join(['f/x'], places)).toEqual([false, undefined]);
  });

  it('are as sure as the file they join over, but for what programs stamp apart', () => {
    const tree = treeOf({ 'h/a': ahead(0, 7) });
    bridge(['h/x'], tree, around(['h/a', 'h/x']));
    expect(tree.get('h/x')).toMatchObject({ halfWidth: 7 + APART, method: 'same host', segments: [] });
  });
});
