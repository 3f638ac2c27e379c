import { describe, expect, it } from 'vitest';
import { alignClocks } from '../../src/clocks/align.ts';
import { type Observation, sightedOf } from '../../src/clocks/sightings.ts';
import type { Micros } from '../../src/model/time.ts';

const START = 1_795_454_000_000_000;
const SECOND = 1_000_000;
const COUNT = 60;

/** What some clocks saw of the same moments, by how far each is ahead and how wide its stamps are. */
function seenBy(
  clocks: Readonly<Record<string, readonly [aheadUs: number, stepUs?: number]>>,
  kind = 'flow',
): Observation[] {
  return Object.entries(clocks).flatMap(([domain, [aheadUs, stepUs = 0]]) =>
    Array.from({ length: COUNT }, (_, i) => {
      const seen = START + i * 11.3 * SECOND + aheadUs + ((i * 7) % 20) * 500;
      const lo = stepUs > 0 ? Math.floor(seen / stepUs) * stepUs : seen;
      return { domain, key: `${kind}|${i}`, lo: lo as Micros, hi: (lo + stepUs) as Micros };
    }),
  );
}

/** `hosts`: of each domain; the first is trusted most. Domains without sightings have no pairs. */
function align(observations: readonly Observation[], hosts: Readonly<Record<string, string>>) {
  const domains = Object.keys(hosts);
  return alignClocks(new Set(domains), sightedOf(observations), {
    rank: (domain) => domains.indexOf(domain),
    hostOf: (domain) => hosts[domain],
    stated: new Map(),
    zoneless: new Set(),
    yearless: new Set(),
    spans: new Map(domains.map((domain) => [domain, [START, START + COUNT * 11.3 * SECOND] as const])),
  });
}

describe('a clock without pairs', () => {
  const hosts = { leases: 'trainer', 'a/audit': 'a', 'b/audit': 'b', 'c/audit': 'c', proxy: 'proxy' };

  it('keeps the time of most machines where that is not the time of the reference', () => {
    const seen = seenBy({ leases: [-30 * SECOND], 'a/audit': [0], 'b/audit': [20_000], 'c/audit': [-900_000] });
    const clocks = align(seen, hosts);
    expect(Math.abs(clocks.offsetAt('proxy', START) - 30 * SECOND)).toBeLessThan(100_000);
    expect(clocks.errorAt('proxy', START)).toBe(SECOND);
    expect(clocks.reports.find(({ domain }) => domain === 'proxy')?.method).toBe('most machines');
  });

  it('is left alone where most machines are no further off than it may be, or too few tell', () => {
    const near = seenBy({ leases: [0], 'a/audit': [900_000], 'b/audit': [900_000], 'c/audit': [1_700_000] });
    expect(align(near, hosts).offsetAt('proxy', START)).toBe(0);
    const few = seenBy({ leases: [-30 * SECOND], 'a/audit': [0] });
    expect(align(few, hosts).offsetAt('proxy', START)).toBe(0);
  });

  it('is left alone where the machines are not of one mind', () => {
    const apart = seenBy({ leases: [0], 'a/audit': [3 * SECOND], 'b/audit': [4 * SECOND], 'c/audit': [7200 * SECOND] });
    expect(align(apart, hosts).offsetAt('proxy', START)).toBe(0);
  });

  it('takes that of the files of its host, but not of the one that strays, however sure that is', () => {
    const files = { leases: 'trainer', trace: 'a', audit: 'a', conntrack: 'a', bpf: 'a', ss: 'a' };
    const sure = seenBy({ leases: [0], trace: [30 * SECOND] }, 'packet');
    const seen = [...sure, ...seenBy({ leases: [0], audit: [0], conntrack: [25_000], bpf: [20_000] })];
    expect(Math.abs(align(seen, files).offsetAt('ss', START))).toBeLessThan(100_000);
  });
});

describe('a group of clocks with pairs among itself alone', () => {
  const hosts = { leases: 'trainer', 'a/audit': 'a', 'b/audit': 'b', 'c/audit': 'c', 'd/audit': 'd', 'd/calls': 'd' };
  const own = seenBy({ 'd/audit': [0], 'd/calls': [0] }, 'command');

  it('is right where the others are, as far as they tell', () => {
    const clocks = align([...own, ...seenBy({ leases: [0], 'a/audit': [900_000] })], hosts);
    expect(clocks.errorAt('d/audit', START) + clocks.errorAt('d/calls', START)).toBeLessThan(100_000);
    expect(clocks.offsetAt('d/audit', START)).toBe(0);
  });

  it('may be as far off as any other, whole quarter-hours aside', () => {
    const clocks = align(
      [...own, ...seenBy({ leases: [0], 'a/audit': [-2 * SECOND], 'b/audit': [905 * SECOND] })],
      hosts,
    );
    for (const domain of ['d/audit', 'd/calls']) {
      expect(Math.abs(clocks.errorAt(domain, START) - 5 * SECOND)).toBeLessThan(200_000);
      expect(Math.abs(clocks.offsetAt(domain, START))).toBeLessThan(100_000);
    }
  });

  it('keeps the time of most machines, and is no such machine itself', () => {
    const most = { 'a/audit': [30 * SECOND], 'b/audit': [30 * SECOND], 'c/audit': [30 * SECOND] } as const;
    const clocks = align([...own, ...seenBy({ leases: [0], ...most })], hosts);
    for (const domain of ['d/audit', 'd/calls']) {
      expect(Math.abs(clocks.offsetAt(domain, START) - 30 * SECOND)).toBeLessThan(100_000);
      expect(Math.abs(clocks.errorAt(domain, START) - SECOND)).toBeLessThan(100_000);
    }
    expect(clocks.reports.filter(({ method }) => method === 'unconnected')).toHaveLength(1);
    const two = align([...own, ...seenBy({ leases: [0], 'a/audit': [30 * SECOND], 'b/audit': [0] })], hosts);
    expect(Math.abs(two.offsetAt('d/audit', START))).toBeLessThan(100_000);
  });
});
