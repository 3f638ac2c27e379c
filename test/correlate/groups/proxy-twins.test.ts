import { describe, expect, it } from 'vitest';
import type { Flagged } from '../../../src/correlate/groups/group.ts';
import { toViolation } from '../../../src/correlate/groups/group-violation.ts';
import { groupRecords } from '../../../src/correlate/groups/grouping.ts';
import type { NetworkEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';

const FINDING = { ruleId: 'r', category: 'policy-violation', severity: 'medium' };

function request(source: string, second: number, rest: Partial<NetworkEvent> = {}): Flagged {
  const at = (1_766_000_000_000_000 + second * 1_000_000) as Micros;
  const time = { at, lo: at, hi: at, raw: String(second), basis: 'completion', zone: 'epoch', stepUs: 1000 } as const;
  const event: NetworkEvent = {
    kind: 'network',
    format: source,
    clock: 'x',
    time,
    ref: { source, line: second * 10, offset: 0, bytes: 1 },
    type: 'proxy',
    action: 'deny',
    src: { ip: '10.0.0.5' },
    dst: { domain: 'pool.example', port: 443 },
    http: { method: 'CONNECT', url: 'pool.example:443' },
    ...rest,
  };
  return { timed: { event, at, lo: at, hi: at, errorUs: 0 }, finding: FINDING } as unknown as Flagged;
}

const sizes = (...flagged: Flagged[]): number[] => groupRecords(flagged).map(({ members }) => members.length);
const get = (url: string): Partial<NetworkEvent> => ({ http: { method: 'GET', url } });
const from = (port: number): Partial<NetworkEvent> => ({ src: { ip: '10.0.0.5', port } });

it('makes one violation of a request that two proxy logs tell, in any order', () => {
  const records = [request('access.log', 1.2), request('audit.jsonl', 1)];
  for (const order of [records, records.toReversed()]) {
    const groups = groupRecords(order);
    expect(groups).toHaveLength(1);
    const [group] = groups;
    if (group === undefined) throw new Error('no group');
    expect(toViolation(group)).toMatchObject({
      count: 1,
      event: { format: 'audit.jsonl' },
      alsoSeen: [{ source: 'access.log' }],
    });
  }
});

it.each([
  ['one whole URL and one path', get('http://pool.example/a?b'), get('/a?b')],
  ['equal client ports, one log without a URL', from(40_000), { ...from(40_000), http: { method: 'CONNECT' } }],
])('joins %s', (_, a, b) => {
  expect(sizes(request('a', 1, a), request('b', 1.1, b))).toEqual([2]);
});

it.each([
  ['one file that tells two requests', request('a', 1), request('a', 1.1)],
  ['another moment', request('a', 1), request('b', 3)],
  ['another target', request('a', 1), request('b', 1, { dst: { domain: 'other.example', port: 443 } })],
  ['another client port', request('a', 1, from(40_000)), request('b', 1, from(40_001))],
  ['another path', request('a', 1, get('http://pool.example/a')), request('b', 1, get('/b'))],
  ['another method', request('a', 1, get('/a')), request('b', 1, { http: { method: 'POST', url: '/a' } })],
  ['another client', request('a', 1), request('b', 1, { src: { ip: '10.0.0.6' } })],
  ['neither port nor URL', request('a', 1, { http: {} }), request('b', 1, { http: {} })],
])('keeps apart: %s', (_, a, b) => {
  expect(sizes(a, b)).toEqual([1, 1]);
});

it('pairs repeated requests one to one', () => {
  const flagged = [1, 1.1, 1.2].flatMap((second) => [request('a', second), request('b', second + 0.01)]);
  expect(sizes(...flagged)).toEqual([2, 2, 2]);
});

describe('two logs tell one request', () => {
  /** Whether they do, by how far apart their stamps are; microseconds. */
  const isOne = (apart: number, cut = 1000, errorUs = 0, startsApart = apart): boolean => {
    const [a, b] = [request('a', 10), request('b', 10)].map((flagged, i): Flagged => {
      const { timed } = flagged;
      const event = { ...timed.event, time: { ...timed.event.time, stepUs: i === 0 ? cut : 1 } };
      const [at, lo] = [timed.at + apart * i, timed.at - 60_000_000 + startsApart * i] as [Micros, Micros];
      return { ...flagged, timed: { ...timed, event, at, lo, errorUs: errorUs * i } } as Flagged;
    });
    return sizes(a as Flagged, b as Flagged).length === 1;
  };

  type Apart = Parameters<typeof isOne>;
  it.each<[string, Apart, Apart]>([
    ['within a second', [1_000_000], [1_000_001]],
    ['either way', [-1_000_000], [-1_000_001]],
    ['as far as stamps are cut', [2_000_000, 1_000_000], [2_000_001, 1_000_000]],
    ['not for milliseconds', [1_000_000, 1000], [1_001_000, 1000]],
    ['as far as clocks are off', [1_300_000, 1000, 300_000], [1_300_001, 1000, 300_000]],
    ['where they began together', [9_000_000, 1000, 0, 1_000_000], [9_000_000, 1000, 0, 1_000_001]],
  ])('%s', (_, within, beyond) => {
    expect([within, beyond].map((apart) => isOne(...apart))).toEqual([true, false]);
  });
});
