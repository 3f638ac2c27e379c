import { describe, expect, it } from 'vitest';
import {
  actionOf,
  bytesOf,
  clockOf,
  directionOf,
  dnsEvent,
  endpointOf,
  hasPorts,
  isPlaced,
  nameOf,
  nanoTimeOf,
  natOf,
  networkEvent,
  podName,
  ruleOf,
  severityOf,
  stampOf,
  timeOf,
  wordOf,
} from '../../../src/core/network/network.ts';
import type { RawRecord } from '../../../src/model/source.ts';
import type { Micros } from '../../../src/model/time.ts';

const SEEN = 1_795_454_343_000_000 as Micros;
const record: RawRecord = { text: '', ref: { source: 'x', line: 1, offset: 0, bytes: 0 } };

it.each([
  ['deny', ['DENY', 'denied', 'drop', 'Dropped', 'reject', 'blocked', 'reset-both', 'prevented', 'refused', 'discard']],
  ['allow', ['ALLOW', 'allowed', 'Accept', 'permit', 'permitted', 'pass', 'passed', 'forwarded']],
  ['alert', ['alert', 'Detected', 'audit', 'would block', 'would-deny']],
  ['unknown', ['', 'close', 'not allowed', 'undeny', undefined]],
] as const)('words of vendors that mean %s', (action, words) => {
  for (const word of words) expect([word, actionOf(word)]).toEqual([word, action]);
});

it.each([
  ['inbound', ['ingress', 'INBOUND', 'in', 'I']],
  ['outbound', ['egress', 'Outbound', 'out', 'o']],
  ['internal', ['internal', 'Lateral']],
  [undefined, ['', 'inner', 'outside', 1, undefined]],
] as const)('words of vendors for the direction %s', (direction, words) => {
  for (const word of words) expect([word, directionOf(word)]).toEqual([word, direction]);
});

it('severities are 0 to 4, in the order of their words', () => {
  const words = ['debug', 'INFO', 'informational', 'notice', 'low', 'warning', 'Medium', 'alert', 'high', 'critical'];
  expect(words.map(severityOf)).toEqual([0, 0, 0, 1, 1, 2, 2, 3, 3, 4]);
  expect([severityOf('fatal'), severityOf('odd'), severityOf('constructor'), severityOf(undefined)]).toEqual([
    4,
    undefined,
    undefined,
    undefined,
  ]);
});

it.each<[string, unknown[], object]>([
  ['an address and a port', ['192.0.2.7', '443'], { ip: '192.0.2.7', port: 443 }],
  ['an address and its name', ['192.0.2.7', 443, 'A.Example.'], { ip: '192.0.2.7', port: 443, domain: 'a.example' }],
  ['a name in the place of the address', ['A.example', 53], { port: 53, domain: 'a.example' }],
  [
    'the name rather than what stands in the place of the address',
    ['b.example', 53, 'a.example'],
    { port: 53, domain: 'a.example' },
  ],
  ['nothing of placeholders', ['-', '-', '-'], {}],
  ['nothing of nothing', [undefined], {}],
])('an endpoint is %s', (_, [address, port, domain], expected) => {
  expect(endpointOf(address, port, domain)).toStrictEqual(expected);
});

