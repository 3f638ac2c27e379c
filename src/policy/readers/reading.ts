import type { Policy, Rule } from '../../model/policy.ts';
import { contains, parseNetwork } from '../address.ts';

/** A policy, or why the file cannot be replayed. A rule that is not understood is a problem, never skipped. */
export type Reading = { readonly policy: Policy } | { readonly problem: string };

/**
 * Every combination of alternatives: a rule with two addresses and three ports is six rules. Where two of them speak of one field,
 * both hold; those that never hold together make no rule.
 */
export function combined(action: Rule['action'], alternatives: readonly (readonly Partial<Rule>[])[]): readonly Rule[] {
  return alternatives.reduce<readonly Rule[]>(
    (rules, parts) => rules.flatMap((rule) => parts.flatMap((part) => both(rule, part) ?? [])),
    [{ action }],
  );
}

function both(rule: Rule, part: Partial<Rule>): Rule | undefined {
  const met: { -readonly [K in keyof Rule]?: Rule[K] } = {};
  if (rule.transport !== undefined && part.transport !== undefined && rule.transport !== part.transport)
    return undefined;
  for (const end of ['source', 'destination'] as const) {
    const [one, two] = [rule[end], part[end]];
    if (one === undefined || two === undefined) continue;
    const inner = [one, two].find((text) => isWithin(text, one) && isWithin(text, two));
    if (inner === undefined) return undefined;
    met[end] = inner;
  }
  if (rule.ports !== undefined && part.ports !== undefined) {
    met.ports = [Math.max(rule.ports[0], part.ports[0]), Math.min(rule.ports[1], part.ports[1])];
    if (met.ports[0] > met.ports[1]) return undefined;
  }
  return { ...rule, ...part, ...met };
}

function isWithin(inner: string, outer: string): boolean {
  const [own, other] = [parseNetwork(inner), parseNetwork(outer)];
  return own !== undefined && other !== undefined && contains(other, own);
}

/** `443`, `8000-8080` (or another sign between); undefined for anything else. */
export function portRange(text: string, dash = '-'): readonly [number, number] | undefined {
  const [from = '', to = from, ...more] = text.split(dash);
  if (more.length > 0 || !/^\d{1,5}$/.test(from) || !/^\d{1,5}$/.test(to)) return undefined;
  return Number(from) <= Number(to) && Number(to) <= 65_535 ? [Number(from), Number(to)] : undefined;
}

export function isAddress(text: string): boolean {
  return parseNetwork(text) !== undefined;
}
