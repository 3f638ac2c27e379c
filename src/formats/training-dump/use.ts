import type { EpisodeEvent } from '../../model/event.ts';

const EVALUATION = /^(?:val|valid|validation|evals?|evaluation)$/;
const TRAINING = /^(?:train|training|rollouts?)$/;
/** What names of such folders hold besides, see `useOf`. */
const BESIDE =
  /^(?:data|dir|dump(?:s|ed)?|generat(?:ions?|ed)|logs?|outputs?|results?|samples?|global|steps?|only|\d+)$/;

/**
 * What rollouts of a dump were made for, by the nearest folder that is named for it and nothing else. The rows do not tell: verl
 * writes those of training and validation alike into two folders (`rollout_data_dir`, `validation_data_dir`), SkyRL evaluations below
 * `dumped_evals`, AReaL into `generated-eval`. A name that holds other words is an experiment's. Training is stated by nobody.
 */
export function useOf(path: string): EpisodeEvent['use'] {
  for (const folder of path.toLowerCase().split('/').slice(0, -1).reverse()) {
    const words = folder.split(/[-_.]/);
    const [evaluates, trains] = [EVALUATION, TRAINING].map((use) => words.some((word) => use.test(word)));
    const isOther = words.some((word) => ![EVALUATION, TRAINING, BESIDE].some((known) => known.test(word)));
    if (isOther || !(evaluates || trains)) continue;
    // `rollouts_val` holds those of validation, `train_val` both.
    return evaluates && !words.some((word) => /^train/.test(word)) ? 'eval' : undefined;
  }
  return undefined;
}
