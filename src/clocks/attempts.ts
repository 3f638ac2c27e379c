import type { NetworkEvent } from '../model/event.ts';

/** Connections of so many are remembered; behind them none is told any more. */
const MOST = 50_000;

/** Whether a packet is the first of its log that opens a connection, and not one that is sent again. */
export type FirstAttempt = (event: NetworkEvent, domain: string, tuple: string) => boolean;

export function openFirstAttempts(most = MOST): FirstAttempt {
  const seen = new Set<string>();
  return ({ type, isSyn, seq }, domain, tuple) => {
    if (type !== 'packet' || isSyn !== true || seen.size >= most) return false;
    const before = seen.size;
    seen.add(`${domain}|${tuple}|${seq ?? ''}`);
    return seen.size > before;
  };
}
