import type { Micros, ZoneBasis } from '../../model/time.ts';

/** A stamp read from text: its instant, its own zone if it had one, and its step. */
export interface Stamp {
  readonly at: Micros;
  readonly zone: ZoneBasis;
  readonly stepUs: number;
  readonly yearAssumed?: true;
}
