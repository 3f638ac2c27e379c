import type { Claim } from '../model/attribution.ts';
import type { Fact } from '../model/case.ts';
import { weightOf } from './weight.ts';

/** Of hundreds of thousands of calls few things are said: those of which the same is said share it. */
export type ClaimsOf = (facts: readonly Fact[]) => readonly Claim[];

/** Facts that are remembered, in what order soever. */
const MOST = 2_000;

/** What facts up to one of them claim, and where it goes on by what the next one says. */
interface Step {
  readonly strength: string;
  readonly claims: readonly Claim[];
  next?: Map<string, Step>;
}

export function openClaims(most = MOST): ClaimsOf {
  let first = emptyStep();
  let count = 0;
  const stepTo = (before: Step, fact: Fact): Step => {
    const known = before.next?.get(fact.says);
    if (known !== undefined && isOf(known, fact)) return known;
    if (count++ >= most) {
      first = emptyStep();
      count = 0;
    }
    const step = { strength: fact.strength, claims: before.claims.concat(claimOf(fact)) };
    before.next ??= new Map();
    before.next.set(fact.says, step);
    return step;
  };
  return (facts) => {
    let step = first;
    for (const fact of facts) step = stepTo(step, fact);
    return step.claims;
  };
}

function emptyStep(): Step {
  return { strength: '', claims: [] };
}

function isOf({ strength, claims }: Step, fact: Fact): boolean {
  const claim = claims[claims.length - 1];
  return strength === fact.strength && claim?.code === fact.code && claim.trust === fact.trust;
}

function claimOf(fact: Fact): Claim {
  return { code: fact.code, weight: weightOf(fact), says: fact.says, trust: fact.trust };
}
