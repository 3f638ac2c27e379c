import type { Fact } from '../model/case.ts';
import weights from './weights.json' with { type: 'json' };

const FACTS: Readonly<Record<string, Readonly<Record<string, number>>>> = weights.facts;

/** Log-likelihood ratio of one fact, from `weights.json`; 0 for a fact that the data does not weigh. */
export function weightOf({ code, strength }: Pick<Fact, 'code' | 'strength'>): number {
  return FACTS[code]?.[strength] ?? 0;
}
