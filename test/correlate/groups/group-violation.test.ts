import { describe, expect, it } from 'vitest';
import type { Flagged } from '../../../src/correlate/groups/group.ts';
import { toViolation } from '../../../src/correlate/groups/group-violation.ts';

interface Facts {
  readonly at?: number;
  readonly hi?: number;
  readonly stepUs?: number;
  readonly category?: string;
  readonly severity?: string;
  readonly type?: string;
  readonly count?: number;
  readonly kind?: string;
  /** How many lines the record stands for beside its own. */
  readonly repeats?: number;
}

/** A record by its line; microseconds. */
function record(line: number, facts: Facts = {}): Flagged {
  const { at = 1000, hi = at + 50, stepUs = 1, category = 'policy-violation', severity = 'medium', repeats } = facts;
  const { type = 'packet', count, kind = 'network' } = facts;
  const event = {
    kind,
    type,
    format: 'x',
    time: { at, raw: String(at), stepUs },
    ref: { source: 'log', line, offset: 0, bytes: 1 },
    ...(count === undefined ? {} : { count }),
  };
  const lines = repeats === undefined ? {} : { repeats: { lines: Array.from({ length: repeats }, (_, i) => i) } };
  return {
    timed: { event, at, lo: at, hi, errorUs: 0 },
    finding: { rule: { id: `r${line}` }, category, severity },
    ...lines,
  } as unknown as Flagged;
}

const violation = (members: readonly Flagged[], context: readonly Flagged[] = []) =>
  toViolation({ members, context: context.map(({ timed }) => timed) });

describe('the violation of several records', () => {
  const found = (...members: readonly Facts[]) => {
    const { finding } = violation(members.map((facts, i) => record(i + 1, facts)));
    return [finding.rule.id, finding.category, finding.severity];
  };

  it.each<[string, readonly Facts[], readonly string[]]>([
    ['is of the higher severity', [{}, { severity: 'high' }, { severity: 'low' }], ['r2', 'policy-violation', 'high']],
    [
      'is of the special category, with the highest severity',
      [{ severity: 'critical' }, { category: 'scan', severity: 'low' }],
      ['r2', 'scan', 'critical'],
    ],
    [
      'is of the special category, whichever is first',
      [{ category: 'scan' }, { category: 'unapproved-egress', severity: 'high' }],
      ['r1', 'scan', 'high'],
    ],
    [
      'is of the worse of two special ones',
      [{ category: 'scan', severity: 'low' }, { category: 'cryptomining' }],
      ['r2', 'cryptomining', 'medium'],
    ],
    ['is the first of equals', [{}, {}], ['r1', 'policy-violation', 'medium']],
    [
      'keeps what is only informational',
      [{ severity: 'informational' }, { severity: 'informational' }],
      ['r1', 'policy-violation', 'informational'],
    ],
  ])('%s', (_, members, expected) => {
    expect(found(...members)).toEqual(expected);
  });

  it.each<[string, readonly Facts[], number]>([
    ['each once', [{}, {}], 2],
    ['as many packets as they tell', [{ count: 3 }, { count: 4 }, {}], 8],
    ['what they stand for as well', [{ repeats: 2 }, {}], 4],
    ['a request that proxies tell, once', [{ type: 'proxy', count: 2 }, { type: 'proxy' }], 2],
    [
      'others that are of that kind by name alone',
      [
        { kind: 'dns', type: 'proxy', count: 5 },
        { kind: 'dns', type: 'proxy' },
      ],
      2,
    ],
  ])('counts %s', (_, members, count) => {
    expect(violation(members.map((facts, i) => record(i + 1, facts))).count).toBe(count);
  });

  it('is seen from its first record to its last, others without a finding included', () => {
    const [a, b, c] = [record(1, { at: 500 }), record(2, { at: 900 }), record(3, { at: 1200 })];
    expect(violation([b, a], [c])).toMatchObject({ first: 500, last: 1200 });
    expect(violation([b], [a])).toMatchObject({ first: 500, last: 900, count: 1 });
  });

  it('is placed by precise stamps, if there are any', () => {
    const coarse = (at: number) => record(at, { at, stepUs: 10_001 });
    expect(violation([coarse(1), record(2, { at: 700, stepUs: 10_000 }), coarse(5000)])).toMatchObject({
      first: 700,
      last: 700,
    });
    expect(violation([coarse(1), coarse(5000)])).toMatchObject({ first: 1, last: 5000 });
  });

  it('lasts as long as what its records stand for', () => {
    const [plain, many] = [record(1, { hi: 2000 }), record(2, { hi: 9000, repeats: 1 })];
    expect(violation([plain, many])).toMatchObject({ last: 9000, repeats: { lines: [0] } });
    expect(violation([plain, record(3, { hi: 9000 })])).toMatchObject({ last: 1000 });
    expect(violation([plain, record(3)])).not.toHaveProperty('repeats');
  });

  it('is told by its first record; all others are named in the order of their files', () => {
    const [a, b, c, d] = [record(4), record(3, { at: 2000 }), record(2, { at: 3000 }), record(1, { at: 4000 })];
    const { event, alsoSeen } = violation([c, a, b], [d]);
    expect([event.ref.line, alsoSeen.map(({ line }) => line)]).toEqual([4, [1, 2, 3]]);
  });
});

describe('the violation of one record', () => {
  it('is what the record says', () => {
    const one = record(1, { count: 3, severity: 'low', hi: 9000 });
    expect(violation([one])).toMatchObject({
      event: one.timed.event,
      finding: one.finding,
      alsoSeen: [],
      count: 3,
      first: 1000,
      last: 1000,
    });
    expect(violation([one])).not.toHaveProperty('repeats');
  });

  it('lasts as long as what it stands for', () => {
    expect(violation([record(1, { hi: 9000, repeats: 2 })])).toMatchObject({
      last: 9000,
      count: 3,
      repeats: { lines: [0, 1] },
    });
  });

  it('has the id that it has among others', () => {
    const [one, later] = [record(1), record(2, { at: 5000 })];
    expect(violation([one]).id).toBe(violation([one], [later]).id);
    expect(violation([one]).id).not.toBe(violation([later]).id);
  });
});
