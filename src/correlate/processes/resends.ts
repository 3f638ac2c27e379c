import { least } from '../../core/extremes.ts';
import type { Tuple } from '../trail/tuple.ts';
import type { Trail } from '../trail/walk.ts';

/**
 * Seconds after its connect at which a SYN that nobody answers is sent again: after 1, 3, 7 ... (RFC 6298, doubled each time), or each
 * second at first (`net.ipv4.tcp_syn_linear_timeouts`, Linux 6.5).
 */
const AGAIN_S: readonly number[] = [1, 2, 3, 4, 5, 7, 11, 15, 19, 31, 35, 63, 67];
/** Timers are late by up to some per cent of what they wait, as measured on Linux, whose timer wheel rounds long waits up by as much as an eighth. */
const LATE = 0.05;

/** So long after its connect a SYN may be sent again, microseconds. */
export const SENT_AGAIN_US = 71_000_000;

/** How far a moment is from the nearest at which a SYN of this connect is sent, microseconds. */
export function fromSending(connectUs: number, momentUs: number): number {
  const after = momentUs - connectUs;
  return Math.min(
    Math.abs(after),
    least(AGAIN_S, (seconds) => {
      const due = seconds * 1e6;
      return after < due ? due - after : Math.max(0, after - due * (1 + LATE));
    }),
  );
}

/** Whether the source port is missing that would tell a packet that opens a connection from one that is sent again. */
export function mayBeSentAgain(
  { srcPort, transport }: Pick<Tuple, 'srcPort' | 'transport'>,
  { via, windowUs }: Pick<Trail, 'via' | 'windowUs'>,
): boolean {
  return via === 'direct' && windowUs === 0 && srcPort === 0 && (transport === 'tcp' || transport === 'ip');
}
