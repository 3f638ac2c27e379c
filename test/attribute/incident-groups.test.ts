import { describe, expect, it } from 'vitest';
import { groupIncidents } from '../../src/attribute/incidents.ts';
import type { Attribution } from '../../src/model/attribution.ts';

interface Said {
  readonly id?: string;
  readonly at?: number;
  readonly last?: number;
  readonly event?: object;
  readonly category?: string;
  readonly verdict?: Attribution['verdict'];
  readonly episode?: string;
  readonly call?: string;
}

const NETWORK = { kind: 'network', src: { ip: '10.0.0.1' }, dst: { ip: '192.0.2.7' } };

function said({ id = 'v', at = 5, last = at, event = NETWORK, category = 'c', ...decided }: Said): Attribution {
  const { verdict = 'unattributed', episode, call } = decided;
  return {
    violation: { id, event, finding: { category }, first: at, last, alsoSeen: [] },
    verdict,
    ...(episode === undefined ? {} : { episode: { id: episode } }),
    ...(call === undefined ? {} : { toolCall: { id: call } }),
  } as unknown as Attribution;
}

const incidentsOf = (...all: readonly Said[]) => groupIncidents(all.map(said)).incidents;

const dns = (ip: string, name: string): object => ({ kind: 'dns', client: { ip }, name });
const process = (host: string): object => ({ kind: 'process', host });

describe('violations are one incident', () => {
  it.each<[string, Said, Said, number]>([
    ['of one call', { episode: 'e', call: 'a' }, { episode: 'e', call: 'a', event: dns('10.0.0.9', 'x.example') }, 1],
    ['not of two calls', { episode: 'e', call: 'a' }, { episode: 'e', call: 'b' }, 2],
    ['not of two episodes', { episode: 'e' }, { episode: 'f' }, 2],
    ['not of a call and its episode', { episode: 'e', call: 'a' }, { episode: 'e' }, 2],
    ['not of two categories', { episode: 'e', call: 'a' }, { episode: 'e', call: 'a', category: 'd' }, 2],
    ['of one call, however sure', { episode: 'e', verdict: 'proven' }, { episode: 'e', verdict: 'likely' }, 1],
    ['of one flow', {}, {}, 1],
    ['not of two verdicts', {}, { verdict: 'ambiguous' }, 2],
    ['not of two categories of flows', {}, { category: 'd' }, 2],
    ['not from two sources', {}, { event: { ...NETWORK, src: { ip: '10.0.0.2' } } }, 2],
    ['not to two addresses', {}, { event: { ...NETWORK, dst: { ip: '192.0.2.8' } } }, 2],
    ['to one address, whatever its name', {}, { event: { ...NETWORK, dst: { ip: '192.0.2.7', domain: 'x' } } }, 1],
    [
      'not to two names without addresses',
      { event: { ...NETWORK, dst: { domain: 'x' } } },
      { event: { ...NETWORK, dst: { domain: 'y' } } },
      2,
    ],
    [
      'of queries below one domain',
      { event: dns('10.0.0.1', 'a.x.example') },
      { event: dns('10.0.0.1', 'b.x.example') },
      1,
    ],
    ['not below two', { event: dns('10.0.0.1', 'a.x.example') }, { event: dns('10.0.0.1', 'a.y.example') }, 2],
    ['not of two clients', { event: dns('10.0.0.1', 'x.example') }, { event: dns('10.0.0.2', 'x.example') }, 2],
    ['of one host', { event: process('h') }, { event: process('h') }, 1],
    ['not of two hosts', { event: process('h') }, { event: process('g') }, 2],
  ])('%s', (_, one, other, count) => {
    expect(incidentsOf(one, other)).toHaveLength(count);
  });
});

describe('an incident', () => {
  it('has the verdict, the category and the cause of its surest member', () => {
    const members = [
      { id: '1', episode: 'e', call: 'a', verdict: 'likely' },
      { id: '2', episode: 'e', call: 'a', verdict: 'proven', at: 3, last: 9 },
      { id: '3', episode: 'e', call: 'a', verdict: 'likely', at: 4, last: 7 },
    ] as const;
    expect(incidentsOf(...members)).toEqual([
      {
        id: expect.stringMatching(/^i-[0-9a-f]{8}$/),
        verdict: 'proven',
        category: 'c',
        violations: 3,
        records: 3,
        first: 3,
        last: 9,
        episode: 'e',
        toolCall: 'a',
        attributions: ['1', '2', '3'],
      },
    ]);
    expect(incidentsOf({})[0]).not.toHaveProperty('episode');
  });

  it('stands by when it began, then by what it is', () => {
    const episodes = (...all: readonly Said[]) => incidentsOf(...all).map(({ episode }) => episode);
    expect(episodes({ episode: 'b', at: 5 }, { episode: 'a', at: 7 }, { episode: 'b', at: 9 })).toEqual(['b', 'a']);
    expect(episodes({ episode: 'b' }, { episode: 'a' }, { episode: 'c' })).toEqual(['a', 'b', 'c']);
  });

  it('has a name that hangs on nothing but its cause', () => {
    const [one] = incidentsOf({ episode: 'e', call: 'a' });
    const [same] = incidentsOf({ id: 'w', episode: 'e', call: 'a', at: 99, verdict: 'proven' });
    expect(same?.id).toBe(one?.id);
  });
});
