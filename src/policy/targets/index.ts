import type { NightFlows, Suggestion } from '../../model/policy.ts';
import { type BadFlow, effectOf } from '../effect.ts';
import { alibabaCloudFirewall } from './alibaba-cloud-firewall.ts';
import { cilium } from './cilium.ts';
import { json } from './json.ts';
import { networkpolicy } from './networkpolicy.ts';
import { nftables } from './nftables.ts';
import { awf, srt } from './sandboxes.ts';
import { squid } from './squid.ts';
import type { Plan, Target } from './target.ts';

/** Every policy language that can be written. */
export const targets: readonly Target[] = [
  nftables,
  networkpolicy,
  cilium,
  alibabaCloudFirewall,
  squid,
  awf,
  srt,
  json,
];

export interface Night {
  readonly bad: readonly BadFlow[];
  readonly flows: NightFlows;
  readonly command: string;
}

/** Splits a suggestion into what the target can say and what it cannot, and counts what the former does. */
export function planFor(target: Target, suggestion: Suggestion, { bad, flows, command }: Night): Plan {
  const isExpressed = suggestion.rules.map(({ rule }) => target.can(rule, suggestion.mode));
  const expressed = suggestion.rules.filter((_, index) => isExpressed[index]);
  const policy = {
    default: suggestion.mode === 'deny' ? ('allow' as const) : ('deny' as const),
    scope: target.scope,
    rules: expressed.map(({ rule }) => target.means?.(rule) ?? rule),
  };
  return {
    suggestion,
    expressed,
    unexpressed: suggestion.rules.filter((_, index) => !isExpressed[index]),
    effect: effectOf(policy, bad, flows),
    command,
  };
}
