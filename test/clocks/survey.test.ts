import { expect, it } from 'vitest';
import { type Survey, surveyDomains } from '../../src/clocks/survey.ts';
import type { Event } from '../../src/model/event.ts';

interface Said {
  readonly kind?: Event['kind'];
  readonly domain?: string;
  readonly host?: string;
  readonly at?: number;
  readonly basis?: string;
  readonly zone?: string;
}

function survey(...all: readonly Said[]): Survey {
  const events = all.map(({ kind = 'process', domain = 'd', at = 5, basis = 'event', zone = 'epoch', host }) => ({
    kind,
    clock: domain,
    host,
    time: { at, basis, zone },
  }));
  return surveyDomains(
    (see) => {
      for (const event of events) see(event as unknown as Event);
    },
    { domainOf: ({ clock }) => clock, hostOf: ({ host }) => host },
  );
}

it('trusts a clock by the most trusted kind of its events, the less where a zone had to be assumed', () => {
  const kinds = ['lease', 'episode', 'tool-call', 'process', 'nat', 'network', 'dns', 'metric'] as const;
  expect(kinds.map((kind) => survey({ kind }).ranks.get('d'))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(survey({ kind: 'dns' }, { kind: 'nat' }, { kind: 'network' }).ranks.get('d')).toBe(4);
  expect(survey({ kind: 'lease', zone: 'assumed' }).ranks.get('d')).toBe(20);
  expect(survey({ kind: 'lease', zone: 'assumed' }, { kind: 'dns' }).ranks.get('d')).toBe(6);
});

it('trusts none without a stamp, but for leases', () => {
  const { ranks, spans } = survey({ basis: 'none' }, { kind: 'lease', basis: 'none', domain: 'l' });
  expect([...ranks]).toEqual([['l', 0]]);
  expect([...spans]).toEqual([]);
});

it('tells the first and the last stamp of each clock', () => {
  const { spans } = survey({ at: 7 }, { at: 3 }, { at: 9 }, { at: 1, basis: 'none' }, { at: 4, domain: 'e' });
  expect([...spans]).toEqual([
    ['d', [3, 9]],
    ['e', [4, 4]],
  ]);
});

it('takes the first host that is told, from no lease', () => {
  const { hosts } = survey(
    { kind: 'lease', host: 'l' },
    {},
    { host: 'h' },
    { host: 'g' },
    { kind: 'lease', domain: 'e', host: 'l' },
  );
  expect([...hosts]).toEqual([['d', 'h']]);
});

it('says which clocks never tell their zone', () => {
  const { zoneless } = survey(
    { zone: 'assumed' },
    { zone: 'assumed' },
    { zone: 'assumed', domain: 'e' },
    { domain: 'e' },
  );
  expect([...zoneless]).toEqual(['d']);
});
