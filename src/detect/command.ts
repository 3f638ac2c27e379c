import { remembered } from '../core/text/remembered.ts';
import type { Category, Strength } from '../model/violation.ts';
import { commandFacts } from './facts.ts';
import { compileRules, matches, rulesOn } from './match.ts';
import { describeNetwork } from './network.ts';
import { rulePacks } from './packs.ts';
import type { RulePack } from './schema.ts';

/** What a command's text gives away about the traffic that it will cause. */
export interface CommandClass {
  readonly category: Category;
  readonly ruleId: string;
  readonly strength: Strength;
}

const ORDER: Record<Strength, number> = { verdict: 0, strong: 1, medium: 2, weak: 3 };

export function createCommandClassifier(packs: readonly RulePack[]): (commandLine: string) => readonly CommandClass[] {
  const rules = rulesOn(compileRules(packs), ['command']);
  const network = describeNetwork([], []);
  return (commandLine) => {
    const facts = commandFacts(commandLine);
    return rules
      .filter((rule) => matches(rule, facts, network))
      .map(({ rule }) => ({ category: rule.category, ruleId: rule.id, strength: rule.strength }))
      .sort((a, b) => ORDER[a.strength] - ORDER[b.strength] || (a.ruleId < b.ruleId ? -1 : 1));
  };
}

/** The call behind many violations is one. */
const classify = remembered(createCommandClassifier(rulePacks));

/** Classes of a command by the packs that ship with the program, strongest first; none for ordinary work. */
export function classifyCommand(commandLine: string): readonly CommandClass[] {
  return classify(commandLine);
}
