import type { Candidate, Evidence } from '../model/attribution.ts';
import type { Case, Fact, Suspect } from '../model/case.ts';
import weights from './weights.json' with { type: 'json' };

const FACTS: Readonly<Record<string, Readonly<Record<string, number>>>> = weights.facts;

/** Log-likelihood ratio of one fact, from `weights.json`; 0 for a fact that the data does not weigh. */
function weightOf(fact: Fact): number {
  const group = FACTS[fact.code];
  return group?.[fact.strength] ?? group?.['default'] ?? 0;
}

export interface Scored {
  readonly suspect: Suspect;
  readonly score: number;
  readonly probability: number;
}

/** Posterior over all suspects and the null ("nobody we know of"): softmax of summed log-likelihood ratios. */
export function posterior(entry: Pick<Case, 'suspects'>): {
  readonly scored: readonly Scored[];
  readonly nullProbability: number;
} {
  const raw = entry.suspects.map((suspect) => ({
    suspect,
    score: suspect.facts.reduce((sum, fact) => sum + weightOf(fact), 0),
  }));
  const highest = Math.max(weights.null, ...raw.map(({ score }) => score));
  const scale = (score: number): number => Math.exp((score - highest) / weights.temperature);
  const total = raw.reduce((sum, { score }) => sum + scale(score), scale(weights.null));
  const scored = raw
    .map(({ suspect, score }) => ({ suspect, score, probability: scale(score) / total }))
    .sort((a, b) => b.probability - a.probability || (a.suspect.key < b.suspect.key ? -1 : 1));
  return { scored, nullProbability: scale(weights.null) / total };
}

export function toEvidence(fact: Fact): Evidence {
  return { code: fact.code, weight: weightOf(fact), says: fact.says, trust: fact.trust, refs: fact.refs };
}

/** Members are set one by one: there are tens of thousands, and each spread is slow. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function toCandidate(
  { suspect, probability }: Scored,
  evidence: readonly Evidence[],
  lostBecause: string | undefined,
): Candidate {
  const { episode, toolCall, process } = suspect;
  const candidate: Mutable<Candidate> = { probability, evidence };
  if (episode !== undefined) candidate.episode = episode;
  if (toolCall !== undefined) candidate.toolCall = toolCall;
  if (process !== undefined) candidate.process = process;
  if (lostBecause !== undefined) candidate.lostBecause = lostBecause;
  return candidate;
}
