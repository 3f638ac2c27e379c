import { describe, expect, it } from 'vitest';
import { alertEvent, endpointOfCells, endpointOfPair, parseAlert, parseLabels } from '../../../src/core/network/ids.ts';
import { timeFromObserved } from '../../../src/core/time/time.ts';
import type { Micros } from '../../../src/model/time.ts';

const LABELS = '[Classification: Crypto Currency Mining] [Priority: 1]';

describe('an alert of Snort or Suricata', () => {
  it('states its rule, labels and ends', () => {
    const alert = {
      gid: '1',
      sid: '2024792',
      rev: '4',
      name: 'POLICY miner',
      category: 'Crypto Currency Mining',
      priority: '1',
      transport: 'TCP',
      src: { ip: '192.0.2.7', port: 48155 },
      dst: { ip: '198.51.100.9', port: 3333 },
      icmp: undefined,
    };
    const ends = '{TCP} 192.0.2.7:48155 -> 198.51.100.9:3333';
    expect(parseAlert(`[1:2024792:4] POLICY miner [**] ${LABELS} ${ends}`)).toStrictEqual(alert);
    expect(parseAlert(`[1:2024792:4]: POLICY miner ${LABELS} ${ends}`)).toStrictEqual(alert);
  });

  it('of ICMP has a type and a code where others have ports, if at all', () => {
    const read = (ends: string) => {
      const { icmp, src, dst } = parseAlert(`[1:2:3] x ${ends}`) ?? {};
      return { icmp, src, dst };
    };
    const ends = { src: { ip: '192.0.2.7' }, dst: { ip: '198.51.100.9' } };
    expect(read('{ICMP} 192.0.2.7:8 -> 198.51.100.9:0')).toStrictEqual({ icmp: { type: 8, code: 0 }, ...ends });
    expect(read('{ICMP} 192.0.2.7 -> 198.51.100.9')).toStrictEqual({ icmp: undefined, ...ends });
    expect(read('{UDP} 192.0.2.7:8 -> 198.51.100.9:53')).toStrictEqual({
      icmp: undefined,
      src: { ip: '192.0.2.7', port: 8 },
      dst: { ip: '198.51.100.9', port: 53 },
    });
    expect(read('{IPV6-ICMP} 2001:db8::7 -> 2001:db8::9')).toStrictEqual({
      icmp: undefined,
      src: { ip: '2001:db8::7' },
      dst: { ip: '2001:db8::9' },
    });
  });

  it.each([
    ['without a rule', 'x {TCP} 192.0.2.7:1 -> 198.51.100.9:2'],
    ['without a transport', '[1:2:3] x 192.0.2.7:1 -> 198.51.100.9:2'],
    ['without ends', '[1:2:3] x {TCP}'],
  ])('is none %s', (_, text) => {
    expect(parseAlert(text)).toBe(undefined);
  });
});

it.each<[string, string, ReturnType<typeof parseLabels>]>([
  ['all', `a b [**] ${LABELS}`, { name: 'a b', category: 'Crypto Currency Mining', priority: '1' }],
  ['a message alone', ' a b ', { name: 'a b', category: undefined, priority: undefined }],
  ['labels alone', LABELS, { name: undefined, category: 'Crypto Currency Mining', priority: '1' }],
  ['a message behind its interface', '<eth0> a b [Priority: 2]', { name: 'a b', category: undefined, priority: '2' }],
  ['a message in quotes', '"a b" [AppID: ssl]', { name: 'a b', category: undefined, priority: undefined }],
])('labels are %s', (_, text, expected) => {
  expect(parseLabels(text)).toStrictEqual(expected);
});

it.each<[string, string | undefined, object]>([
  ['192.0.2.7:443', 'TCP', { ip: '192.0.2.7', port: 443 }],
  ['192.0.2.7', 'TCP', { ip: '192.0.2.7' }],
  ['192.0.2.7:0', 'TCP', { ip: '192.0.2.7' }],
  ['2001:db8::7:443', 'tcp', { ip: '2001:db8::7', port: 443 }],
  ['2001:db8::7:443', 'IPV6-ICMP', { ip: '2001:db8::7:443' }],
  ['2001:db8::7:443', undefined, { ip: '2001:db8::7:443' }],
  ['[2001:db8::7]:443', 'UDP', { ip: '2001:db8::7', port: 443 }],
  ['2001:db8::7:0', 'UDP', { ip: '2001:db8::7' }],
  ['gw.example:443', 'TCP', {}],
  ['', 'TCP', {}],
])('the end %j of %s', (text, transport, expected) => {
  expect(endpointOfPair(text, transport)).toStrictEqual(expected);
});

it('an end of two cells has no port 0', () => {
  expect([
    endpointOfCells('192.0.2.7', '443'),
    endpointOfCells('192.0.2.7', 0),
    endpointOfCells('x', undefined),
  ]).toStrictEqual([{ ip: '192.0.2.7', port: 443 }, { ip: '192.0.2.7' }, {}]);
});

describe('the event of an alert', () => {
  const record = { text: '', ref: { source: 'x', line: 1, offset: 0, bytes: 0 }, host: 'gw' };
  const alert = { gid: '1', sid: '2', rev: '3', src: { ip: '192.0.2.7' }, dst: { ip: '198.51.100.9' } };
  const facts = { format: 'x', clock: 'x', time: timeFromObserved(7 as Micros), ruleId: '2' };

  it.each([
    ['Drop', 'deny'],
    ['blocked', 'deny'],
    ['denied', 'deny'],
    ['sdrop', 'deny'],
    ['allowed', 'allow'],
    ['pass', 'allow'],
    ['wDrop', 'alert'],
    [undefined, 'alert'],
  ] as const)('is, where the record says %s, of the action %s', (actionRaw, action) => {
    expect(alertEvent(record, alert, { ...facts, actionRaw }).action).toBe(action);
  });

  it.each([
    ['1', 3],
    ['4', 0],
    ['9', 0],
    ['0', undefined],
    [undefined, undefined],
  ])('has of priority %s the severity %s', (priority, severity) => {
    expect(alertEvent(record, { ...alert, priority }, facts).severity).toBe(severity);
  });

  it('has what its record knows besides', () => {
    expect(alertEvent(record, { ...alert, name: 'n', category: 'c', transport: 'UDP' }, facts)).toMatchObject({
      type: 'alert',
      host: 'gw',
      transport: 'udp',
      rule: { id: '2', name: 'n', category: 'c' },
    });
    expect(alertEvent(record, alert, { ...facts, more: { host: 'own', flowId: '9' } })).toMatchObject({
      host: 'own',
      flowId: '9',
    });
  });
});
