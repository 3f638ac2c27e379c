import type { FlaggedEpisode, PoisonedRun, Quarantine } from '../../model/quarantine.ts';
import { plural, thousands } from './findings.ts';

/** The whole quarantine in one sentence. */
export function quarantineSentence({ flagged, affected, gaps, episodes }: Quarantine): string {
  if (episodes === 0) return 'Cannot say: no episode is in what was read.';
  if (flagged.length === 0)
    return gaps.length === 0
      ? 'No episode to keep out of training.'
      : 'No episode can be named to keep out of training.';
  const rewarded = flagged.filter((entry) => entry.rewarded === 'yes').length;
  const unknown = flagged.filter((entry) => entry.rewarded === 'unknown').length;
  const suspected = flagged.filter(({ grade }) => grade === 'ambiguous').length;
  const only = suspected === 0 ? '' : `, ${thousands(suspected)} of them only suspected`;
  const rewards =
    unknown === flagged.length
      ? 'rewards unknown'
      : `${rewarded} of them rewarded${unknown === 0 ? '' : `, ${unknown} unknown`}`;
  return `${plural(flagged.length, 'episode')} of ${thousands(episodes)} to keep out of training${only}, ${rewards}; ${plural(affected.length, 'other')} shared a prompt group with them.`;
}

/** What a poisoned step means for the checkpoints after it. */
export function descentSentence({ run, firstStep, stepsSeen, episodes }: PoisonedRun): string {
  const later = stepsSeen.filter((step) => step > firstStep);
  const seen =
    later.length === 0 ? '' : ` (the records hold ${plural(later.length, 'later step')}, to ${later.at(-1)})`;
  return `${run === undefined ? 'Training' : `Run ${run}`} first used one at step ${firstStep} (${plural(episodes.length, 'episode')}): every checkpoint written after that update descends from it${seen}.`;
}

export function rewardText({ rollout, rewarded }: FlaggedEpisode): string {
  if (rollout.reward === undefined) return 'reward unknown';
  return rewarded === 'yes' ? `REWARDED ${rollout.reward}` : `reward ${rollout.reward}`;
}

export function trainingText({ rollout, consumed }: FlaggedEpisode): string {
  const run = rollout.run === undefined ? '' : ` of run ${rollout.run}`;
  switch (consumed.is) {
    case 'yes':
      return `used at step ${consumed.step}${run}`;
    case 'no':
      return `not used: ${consumed.because}`;
    case 'unknown':
      return `unknown whether or when it was used${run}`;
  }
}
