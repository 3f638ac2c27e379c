import { expect, it } from 'vitest';
import { type Placed, type Tree, toReference } from '../../src/clocks/tree.ts';
import { placeYears, yearsApart } from '../../src/clocks/years.ts';

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

it.each([
  ['of a leap year', '2024', '2026'],
  ['of a year behind a leap year', '2023', '2024'],
  ['of a year before others', '2025', '2026'],
])('keeps the days on both sides of the end of February %s (%s, read as %s)', (_, year, read) => {
  const days = ['02-28T23:00:00.000Z', '03-01T00:00:00.000Z', '03-02T10:00:00.000Z'];
  const [first = 0, ...others] = days.map((day) => at(`${read}-${day}`));
  const last = others.at(-1) ?? 0;
  const tree: Tree = new Map();
  const spans = new Map([
    ['calls', [at(`${year}-02-28T22:00:00Z`), at(`${year}-03-02T11:00:00Z`)] as const],
    ['dns', [first, last] as const],
  ]);
  placeYears(tree, { yearless: new Set(['dns']), spans });
  const placedAt = (moment: number): string => new Date(toReference(tree, 'dns', moment) / 1000).toISOString();
  expect([first, ...others].map(placedAt)).toEqual(days.map((day) => `${year}-${day}`));
});

it('keeps what was found of a clock that steps on both sides of the end of February', () => {
  const still = { origin: 0, slope: 0, halfWidth: 0, pairs: 3 };
  const segments = [
    { ...still, from: -Infinity, offset: 2_000_000 },
    { ...still, from: at('2026-03-01T06:00:00Z'), offset: 5_000_000 },
  ];
  const tree: Tree = new Map([['dns', { ...placed(), segments }]]);
  const stamps = ['2026-02-28T23:00:00Z', '2026-03-01T00:00:02Z', '2026-03-01T07:00:00Z'].map(at);
  const spans = new Map([
    ['calls', [at('2024-02-28T22:00:00Z'), at('2024-03-02T11:00:00Z')] as const],
    ['dns', [stamps[0] ?? 0, stamps[2] ?? 0] as const],
  ]);
  placeYears(tree, { yearless: new Set(['dns']), spans });
  expect(stamps.map((stamp) => new Date(toReference(tree, 'dns', stamp) / 1000).toISOString())).toEqual([
    '2024-02-28T22:59:58.000Z',
    '2024-03-01T00:00:00.000Z',
    '2024-03-01T06:59:55.000Z',
  ]);
});

it('says which clocks cannot be of one year', () => {
  const span = (from: string, to: string) => [at(from), at(to)] as const;
  const spans = new Map([
    ['near', span('2025-03-01T00:00:00Z', '2026-03-01T00:00:00Z')],
    ['far', span('2024-02-29T00:00:00Z', '2026-03-01T00:00:00Z')],
    ['dated', span('2020-01-01T00:00:00Z', '2026-03-01T00:00:00Z')],
  ]);
  expect(yearsApart({ yearless: new Set(['near', 'far']), spans })).toMatchObject([
    { code: 'years-apart', message: expect.stringMatching(/^far: .* of 2024-02-29 to 2026-03-01/) },
  ]);
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
