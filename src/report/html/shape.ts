import type { Verdict } from '../../model/attribution.ts';

/**
 * Strokes of one mark in a row 20 units high. Each verdict has a shape of its own, so that colour never carries the meaning alone:
 * the whole height, three quarters, two ends, a dot in the middle, the lower third.
 */
export const TICK_SHAPE: Readonly<Record<Verdict, readonly (readonly [from: number, to: number])[]>> = {
  proven: [[1, 19]],
  likely: [[6, 19]],
  ambiguous: [
    [1, 7],
    [13, 19],
  ],
  unattributed: [[8, 12]],
  'not-agent': [[13, 19]],
};
