// Arithmetic over rounds. A ratio is taken within a round, where both sides met the same machine, and only then summarised.

/** A floor that takes this much longer in its slowest round than in its fastest says that the machine was busy. */
export const NOISE_LIMIT = 1.25;

/** Below this a run shows what it costs to start, not what it costs to read. */
export const SMALLEST_BYTES = 50e6;

export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    min: sorted[0],
    median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2,
    max: sorted[sorted.length - 1],
  };
}

/** `of` over `to` in every round, or undefined where one of them did not run. */
export function ratios(trial, { of, to, field = 'wallMs', scale = 1 }) {
  const rounds = trial?.rounds.filter((round) => round[of] !== undefined && round[to] !== undefined) ?? [];
  return rounds.length === 0 ? undefined : rounds.map((round) => (scale * round[of][field]) / round[to][field]);
}

/** Slowest over fastest round of the trial's floor. One round cannot tell, so it counts as noise without bound. */
export function noiseOf(trial) {
  const walls = trial.rounds.flatMap((round) => (round[trial.floor] === undefined ? [] : [round[trial.floor].wallMs]));
  if (walls.length < 2) return Number.POSITIVE_INFINITY;
  return Math.max(...walls) / Math.min(...walls);
}

/** Slope of log time over log size between two sizes, in every round. */
export function exponents(trial, { small, large, growth }) {
  return ratios(trial, { of: large, to: small })?.map((times) => Math.log(times) / Math.log(growth));
}

/**
 * `met`, `missed`, or why that cannot be said. `timed` is false for what a busy machine does not change.
 */
export function judge({ values, limit, atLeast = false, timed = true, noise, bytes = SMALLEST_BYTES }) {
  if (bytes < SMALLEST_BYTES) return 'too small to judge';
  if ((timed && !(noise <= NOISE_LIMIT)) || !values.every(Number.isFinite)) return 'too noisy to judge';
  const { min, max } = spread(values);
  if (min <= limit && limit <= max && min !== max) return 'too close to tell';
  return (atLeast ? min >= limit : max <= limit) ? 'met' : 'missed';
}
