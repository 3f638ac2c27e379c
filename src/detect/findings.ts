import type { Finding, Severity } from '../model/violation.ts';
import type { Rule } from './schema.ts';

/** Findings that are kept; sensors write of the same few rules over and over. */
const MOST = 5_000;

/** What a pack's rule finds by itself: the same object each time. */
export function findingsOfRules(): (rule: Rule) => Finding {
  const known = new WeakMap<Rule, Finding>();
  return (rule) => {
    const before = known.get(rule);
    if (before !== undefined) return before;
    const { id, name, category, severity, strength, attack, atlas } = rule;
    const finding = { rule: { id, name }, category, severity, strength, attack, atlas };
    known.set(rule, finding);
    return finding;
  };
}

/** What a sensor's own rule finds, of the kind that a pack's rule says it is: the same object for the same rules. */
export function findingsOfSensors(): (own: Finding['rule'], severity: Severity, kind: Rule | undefined) => Finding {
  let known = new Map<Rule | undefined, Map<string, Finding>>();
  let size = 0;
  return (own, severity, kind) => {
    const key = `${severity} ${own.id.length}:${own.id}${own.name}`;
    const before = known.get(kind)?.get(key);
    if (before !== undefined) return before;
    if (size++ >= MOST) {
      known = new Map();
      size = 1;
    }
    const finding = sensorFinding(own, severity, kind);
    const ofKind = known.get(kind) ?? new Map<string, Finding>();
    known.set(kind, ofKind.set(key, finding));
    return finding;
  };
}

function sensorFinding(rule: Finding['rule'], severity: Severity, kind: Rule | undefined): Finding {
  return {
    rule,
    category: kind?.category ?? 'policy-violation',
    severity,
    strength: 'verdict',
    attack: kind?.attack ?? [],
    atlas: kind?.atlas ?? [],
  };
}
