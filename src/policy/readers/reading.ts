import type { Policy, Rule } from '../../model/policy.ts';
import { parseNetwork } from '../address.ts';

/** A policy, or why the file cannot be replayed. A rule that is not understood is a problem, never skipped. */
export type Reading = { readonly policy: Policy } | { readonly problem: string };

/** Every combination of alternatives: a rule with two addresses and three ports is six rules. */
export function combined(action: Rule['action'], alternatives: readonly (readonly Partial<Rule>[])[]): readonly Rule[] {
  return alternatives.reduce<readonly Rule[]>(
    (rules, parts) => rules.flatMap((rule) => parts.map((part) => ({ ...rule, ...part }))),
    [{ action }],
  );
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
