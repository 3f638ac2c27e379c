import { KeyRing } from './key-ring.ts';

/**
 * Keys that each have a place of their own, the ones put in last. The one that was put in first is forgotten for the next, as in a map
 * (`forgetOldest`), but without an object for each, and without looking it up.
 */
export class RecentKeys extends KeyRing {
  /** Whether the key put in last was not there before. */
  wasNew = false;

  put(numbers: Uint32Array, at: number): number {
    const known = this.find(numbers, at);
    this.wasNew = known < 0;
    return known < 0 ? this.append(numbers, at) : known;
  }
}
