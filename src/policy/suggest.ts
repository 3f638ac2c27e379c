import type { FlowEnds, NightFlows, Policy, Rule, SuggestedRule, Suggestion } from '../model/policy.ts';
import type { Report } from '../model/report.ts';
import { allowCandidates, denyCandidates, keyOfRule } from './candidates.ts';
import { type CoverProblem, type CoverSet, penaltyOf } from './cover.ts';
import { type BadFlow, badFlowsOf, effectOf, type LeastVerdict } from './effect.ts';
import { FlowIndex } from './index-flows.ts';
import { narrowed } from './narrow.ts';
import { solveCover } from './solve.ts';
import { keyOf } from './tally.ts';

export interface SuggestOptions {
  /** `deny`: rules against the bad flows. `allow`: deny by default and list what the good flows need. */
  readonly mode?: 'deny' | 'allow';
  readonly least?: LeastVerdict;
  /** Good connections that may break; what cannot be stopped within that is left. Deny mode only. */
  readonly maxGoodBroken?: number;
  /** Rules that the target can express. */
  readonly can?: (rule: Rule) => boolean;
  readonly maxNodes?: number;
}

const MAX_NODES = 100_000;

/** The smallest policy that stops the bad flows of a night: see docs/adr/0007-policy-objective.md for "smallest". */
export function suggestPolicy(report: Report, flows: NightFlows, options: SuggestOptions = {}): Suggestion {
  const bad = badFlowsOf(report, flows, options.least ?? 'likely');
  const maxNodes = options.maxNodes ?? MAX_NODES;
  const found = options.mode === 'allow' ? allow(bad, flows, options, maxNodes) : deny(bad, flows, options, maxNodes);
  const policy = policyOf(options.mode ?? 'deny', found.rules);
  return {
    mode: options.mode ?? 'deny',
    rules: explained(found.rules, bad, flows),
    effect: effectOf(policy, bad, flows),
    optimal: found.optimal,
    nodes: found.nodes,
    leftOut: report.attributions.length - bad.length,
  };
}

export function policyOf(mode: 'deny' | 'allow', rules: readonly Rule[]): Policy {
  return { default: mode === 'deny' ? 'allow' : 'deny', scope: 'all', rules };
}

interface Answer {
  readonly rules: readonly Rule[];
  readonly optimal: boolean;
  readonly nodes: number;
}

function deny(bad: readonly BadFlow[], flows: NightFlows, options: SuggestOptions, maxNodes: number): Answer {
  const { ends, weights } = distinct(bad.map((flow) => ({ ...flow.ends, count: 1 })));
  const rules = denyCandidates(ends, flows.good);
  const whole = problemOf(rules, { ends, weights }, flows.good);
  const sets = options.can === undefined ? whole.sets : preferring(options.can, rules, whole);
  const problem = { ...whole, sets };
  const cover = solveCover(problem, { maxNodes, ...budgetOf(options.maxGoodBroken) });
  return { ...cover, rules: narrowed(cover.chosen, rules, problem) };
}

function allow(bad: readonly BadFlow[], flows: NightFlows, { can }: SuggestOptions, maxNodes: number): Answer {
  const rules = allowCandidates(flows.good).filter(can ?? (() => true));
  const good = { ends: flows.good, weights: flows.good.map(({ count }) => count) };
  const problem = problemOf(rules, good, distinct(bad.map((flow) => ({ ...flow.ends, count: 1 }))).flows);
  // No rule may let a bad flow pass; good flows that cannot be told from bad ones stay cut.
  const cover = solveCover(problem, { maxNodes, budget: 0 });
  return { ...cover, rules: narrowed(cover.chosen, rules, problem) };
}

const budgetOf = (budget: number | undefined) => (budget === undefined ? {} : { budget });

type Counted = FlowEnds & { readonly count: number };

function distinct(flows: readonly Counted[]): {
  readonly ends: readonly FlowEnds[];
  readonly weights: readonly number[];
  readonly flows: readonly Counted[];
} {
  const byKey = new Map<string, { ends: FlowEnds; count: number }>();
  for (const { count, ...ends } of flows) {
    const entry = byKey.get(keyOf(ends)) ?? { ends, count: 0 };
    byKey.set(keyOf(ends), entry);
    entry.count += count;
  }
  const entries = [...byKey.values()];
  return {
    ends: entries.map(({ ends }) => ends),
    weights: entries.map(({ count }) => count),
    flows: entries.map(({ ends, count }) => ({ ...ends, count })),
  };
}

function problemOf(
  rules: readonly Rule[],
  wanted: { readonly ends: readonly FlowEnds[]; readonly weights: readonly number[] },
  unwanted: readonly Counted[],
): CoverProblem {
  const [elements, penalties] = [new FlowIndex(wanted.ends), new FlowIndex(unwanted)];
  return {
    elements: wanted.weights,
    penalties: unwanted.map(({ count }) => count),
    sets: rules.map((rule) => ({ covers: elements.matching(rule), hits: penalties.matching(rule) })),
  };
}

/** A flow that the target can stop as cheaply as any rule could is left to the target's own rules. */
function preferring(can: (rule: Rule) => boolean, rules: readonly Rule[], problem: CoverProblem): readonly CoverSet[] {
  const least = problem.elements.map(() => ({ own: Infinity, any: Infinity }));
  const isOwn = rules.map(can);
  problem.sets.forEach(({ covers }, index) => {
    const price = penaltyOf(problem, [index]);
    for (const element of covers) {
      const entry = least[element];
      if (entry === undefined) continue;
      entry.any = Math.min(entry.any, price);
      if (isOwn[index] === true) entry.own = Math.min(entry.own, price);
    }
  });
  return problem.sets.map((set, index) =>
    isOwn[index] === true
      ? set
      : { ...set, covers: set.covers.filter((element) => (least[element]?.own ?? 0) > (least[element]?.any ?? 0)) },
  );
}

/** Most matches first; what each rule does, on its own. */
function explained(rules: readonly Rule[], bad: readonly BadFlow[], flows: NightFlows): readonly SuggestedRule[] {
  const [badIndex, goodIndex] = [new FlowIndex(bad.map(({ ends }) => ends)), new FlowIndex(flows.good)];
  const out = rules.map((rule): SuggestedRule => {
    const good = goodIndex.matching(rule).reduce((sum, index) => sum + (flows.good[index]?.count ?? 0), 0);
    if (rule.action === 'allow') return { rule, matches: good, breaks: 0, incidents: [] };
    const stopped = badIndex.matching(rule);
    const incidents = [...new Set(stopped.flatMap((index) => bad[index]?.incident ?? []))].sort();
    return { rule, matches: stopped.length, breaks: good, incidents };
  });
  return out.sort((a, b) => b.matches - a.matches || (keyOfRule(a.rule) < keyOfRule(b.rule) ? -1 : 1));
}
