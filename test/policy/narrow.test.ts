import { expect, it } from 'vitest';
import type { Rule } from '../../src/model/policy.ts';
import { narrowed } from '../../src/policy/narrow.ts';
import { ruleText } from '../../src/policy/rule.ts';

type Set = readonly [rule: Omit<Rule, 'action'>, covers: readonly number[], hits?: readonly number[]];

/** Rules that take the place of the first `chosen` sets. */
function narrow(chosen: number, sets: readonly Set[]): readonly string[] {
  const problem = {
    elements: [1, 1, 1],
    penalties: [1, 1],
    sets: sets.map(([, covers, hits = []]) => ({ covers, hits })),
  };
  const rules = sets.map(([rule]): Rule => ({ ...rule, action: 'deny' }));
  return narrowed([...sets.keys()].slice(0, chosen), rules, problem).map((rule) => ruleText(rule).slice(5));
}

const port = [3333, 3333] as const;
const [A, B] = ['203.0.113.4', '203.0.113.5'];

it.each<[string, Omit<Rule, 'action'>, Omit<Rule, 'action'>, string]>([
  [
    'a port before a whole address',
    { destination: A, transport: 'tcp', ports: port },
    { destination: A },
    `tcp to ${A} port 3333`,
  ],
  ['a protocol before a whole address', { destination: B, transport: 'tcp' }, { destination: A }, `tcp to ${B}`],
  ['an address before a network', { destination: A }, { destination: '203.0.113.4/31' }, `to ${A}`],
  [
    'a small network before a large one',
    { destination: '203.0.113.4/31' },
    { destination: '203.0.113.0/24' },
    'to 203.0.113.4/31',
  ],
  ['the same in IPv6', { destination: '2001:db8::/127' }, { destination: '2001:db8::/120' }, 'to 2001:db8::/127'],
  [
    'an address of the one family before a network of the other',
    { destination: '2001:db8::1' },
    { destination: '203.0.113.4/31' },
    'to 2001:db8::1',
  ],
  [
    'a long name before a short one',
    { domain: 'z.pool.example' },
    { domain: 'pool.example' },
    'to z.pool.example and below',
  ],
  ['a name before a port', { domain: 'pool.example' }, { transport: 'tcp', ports: port }, 'to pool.example and below'],
  [
    'a name before a network',
    { domain: 'pool.example' },
    { destination: '203.0.113.4/31' },
    'to pool.example and below',
  ],
  ['a port before a source', { transport: 'tcp', ports: port }, { source: '10.0.0.1' }, 'tcp to anywhere port 3333'],
  ['one source before all', { destination: B, source: '10.0.0.1' }, { destination: B }, `from 10.0.0.1 to ${B}`],
  ['of two that are equally narrow the first by its words', { destination: A }, { destination: B }, `to ${A}`],
])('the narrower rule, whichever was chosen: %s', (_, narrower, wider, rule) => {
  expect(
    narrow(1, [
      [narrower, [0]],
      [wider, [0]],
    ]),
  ).toEqual([rule]);
  expect(
    narrow(1, [
      [wider, [0]],
      [narrower, [0]],
    ]),
  ).toEqual([rule]);
});

it.each<[string, number, readonly Set[], readonly string[]]>([
  [
    'not one that misses a flow',
    1,
    [
      [{ destination: '203.0.113.4/31' }, [0, 1]],
      [{ destination: A }, [0]],
    ],
    ['to 203.0.113.4/31'],
  ],
  [
    'one that misses what another rule matches',
    2,
    [
      [{ destination: '203.0.113.4/31' }, [0, 1]],
      [{ destination: B, transport: 'tcp' }, [1]],
      [{ destination: A, transport: 'tcp' }, [0]],
    ],
    [`tcp to ${A}`, `tcp to ${B}`],
  ],
  [
    'not one that breaks more',
    1,
    [
      [{ destination: '203.0.113.4/31' }, [0]],
      [{ destination: A }, [0], [0]],
    ],
    ['to 203.0.113.4/31'],
  ],
  [
    'one that breaks what another rule breaks anyhow',
    2,
    [
      [{ destination: '203.0.113.4/31' }, [0]],
      [{ destination: B, transport: 'tcp' }, [1], [0]],
      [{ destination: A }, [0], [0]],
    ],
    [`to ${A}`, `tcp to ${B}`],
  ],
  [
    'nothing in the place of a rule whose flows others match',
    2,
    [
      [{ destination: '203.0.113.4/31' }, [0]],
      [{ destination: B }, [0]],
      [{ destination: A }, [1]],
    ],
    ['to 203.0.113.4/31', `to ${B}`],
  ],
])('the narrower rule: %s', (_, chosen, sets, rules) => expect(narrow(chosen, sets)).toEqual(rules));