it('is placed by an address or a name, not by a port', () => {
  expect([{ ip: '192.0.2.7' }, { domain: 'a.example' }, { port: 53 }, {}].map(isPlaced)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('ports mean something for TCP, UDP and SCTP, and where no transport is named', () => {
  expect(['tcp', 'udp', 'sctp', undefined, 'icmp', 'gre'].map(hasPorts)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

it('what is empty is absent: words, rules, translations, octets, pods', () => {
  expect(['', ' ', '-', '<nil>', undefined, ' a ', 7].map(wordOf)).toEqual([...Array(5).fill(undefined), 'a', '7']);
  expect([ruleOf('-'), ruleOf('n', 7, 'c'), ruleOf(undefined, 'i')]).toStrictEqual([
    undefined,
    { id: '7', name: 'n', category: 'c' },
    { id: 'i' },
  ]);
  expect([natOf({}, {}), natOf({ ip: '192.0.2.1', port: 1 }, { ip: '192.0.2.2', port: 2 })]).toStrictEqual([
    undefined,
    { srcIp: '192.0.2.1', srcPort: 1, dstIp: '192.0.2.2', dstPort: 2 },
  ]);
  expect([bytesOf(undefined), bytesOf('7'), bytesOf(undefined, 0)]).toStrictEqual([
    undefined,
    { toDst: 7 },
    { toSrc: 0 },
  ]);
  expect([podName('n', '-'), podName('-', 'p'), podName('n', 'p')]).toEqual([undefined, 'p', 'n/p']);
});

it('a name that is asked for is lower case and without the final dot, also where it looks like an address', () => {
  expect(['A.Example.', '1.0.2.192.in-addr.arpa', '192.0.2.1', 'a..'].map(nameOf)).toEqual([
    'a.example',
    '1.0.2.192.in-addr.arpa',
    '192.0.2.1',
    'a.',
  ]);
});

it('the clock of a field is that of the host whose records it stamps', () => {
  expect([clockOf('ts', undefined), clockOf('ts', 'gw')]).toEqual(['ts', 'ts@gw']);
});

describe('the time of a record', () => {
  it.each<[unknown, number | undefined]>([
    ['2026-11-23T17:19:03Z', SEEN],
    [1_795_454_343, SEEN],
    ['1795454343', SEEN],
    [0, undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    [Infinity, undefined],
    ['no stamp', undefined],
    [undefined, undefined],
    [{}, undefined],
  ])('%j is the moment %s', (value, at) => {
    expect(stampOf(value)?.at).toBe(at);
  });

  it('goes by the zone where its stamp names none', () => {
    expect(stampOf('2026-11-23T18:19:03', 60)?.at).toBe(SEEN);
    expect(timeOf('2026-11-23T18:19:03', record, { basis: 'completion' }, 60).at).toBe(SEEN);
  });

  it('is its stamp, as it stands there', () => {
    expect(timeOf('2026-11-23T17:19:03Z', record, { basis: 'completion' })).toMatchObject({
      at: SEEN,
      raw: '2026-11-23T17:19:03Z',
      basis: 'completion',
      stepUs: 1_000_000,
    });
  });

  it('is the moment in which its wrapper saw it, where it has no stamp: what it tells was before', () => {
    const seen = { ...record, observed: SEEN };
    expect(timeOf('', seen, { basis: 'completion', beforeUs: 500 })).toMatchObject({ at: SEEN, lo: SEEN - 500 });
    expect(timeOf('', seen, { basis: 'completion' })).toMatchObject({ lo: SEEN });
    expect(timeOf('', seen, { basis: 'completion', observed: (SEEN - 5) as Micros }).at).toBe(SEEN - 5);
    const bounds = { lo: (SEEN - 9) as Micros, hi: (SEEN + 9) as Micros };
    expect(timeOf('', seen, { basis: 'completion', beforeUs: 500, ...bounds })).toMatchObject(bounds);
    expect(timeOf('', record, { basis: 'completion' }).basis).toBe('none');
  });

  it('is no coarser where final zeros of nanoseconds were cut', () => {
    expect(nanoTimeOf('2026-11-23T17:19:03Z', record, { basis: 'completion' })).toMatchObject({
      at: SEEN,
      hi: SEEN,
      stepUs: 1,
    });
  });
});

it('an event has what is stated, and where its wrapper saw it unless it says so itself', () => {
  const wrapped = { ...record, host: 'gw', containerId: 'c1' };
  const time = timeOf(SEEN, record, { basis: 'completion' });
  const fields = { time, format: 'x', clock: 'x', type: 'flow', action: 'deny', src: {}, dst: {} } as const;
  expect(networkEvent(wrapped, { ...fields, transport: undefined, pid: 7 } as never)).toStrictEqual({
    kind: 'network',
    ref: record.ref,
    host: 'gw',
    containerId: 'c1',
    ...fields,
    pid: 7,
  });
  expect(networkEvent(wrapped, { ...fields, host: 'own' } as never).host).toBe('own');
  expect(dnsEvent(wrapped, { time, format: 'x', clock: 'x', op: 'query', name: 'a.example' } as never)).toStrictEqual({
    kind: 'dns',
    ref: record.ref,
    host: 'gw',
    time,
    format: 'x',
    clock: 'x',
    op: 'query',
    name: 'a.example',
  });
});
