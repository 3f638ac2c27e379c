import { isUniqueId } from '../../core/tools/unique-id.ts';
import type { Call } from '../episodes/call.ts';
import { UNKNOWN_CLOCK_US } from '../processes/owner.ts';

type Rival = Pick<Call, 'callId' | 'timing' | 'earlyUs'>;

/**
 * Whether nothing tells which of several calls with equal commands started a process, so that none leads: their times are only known
 * from their neighbours, or by a clock of which nothing is known, or they are records of one call under several names.
 */
export function areTied(calls: readonly Rival[]): boolean {
  return calls.length > 1 && (calls.some(hasNoTime) || areCopies(calls));
}

function hasNoTime({ timing, earlyUs }: Rival): boolean {
  return timing === 'inferred' || earlyUs >= UNKNOWN_CLOCK_US;
}

/** Two records give one call to different episodes. */
function areCopies([first, ...others]: readonly Rival[]): boolean {
  const id = first?.callId;
  return id !== undefined && isUniqueId(id) && others.some(({ callId }) => callId === id);
}
