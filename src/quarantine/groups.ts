import type { AffectedEpisode } from '../model/quarantine.ts';
import type { Rollout } from '../model/report.ts';

/**
 * Episodes whose advantage may have used the reward of a flagged one. GRPO normalises a reward with the mean and spread of
 * its prompt group in one step (DeepSeekMath, arXiv 2402.03300, section 4.1), so one poisoned reward moves every member.
 */
export function affectedBy(flagged: readonly Rollout[], all: readonly Rollout[]): readonly AffectedEpisode[] {
  const flaggedIds = new Set(flagged.map(({ episode }) => episode));
  const byGroup = new Map<string, Rollout[]>();
  for (const rollout of flagged) {
    if (rollout.group === undefined) continue;
    const list = byGroup.get(rollout.group);
    if (list === undefined) byGroup.set(rollout.group, [rollout]);
    else list.push(rollout);
  }
  return all.flatMap((rollout) => {
    if (flaggedIds.has(rollout.episode) || rollout.group === undefined) return [];
    const through = (byGroup.get(rollout.group) ?? []).filter((poisoned) => isSuspectMember(poisoned, rollout));
    if (through.length === 0) return [];
    const sure = through.some((poisoned) => poisoned.step !== undefined && poisoned.step === rollout.step);
    const by = sure ? ('same-step' as const) : ('step-unknown' as const);
    return [{ rollout, through: through.map(({ episode }) => episode), by }];
  });
}

/** The same group, and neither run nor step say otherwise; both were used by training as far as the records tell. */
export function isSuspectMember(poisoned: Rollout, other: Rollout): boolean {
  return (
    poisoned.group !== undefined &&
    poisoned.group === other.group &&
    agree(poisoned.run, other.run) &&
    agree(poisoned.step, other.step) &&
    isForTraining(poisoned) &&
    isForTraining(other)
  );
}

function isForTraining(rollout: Rollout): boolean {
  return !rollout.dropped && rollout.use !== 'eval';
}

/** What one side does not state cannot contradict. */
export function agree<T>(a: T | undefined, b: T | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}
