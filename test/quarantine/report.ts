import { micros } from '../../src/core/time/time.ts';
import type { Attribution, Verdict } from '../../src/model/attribution.ts';
import type { Report, Rollout } from '../../src/model/report.ts';
import { hostileReport } from '../report/hostile.ts';

/** An episode as a trainer sees it; only what a test is about. */
export function rollout(episode: string, facts: Partial<Rollout> = {}): Rollout {
  return { episode, aliases: [], formats: [], sandboxIds: [], toolCalls: 1, dropped: false, ...facts };
}

const template = hostileReport(1);
const [attributed] = template.attributions;
if (attributed === undefined) throw new Error('the hostile report holds no attribution');
const pattern = attributed;

/** A violation laid on (or suspected of) episodes, the first most. */
export function charge(n: number, verdict: Verdict, ...episodes: readonly string[]): Attribution {
  const [first] = episodes;
  const { episode: _episode, toolCall: _call, process: _process, ...rest } = pattern;
  const blamed = verdict === 'proven' || verdict === 'likely';
  return {
    ...rest,
    violation: { ...pattern.violation, id: `v-${n}`, first: micros(n) },
    verdict,
    incident: `i-${n}`,
    ...(blamed && first !== undefined ? { episode: { id: first } } : {}),
    candidates: episodes.map((id, i) => ({ episode: { id }, probability: 0.6 - i / 10, evidence: [] })),
  };
}

export function reportOf(attributions: readonly Attribution[], rollouts: readonly Rollout[]): Report {
  return { ...template, attributions, incidents: [], rollouts, inputs: [], problems: [], coverage: 1 };
}
