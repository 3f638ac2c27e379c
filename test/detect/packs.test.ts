import { describe, expect, it } from 'vitest';
import {
  createCommandClassifier,
  createDetector,
  describeRules,
  type RulePack,
  rulePacks,
} from '../../src/detect/index.ts';
import { rulePack } from '../../src/detect/schema.ts';
import type { Finding } from '../../src/model/violation.ts';
import { approved, exampleEvent } from './events.ts';

type Rule = RulePack['rules'][number];
type Example = Rule['examples']['fire'][number];

/** Does this rule, alone, name its own category for the example? */
function fires(rule: Rule, example: Example): boolean {
  const packs = [{ id: 'one', title: 'one rule', rules: [rule] }];
  if ('command' in example && typeof example.command === 'string' && !('kind' in example)) {
    return createCommandClassifier(packs)(example.command).length > 0;
  }
  const { approved: domains, ...fields } = example as { approved?: string[] };
  // A weak rule makes no violation; raised to strong, its conditions can be tried.
  const tried = rule.strength === 'weak' ? { ...rule, strength: 'strong' as const } : rule;
  const detector = createDetector([{ id: 'one', title: 'one rule', rules: [tried] }], {
    inventory: approved(...(domains ?? [])),
  });
  return isOf(rule, detector.observe(exampleEvent(fields)));
}

/** Sensor verdicts keep the sensor's rule, so the rule shows in the techniques and the severity. */
function isOf(rule: Rule, finding: Finding | undefined): boolean {
  if (finding === undefined) return false;
  if (finding.strength !== 'verdict') return finding.rule.id === rule.id;
  const { category, severity, attack } = finding;
  return category === rule.category && severity === rule.severity && attack.join() === rule.attack.join();
}

const rules = rulePacks.flatMap((pack) => pack.rules.map((rule) => [rule.id, rule] as const));

describe.each(rules)('%s', (_id, rule) => {
  it.each(rule.examples.fire.map((example) => [JSON.stringify(example), example] as const))(
    'fires on %s',
    (_t, one) => {
      expect(fires(rule, one)).toBe(true);
    },
  );
  it.each(rule.examples.quiet.map((example) => [JSON.stringify(example), example] as const))(
    'keeps quiet on %s',
    (_t, one) => {
      expect(fires(rule, one)).toBe(false);
    },
  );
});

describe('rule packs', () => {
  it.each(rulePacks.map((pack) => [pack.id, pack] as const))(
    '%s is as its schema reads it, fields in order',
    (_, pack) => {
      expect(JSON.stringify(pack)).toBe(JSON.stringify(rulePack.parse(pack)));
    },
  );

  it('name each rule once', () => {
    const ids = rules.map(([id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are described row by row for listings', () => {
    const rows = describeRules(rulePacks);
    expect(rows).toHaveLength(rules.length);
    for (const row of rows) expect(row.references.length).toBeGreaterThan(0);
  });

  it('refuse a condition that would match everything and a pattern that is none', () => {
    const [first] = rulePacks;
    const broken = (any: unknown): boolean =>
      rulePack.safeParse({ ...first, rules: [{ ...first?.rules[0], strength: 'strong', any }] }).success;
    expect(broken([{ on: ['dns'], domain: 'x' }])).toBe(true);
    expect(broken([{ on: ['dns'] }])).toBe(false);
    expect(broken([{ on: ['dns'], domain: '(' }])).toBe(false);
  });
});
