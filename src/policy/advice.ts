import type { FlowGroup, NightFlows, PlaceCount, PolicyAdvice, PolicyFile, Rule, Suggestion } from '../model/policy.ts';
import type { Report } from '../model/report.ts';
import { type BadFlow, badFlowsOf, effectOf } from './effect.ts';
import { placeText, ruleText } from './rule.ts';
import { policyOf, suggestPolicy } from './suggest.ts';
import { planFor, targets } from './targets/index.ts';
import { nftables } from './targets/nftables.ts';
import { headline } from './text.ts';

/** What would have stopped the proven and likely violations of a night, in words and as nftables. `command` wrote the file. */
export function advisePolicy(report: Report, flows: NightFlows, command: string): PolicyAdvice {
  const bad = badFlowsOf(report, flows, 'likely');
  const suggestion = suggestPolicy(report, flows);
  return {
    is: 'suggested',
    says: headline(suggestion),
    good: suggestion.effect.good,
    changes: suggestion.rules.map(({ rule, matches, breaks, incidents }) => ({
      says: ruleText(rule),
      stops: matches,
      breaks,
      breaking: breaks === 0 ? [] : effectOf(policyOf('deny', [rule]), bad, flows).breaking.map(placed),
      incidents,
    })),
    remaining: suggestion.effect.remaining.map(placed),
    leftOut: suggestion.leftOut,
    file: fileOf(suggestion, { report, flows, bad, command }),
  };
}

interface Night {
  readonly report: Report;
  readonly flows: NightFlows;
  readonly bad: readonly BadFlow[];
  readonly command: string;
}

/** Rules that the product has no words for are replaced by its own where these cost no more. */
function fileOf(smallest: Suggestion, { report, flows, bad, command }: Night): PolicyFile {
  const can = (rule: Rule): boolean => nftables.can(rule, 'deny');
  const own = smallest.rules.every(({ rule }) => can(rule)) ? smallest : suggestPolicy(report, flows, { can });
  const plan = planFor(nftables, own, { bad, flows, command });
  return {
    format: nftables.id,
    text: nftables.write(plan),
    unexpressed: plan.unexpressed.map(({ rule }) => ruleText(rule)),
    otherFormats: targets.flatMap(({ id }) => (id === nftables.id ? [] : [id])),
  };
}

function placed({ ends, count, incidents }: FlowGroup): PlaceCount {
  return { place: placeText(ends), count, incidents };
}
