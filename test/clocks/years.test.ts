import { expect, it } from 'vitest';
import { type Placed, type Tree, toReference } from '../../src/clocks/tree.ts';
import { placeYears } from '../../src/clocks/years.ts';

const HOUR = 3_600_000_000;
const at = (text: string): number => Date.parse(text) * 1000;
const NIGHT = at('2026-11-23T17:00:00Z');

const placed = (via?: string, offset = 0): Placed => ({
  via,
  segments: offset === 0 ? [] : [{ from: -Infinity, origin: 0, offset, slope: 0, halfWidth: 0, pairs: 3 }],
  halfWidth: 1000,
  pairs: 3,
  method: 'flow',
});

/** Each domain with its first stamp (it lasts for an hour), and what the corrected first stamp is. */
function corrected(
  first: Readonly<Record<string, number>>,
  yearless: readonly string[],
  tree: Tree = new Map(),
): Record<string, string> {
  const spans = new Map(Object.entries(first).map(([domain, from]) => [domain, [from, from + HOUR] as const]));
  placeYears(tree, { yearless: new Set(yearless), spans });
  const iso = (domain: string, from: number): string => new Date(toReference(tree, domain, from) / 1000).toISOString();
  return Object.fromEntries(Object.entries(first).map(([domain, from]) => [domain, iso(domain, from)]));
}

it.each([
  ['a year', '2027-11-23T17:10:00Z', '2026-11-23T17:10:00.000Z'],
  ['years with a leap day between', '2029-11-23T17:10:00Z', '2026-11-23T17:10:00.000Z'],
  ['nothing where it lies among the others', '2026-11-23T17:10:00Z', '2026-11-23T17:10:00.000Z'],
  ['nothing where no year brings it to the others', '2027-05-01T17:10:00Z', '2027-05-01T17:10:00.000Z'],
  ['nothing where it is older: it may be an old log', '2024-11-23T17:10:00Z', '2024-11-23T17:10:00.000Z'],
])('puts a log whose stamps name no year back by %s', (_, dns, expected) => {
  expect(corrected({ calls: NIGHT, dns: at(dns) }, ['dns'])).toEqual({
    calls: '2026-11-23T17:00:00.000Z',
    dns: expected,
  });
});

it('counts from one end of December to the other of January', () => {
  const first = {
    calls: at('2026-12-31T23:30:00Z'),
    dns: at('2027-12-31T23:45:00Z'),
    late: at('2028-01-01T00:10:00Z'),
  };
  const { dns, late } = corrected(first, ['dns', 'late']);
  expect([dns, late]).toEqual(['2026-12-31T23:45:00.000Z', '2027-01-01T00:10:00.000Z']);
});

it('leaves the years alone where no file states one', () => {
  expect(corrected({ dns: at('2027-11-23T17:10:00Z') }, ['dns'])).toEqual({ dns: '2027-11-23T17:10:00.000Z' });
});

it('moves those that follow each other once, and keeps what was found of their clocks', () => {
  const dns = at('2027-11-23T17:10:00Z');
  const tree: Tree = new Map([
    ['calls', placed()],
    ['dns', placed()],
    ['resolver', placed('dns', 2_000_000)],
    ['policy', placed('resolver', 1_000_000)],
  ]);
  const first = { calls: NIGHT, dns, resolver: dns, policy: NIGHT };
  expect(corrected(first, ['dns', 'resolver'], tree)).toEqual({
    calls: '2026-11-23T17:00:00.000Z',
    dns: '2026-11-23T17:10:00.000Z',
    resolver: '2026-11-23T17:09:58.000Z',
    policy: '2026-11-23T16:59:57.000Z',
  });
});

it('moves nothing that pairs have put in its year already', () => {
  const dns = at('2027-11-23T17:10:00Z');
  const tree: Tree = new Map([
    ['calls', placed()],
    ['dns', placed('calls', 365 * 24 * HOUR)],
  ]);
  expect(corrected({ calls: NIGHT, dns }, ['dns'], tree)['dns']).toBe('2026-11-23T17:10:00.000Z');
});
