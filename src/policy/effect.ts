import type { Attribution, Verdict } from '../model/attribution.ts';
import type { FlowEnds, FlowGroup, NightFlows, Policy, PolicyEffect } from '../model/policy.ts';
import type { Report } from '../model/report.ts';
import { matcher } from './rule.ts';
import { keyOf } from './tally.ts';

/** The least sure verdict whose flows have to be stopped. */
export type LeastVerdict = 'proven' | 'likely' | 'ambiguous' | 'any';

const REACHES: Readonly<Record<LeastVerdict, readonly Verdict[]>> = {
  proven: ['proven'],
  likely: ['proven', 'likely'],
  ambiguous: ['proven', 'likely', 'ambiguous'],
  any: ['proven', 'likely', 'ambiguous', 'unattributed'],
};

/** A violation that has to be stopped. */
export interface BadFlow {
  readonly ends: FlowEnds;
  readonly incident: string;
}

export function badFlowsOf(report: Report, flows: NightFlows, least: LeastVerdict): readonly BadFlow[] {
  const counted = report.attributions.filter(({ verdict }: Attribution) => REACHES[least].includes(verdict));
  return counted.map(({ violation, incident }) => ({ ends: flows.bad.get(violation.id) ?? {}, incident }));
}

/** Says of each flow whether the policy lets it pass. */
export function compile(policy: Policy): (flow: FlowEnds) => boolean {
  const rules = policy.rules.map((rule) => ({ isAllowed: rule.action === 'allow', matches: matcher(rule) }));
  return (flow) => {
    if (policy.scope === 'proxied' && flow.proxied !== true) return true;
    const rule = rules.find(({ matches }) => matches(flow));
    return rule?.isAllowed ?? policy.default === 'allow';
  };
}

/** What a policy would have done to the night. */
export function effectOf(policy: Policy, bad: readonly BadFlow[], flows: NightFlows): PolicyEffect {
  const passes = compile(policy);
  const remaining = bad.filter(({ ends }) => passes(ends));
  const breaking = flows.good.filter((flow) => !passes(flow));
  const incidents = incidentsByDestination(bad);
  return {
    bad: bad.length,
    stopped: bad.length - remaining.length,
    good: flows.good.reduce((sum, { count }) => sum + count, 0),
    broken: breaking.reduce((sum, { count }) => sum + count, 0),
    remaining: grouped(remaining.map(({ ends, incident }) => ({ ends, count: 1, incidents: [incident] }))),
    breaking: grouped(
      breaking.map(({ count, ...ends }) => ({ ends, count, incidents: incidents.get(placeOf(ends)) ?? [] })),
    ),
  };
}

/** The incidents that went to a destination: good traffic there deserves a second look. */
function incidentsByDestination(bad: readonly BadFlow[]): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, Set<string>>();
  for (const { ends, incident } of bad)
    for (const place of [placeOf(ends), `${ends.domain}`]) out.set(place, (out.get(place) ?? new Set()).add(incident));
  return new Map([...out].map(([place, incidents]) => [place, [...incidents]]));
}

/** A named destination by its name, any other by its address and port. */
function placeOf({ ip, domain, port }: FlowEnds): string {
  return domain ?? `${ip}:${port}`;
}

function grouped(flows: readonly FlowGroup[]): readonly FlowGroup[] {
  const groups = new Map<string, { ends: FlowEnds; count: number; incidents: Set<string> }>();
  for (const { ends, count, incidents } of flows) {
    const { source: _, proxied: __, ...where } = ends;
    const key = keyOf(where);
    const group = groups.get(key) ?? { ends: where, count: 0, incidents: new Set<string>() };
    groups.set(key, group);
    group.count += count;
    for (const incident of incidents) group.incidents.add(incident);
  }
  return [...groups]
    .sort(([a, one], [b, two]) => two.count - one.count || (a < b ? -1 : 1))
    .map(([, { incidents, ...group }]) => ({ ...group, incidents: [...incidents].sort() }));
}
