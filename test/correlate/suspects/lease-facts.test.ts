import { describe, expect, it } from 'vitest';
import type { Lease } from '../../../src/correlate/leases/lease.ts';
import type { LeaseTable } from '../../../src/correlate/leases/leases.ts';
import { openLeaseFacts } from '../../../src/correlate/suspects/lease-facts.ts';
import { openSameFacts } from '../../../src/correlate/suspects/shelf.ts';
import type { Trail } from '../../../src/correlate/trail/walk.ts';

const SECOND = 1_000_000;
const lease = (source: string): Lease => ({ sandboxId: 's', ref: { source } }) as unknown as Lease;

interface Held {
  readonly leases?: readonly Lease[];
  /** That held the source address; only s where it says nothing. */
  readonly sandboxes?: readonly string[] | 'unknown';
  /** When the last lease of s ended, seconds; the flow began at 100. */
  readonly end?: number;
  readonly stated?: boolean;
}

function factsOf({ leases = [lease('a'), lease('b'), lease('c')], sandboxes = ['s'], end = 200, stated }: Held) {
  const table: Pick<LeaseTable, 'ofSandbox' | 'firstAt' | 'endOf'> = {
    ofSandbox: () => leases,
    firstAt: () => (end > 100 ? leases[1] : undefined),
    endOf: () => end * SECOND,
  };
  const explicitSandbox = stated ? { id: 's', ref: { source: 'record' } } : undefined;
  const trail = { begun: 100 * SECOND, explicitSandbox } as unknown as Trail;
  return openLeaseFacts(
    { trail, sandboxes: sandboxes === 'unknown' ? undefined : new Set(sandboxes) },
    { leases: table as LeaseTable, sameFact: openSameFacts() },
  );
}

/** What is said for and against a call in s, and by which records. */
const said = (held: Held, hasProcess = false) =>
  factsOf(held)('s', hasProcess).map(({ code, strength, refs }) => [
    `${code} ${strength}`,
    refs.map(({ source }) => source).join(),
  ]);

describe('leases', () => {
  it.each<[string, Held, readonly (readonly [string, string])[]]>([
    ['say nothing where nothing is known of the source address', { sandboxes: 'unknown' }, []],
    ['speak for the only sandbox, by the one that held it then', {}, [['lease only', 'b']]],
    ['less for one of several', { sandboxes: ['s', 't'] }, [['lease one-of-many', 'b']]],
    ['against any other', { sandboxes: ['t'] }, [['lease-excludes other-sandbox', '']]],
    ['need not be known', { leases: [], end: -Infinity }, [['lease only', '']]],
    [
      'speak against one that had stopped, by two of them',
      { end: 99 },
      [
        ['lease only', 'a'],
        ['lease-excludes ended', 'a,b'],
      ],
    ],
    ['not where it had within a second', { end: 99.000001 }, [['lease only', 'a']]],
    [
      'come behind what the record itself says',
      { stated: true },
      [
        ['explicit-id sandbox', 'record'],
        ['lease only', 'b'],
      ],
    ],
    [
      'say no more where it names one that did not hold the address',
      { stated: true, sandboxes: ['t'] },
      [['lease-excludes other-sandbox', '']],
    ],
  ])('%s', (_, held, expected) => {
    expect(said(held)).toEqual(expected);
  });

  it('do not speak against what a process record stands for, whichever was asked for before', () => {
    const facts = factsOf({ end: 99 });
    const codes = (sandboxId: string, hasProcess: boolean) => facts(sandboxId, hasProcess).map(({ code }) => code);
    const ended = ['lease', 'lease-excludes'];
    expect([codes('s', false), codes('s', true), codes('s', false)]).toEqual([ended, ['lease'], ended]);
    expect(codes('t', false)).toEqual(['lease-excludes']);
    expect(facts('t', false)).toBe(facts('t', false));
  });

  it('name the sandbox', () => {
    const says = (held: Held) => factsOf(held)('s', false).map((fact) => fact.says);
    expect(says({ sandboxes: ['s', 't'], end: 99 })).toEqual([
      's is one of 2 sandboxes behind the source address',
      's had stopped before the flow began',
    ]);
    expect(says({ stated: true })).toEqual([
      'the record itself names s as the sender',
      'only s held the source address then',
    ]);
    expect(says({ sandboxes: ['t'] })).toEqual(['s did not hold the source address then']);
  });
});
