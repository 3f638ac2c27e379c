import { type JsonObject, numberOf } from '../../core/json/json.ts';

/** TRL's `log_completions` writes `completions/completions_<step>.parquet`: prompt and completion as text, and a column of scores for each reward function. */
export function isTrl({ step, prompt, completion, reward, advantage }: JsonObject): boolean {
  const isText = typeof prompt === 'string' && typeof completion === 'string';
  return isText && numberOf(step) !== undefined && numberOf(advantage ?? reward) !== undefined;
}

/** TRL rewards the weighted sum of the scores that there are, and the weights are not told: only a single one is the reward. */
export function trlReward({ step, advantage, ...rest }: JsonObject): number | undefined {
  const scores = Object.values(rest).filter((value) => typeof value === 'number');
  return numberOf(rest['reward']) ?? (scores.length === 1 ? scores[0] : undefined);
}
