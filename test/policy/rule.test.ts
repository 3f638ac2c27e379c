import { describe, expect, it } from 'vitest';
import type { FlowEnds, Rule } from '../../src/model/policy.ts';
import { matcher, placeText, portsText, ruleText } from '../../src/policy/rule.ts';

const FLOW: FlowEnds = { source: '10.0.0.5', ip: '192.0.2.9', domain: 'a.relay.example', port: 443, transport: 'tcp' };
const without = (...names: readonly (keyof FlowEnds)[]): FlowEnds =>
  Object.fromEntries(Object.entries(FLOW).filter(([name]) => !names.includes(name as keyof FlowEnds)));
const rule = (facts: Partial<Rule>): Rule => ({ action: 'deny', ...facts }) as Rule;

describe('a rule', () => {
  it.each<[string, Partial<Rule>, FlowEnds, boolean]>([
    ['of nothing holds all', {}, {}, true],
    ['of a transport', { transport: 'tcp' }, FLOW, true],
    ['of another transport', { transport: 'udp' }, FLOW, false],
    ['of a transport that is not recorded', { transport: 'tcp' }, without('transport'), false],
    ['of a port', { ports: [443, 443] }, FLOW, true],
    ['up to a port', { ports: [1, 443] }, FLOW, true],
    ['from a port on', { ports: [443, 500] }, FLOW, true],
    ['of ports below', { ports: [1, 442] }, FLOW, false],
    ['of ports above', { ports: [444, 500] }, FLOW, false],
    ['of a port that is not recorded', { ports: [0, 65_535] }, without('port'), false],
    ['of a name and those below it', { domain: 'relay.example' }, FLOW, true],
    ['of a name itself', { domain: 'a.relay.example' }, FLOW, true],
    ['of one that only ends the same', { domain: 'elay.example' }, FLOW, false],
    ['of that name alone', { domain: 'a.relay.example', names: 'exact' }, FLOW, true],
    ['of a name alone that is above', { domain: 'relay.example', names: 'exact' }, FLOW, false],
    ['of names below', { domain: 'relay.example', names: 'below' }, FLOW, true],
    ['of names below its own', { domain: 'a.relay.example', names: 'below' }, FLOW, false],
    ['of a name that is not recorded', { domain: 'relay.example' }, without('domain'), false],
    ['of a source', { source: '10.0.0.0/8' }, FLOW, true],
    ['of another source', { source: '10.0.1.0/24' }, FLOW, false],
    ['of a source that is not recorded', { source: '0.0.0.0/0' }, without('source'), false],
    ['of a destination', { destination: '192.0.2.0/24' }, FLOW, true],
    ['of another destination', { destination: '198.51.100.0/24' }, FLOW, false],
    ['of a destination that is not recorded', { destination: '192.0.2.0/24' }, without('ip'), false],
    ['of every destination, one that is not recorded among them', { destination: '0.0.0.0/0' }, without('ip'), true],
    ['of every destination of the other family', { destination: '::/0' }, FLOW, false],
    [
      'of every destination but this',
      { destination: '0.0.0.0/0', except: ['198.51.100.0/24', '192.0.2.0/28'] },
      FLOW,
      false,
    ],
    ['of every destination but others', { destination: '0.0.0.0/0', except: ['198.51.100.0/24'] }, FLOW, true],
    ['of what is no network', { destination: 'x' }, FLOW, false],
    [
      'of all of it',
      { transport: 'tcp', ports: [443, 443], domain: 'relay.example', source: '10.0.0.5', destination: '192.0.2.9' },
      FLOW,
      true,
    ],
  ])('%s', (_, facts, flow, expected) => {
    expect(matcher(rule(facts))(flow)).toBe(expected);
  });

  it.each<[Partial<Rule>, string]>([
    [{}, 'deny to anywhere'],
    [
      { transport: 'tcp', source: '10.0.0.5', destination: '192.0.2.9', ports: [1, 9] },
      'deny tcp from 10.0.0.5 to 192.0.2.9 port 1-9',
    ],
    [
      { destination: '0.0.0.0/0', except: ['192.0.2.0/24', '198.51.100.9'] },
      'deny to 0.0.0.0/0 except 192.0.2.0/24, 198.51.100.9',
    ],
    [{ domain: 'relay.example', ports: [53, 53] }, 'deny to relay.example and below port 53'],
    [{ domain: 'relay.example', names: 'exact' }, 'deny to relay.example'],
    [{ domain: 'relay.example', names: 'below' }, 'deny to names below relay.example'],
  ])('%j is said in words', (facts, words) => {
    expect(ruleText(rule(facts))).toBe(words);
  });
});

it('ports are one, or from one to another', () => {
  expect([portsText([80, 80]), portsText([80, 90]), portsText([80, 90], ':')]).toEqual(['80', '80-90', '80:90']);
});

it('the place of a flow is named by all that is known of it', () => {
  const places = [FLOW, without('domain', 'transport'), without('ip', 'port'), without('ip', 'domain')].map(placeText);
  expect(places).toEqual([
    'a.relay.example:443 at 192.0.2.9 tcp',
    '192.0.2.9:443',
    'a.relay.example tcp',
    'destination not recorded',
  ]);
});
