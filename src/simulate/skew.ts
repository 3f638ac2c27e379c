/** How one clock lies: `read = t + offset + drift * (t - t0) [+ step after stepAt]`, in seconds. */
export interface Skew {
  readonly offsetS: number;
  readonly driftPpm: number;
  readonly stepAtS?: number;
  readonly stepS?: number;
}

export const TRUE_CLOCK: Skew = { offsetS: 0, driftPpm: 0 };

export function readClock(skew: Skew, t: number, t0: number): number {
  const step = skew.stepAtS !== undefined && t - t0 >= skew.stepAtS ? (skew.stepS ?? 0) : 0;
  return t + skew.offsetS + skew.driftPpm * 1e-6 * (t - t0) + step;
}
