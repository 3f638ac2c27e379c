import type { Candidate, Claim, Evidence } from '../model/attribution.ts';
import type { Case, Fact, Suspect } from '../model/case.ts';
import type { Mutable } from '../model/mutable.ts';
import { openClaims } from './claims.ts';
import { evenlyShared } from './even.ts';
import { weightOf } from './weight.ts';
import weights from './weights.json' with { type: 'json' };

/** What holds of a suspect in every case in which it is one. */
interface Weighed {
  readonly suspect: Suspect;
  /** Summed log-likelihood ratios of its facts. */
  readonly score: number;
  readonly claims: readonly Claim[];
  /** As which it was listed before. */
  readonly candidates: Candidate[];
}

export type Weigh = (suspect: Suspect) => Weighed;

/** Whether other cases may have the very same suspect: one with a process of the flow is made for a single one. */
export function isMetAgain({ process }: Suspect): boolean {
  return process === undefined;
}

/** Weighs each suspect once, as long as anybody holds it: in long nights the same few stand in many cases. */
export function openWeighing(): Weigh {
  const known = new WeakMap<Suspect, Weighed>();
  const claimsOf = openClaims();
  return (suspect) => {
    const before = known.get(suspect);
    if (before !== undefined) return before;
    const score = suspect.facts.reduce((sum, fact) => sum + weightOf(fact), 0);
    const weighed = { suspect, score, claims: claimsOf(suspect.facts), candidates: [] };
    if (isMetAgain(suspect)) known.set(suspect, weighed);
    return weighed;
  };
}

export interface Scored extends Weighed {
  readonly probability: number;
}

/** Posterior over all suspects and the null ("nobody we know of"): softmax of summed log-likelihood ratios. */
export function posterior(
  entry: Pick<Case, 'suspects'>,
  weigh: Weigh,
): {
  readonly scored: readonly Scored[];
  readonly nullProbability: number;
} {
  const raw = entry.suspects.map(weigh);
  const highest = Math.max(weights.null, ...raw.map(({ score }) => score));
  const scale = (score: number): number => Math.exp((score - highest) / weights.temperature);
  const total = raw.reduce((sum, { score }) => sum + scale(score), scale(weights.null));
  const weighed = raw.map(({ suspect, score, claims, candidates }) => ({
    suspect,
    score,
    claims,
    candidates,
    probability: scale(score) / total,
  }));
  const scored = [...evenlyShared(weighed)].sort(
    (a, b) => b.probability - a.probability || (a.suspect.key < b.suspect.key ? -1 : 1),
  );
  return { scored, nullProbability: scale(weights.null) / total };
}

const evidence = new WeakMap<Suspect, readonly Evidence[]>();

/** What speaks for and against a suspect, with its records: the same list each time, as long as anybody holds the suspect. */
export function evidenceOf(suspect: Suspect): readonly Evidence[] {
  const before = evidence.get(suspect);
  if (before !== undefined) return before;
  const own = suspect.facts.map(toEvidence);
  if (isMetAgain(suspect)) evidence.set(suspect, own);
  return own;
}

export function toEvidence(fact: Fact): Evidence {
  return { code: fact.code, weight: weightOf(fact), says: fact.says, trust: fact.trust, refs: fact.refs };
}

/** Ways of listing a suspect that are remembered. */
const MOST_LISTED = 4;

/** The same object where the suspect was listed in the same way before. */
export function toCandidate({ suspect, claims, candidates, probability }: Scored, lostBecause?: string): Candidate {
  const before = candidates.find((one) => one.probability === probability && one.lostBecause === lostBecause);
  if (before !== undefined) return before;
  const candidate = listed(suspect, claims, probability, lostBecause);
  if (candidates.length >= MOST_LISTED) candidates.shift();
  candidates.push(candidate);
  return candidate;
}

function listed(
  { episode, toolCall, process }: Suspect,
  evidence: readonly Claim[],
  probability: number,
  lostBecause: string | undefined,
): Candidate {
  // Most are calls that lost: a member that is added later takes a list of its own.
  if (episode !== undefined && toolCall !== undefined && process === undefined && lostBecause !== undefined)
    return { probability, evidence, episode, toolCall, lostBecause };
  const candidate: Mutable<Candidate> = { probability, evidence };
  if (episode !== undefined) candidate.episode = episode;
  if (toolCall !== undefined) candidate.toolCall = toolCall;
  if (process !== undefined) candidate.process = process;
  if (lostBecause !== undefined) candidate.lostBecause = lostBecause;
  return candidate;
}
