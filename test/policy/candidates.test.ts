import { describe, expect, it } from 'vitest';
import type { FlowEnds } from '../../src/model/policy.ts';
import { allowCandidates, denyCandidates } from '../../src/policy/candidates.ts';
import { ruleText } from '../../src/policy/rule.ts';

const deny = (bad: readonly FlowEnds[], good: readonly FlowEnds[] = []): readonly string[] =>
  denyCandidates(bad, good).map(ruleText);

const to = (ip: string, port = 3333): FlowEnds => ({ ip, port, transport: 'tcp' });
const from = (source: string, flow: FlowEnds): FlowEnds => ({ ...flow, source });

describe('rules against one flow', () => {
  it.each<[string, FlowEnds, readonly string[]]>([
    [
      'to a port',
      to('203.0.113.5'),
      ['deny tcp to 203.0.113.5 port 3333', 'deny to 203.0.113.5', 'deny tcp to anywhere port 3333'],
    ],
    [
      'to a port that carries everything',
      to('203.0.113.5', 443),
      ['deny tcp to 203.0.113.5 port 443', 'deny to 203.0.113.5'],
    ],
    [
      'of a protocol without ports',
      { ip: '203.0.113.5', port: 8, transport: 'icmp' },
      ['deny icmp to 203.0.113.5', 'deny to 203.0.113.5'],
    ],
    [
      'to no port that is known',
      { ip: '203.0.113.5', transport: 'tcp' },
      ['deny tcp to 203.0.113.5', 'deny to 203.0.113.5'],
    ],
    [
      'of a protocol that targets do not know',
      { ip: '203.0.113.5', port: 8, transport: 'gre' },
      ['deny to 203.0.113.5'],
    ],
    ['of no protocol that is known', { ip: '203.0.113.5', port: 8 }, ['deny to 203.0.113.5']],
    [
      'to a name',
      { domain: 'a.b.pool.example' },
      ['deny to a.b.pool.example and below', 'deny to b.pool.example and below', 'deny to pool.example and below'],
    ],
    ['to a name below which anybody registers', { domain: 'github.io' }, ['deny to github.io and below']],
    ['to text that is no name', { domain: 'pool.example;drop' }, []],
    ['to text that is no address', to('203.0.113.5;drop'), ['deny tcp to anywhere port 3333']],
  ])('%s', (_, flow, rules) => expect(deny([flow])).toEqual(rules));
});

describe('rules against a network', () => {
  const networks = (...given: Parameters<typeof deny>): readonly string[] =>
    deny(...given).filter((rule) => rule.includes('/'));

  it.each<[string, readonly FlowEnds[], readonly FlowEnds[], readonly string[]]>([
    [
      'of neighbours',
      [to('203.0.113.4'), to('203.0.113.5')],
      [],
      ['deny tcp to 203.0.113.4/31 port 3333', 'deny to 203.0.113.4/31'],
    ],
    ['of neighbours on other ports', [to('203.0.113.4'), to('203.0.113.5', 99)], [], ['deny to 203.0.113.4/31']],
    [
      'of neighbours in IPv6',
      [to('2001:db8::4'), to('2001:db8::5')],
      [],
      ['deny tcp to 2001:db8::4/127 port 3333', 'deny to 2001:db8::4/127'],
    ],
    [
      'of which a fourth was seen',
      [to('203.0.113.0'), to('203.0.113.7')],
      [],
      ['deny tcp to 203.0.113.0/29 port 3333', 'deny to 203.0.113.0/29'],
    ],
    ['of which less was seen', [to('203.0.113.0'), to('203.0.113.8')], [], []],
    ['of one', [to('203.0.113.4')], [], []],
    ['of two families', [to('203.0.113.4'), to('2001:db8::5')], [], []],
    ['with a good one in it', [to('203.0.113.4'), to('203.0.113.6')], [to('203.0.113.5')], []],
    [
      'with a good one beside it',
      [to('203.0.113.4'), to('203.0.113.5')],
      [to('203.0.113.6'), to('2001:db8::5'), { domain: 'a.example' }],
      ['deny tcp to 203.0.113.4/31 port 3333', 'deny to 203.0.113.4/31'],
    ],
  ])('%s', (_, bad, good, rules) => expect(networks(bad, good)).toEqual(rules));
});

describe('rules against a source', () => {
  const bad = from('10.0.0.1', to('203.0.113.4'));
  const [alone, there] = ['deny from 10.0.0.1 to anywhere', 'deny tcp from 10.0.0.1 to 203.0.113.4 port 3333'];
  const sources = (...given: Parameters<typeof deny>): readonly string[] =>
    deny(...given).filter((rule) => rule.includes('from'));

  it.each<[string, readonly FlowEnds[], readonly FlowEnds[], readonly string[]]>([
    ['whose good traffic nobody saw', [bad], [], []],
    ['whose good traffic goes elsewhere', [bad], [from('10.0.0.1', to('203.0.113.9'))], [alone]],
    ['that alone uses the destination', [bad], [bad], [alone]],
    ['among others at the destination', [bad], [from('10.0.0.2', to('203.0.113.4'))], [there]],
    ['among others at another port', [bad], [from('10.0.0.2', to('203.0.113.4', 99))], []],
    ['that is no address', [from('h;drop', to('203.0.113.4'))], [from('h;drop', to('203.0.113.4')), bad], []],
    [
      'among others at a name',
      [{ source: '10.0.0.1', domain: 'a.example' }],
      [{ source: '10.0.0.2', domain: 'a.example' }],
      [],
    ],
  ])('%s', (_, flows, good, rules) => expect(sources(flows, good)).toEqual(rules));
});

it('good flows are let through by destination, by network and port, and by name: never a port or a source as a whole', () => {
  const pair = [from('10.0.0.1', to('203.0.113.4')), to('203.0.113.5')];
  const good = [...pair, { domain: 'a.b.example' }, { ip: '192.0.2.2' }, { ip: '192.0.2.3' }];
  expect(allowCandidates(good).map(ruleText)).toEqual([
    'allow tcp to 203.0.113.4 port 3333',
    'allow tcp to 203.0.113.5 port 3333',
    'allow to a.b.example and below',
    'allow to b.example and below',
    'allow to 192.0.2.2',
    'allow to 192.0.2.3',
    'allow tcp to 203.0.113.4/31 port 3333',
  ]);
});
