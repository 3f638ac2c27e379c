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

it.each<[string, number, readonly Set[], readonly string[]]>([
  [
    'a port before a whole address',
    1,
    [
      [{ destination: A }, [0]],
      [{ destination: A, transport: 'tcp', ports: port }, [0]],
    ],
    [`tcp to ${A} port 3333`],
  ],
  [
    'an address before a network',
    1,
    [
      [{ destination: '203.0.113.4/31' }, [0]],
      [{ destination: A }, [0]],
    ],
    [`to ${A}`],
  ],
  [
    'a small network before a large one, in IPv6 too',
    1,
    [
      [{ destination: '2001:db8::/120' }, [0]],
      [{ destination: '2001:db8::/127' }, [0]],
    ],
    ['to 2001:db8::/127'],
  ],
  [
    'a long name before a short one',
    1,
    [
      [{ domain: 'pool.example' }, [0]],
      [{ domain: 'a.pool.example' }, [0]],
    ],
    ['to a.pool.example and below'],
  ],
  [
    'a port before a source',
    1,
    [
      [{ source: '10.0.0.1' }, [0]],
      [{ transport: 'tcp', ports: port }, [0]],
    ],
    ['tcp to anywhere port 3333'],
  ],
  [
    'one source before all',
    1,
    [
      [{ destination: A }, [0]],
      [{ destination: A, source: '10.0.0.1' }, [0]],
    ],
    [`from 10.0.0.1 to ${A}`],
  ],
  [
    'of two that are equally narrow the first by its words',
    1,
    [
      [{ destination: B }, [0]],
      [{ destination: A }, [0]],
    ],
    [`to ${A}`],
  ],
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
