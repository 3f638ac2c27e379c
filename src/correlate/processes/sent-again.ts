import { least } from '../../core/extremes.ts';
import type { Trail } from '../trail/walk.ts';
import type { Lineage, Origin } from './lineage.ts';
import type { Owner } from './owner.ts';
import { FIRM_WINDOW_US } from './owners.ts';
import type { Process } from './process.ts';
import type { ProcessTable } from './processes.ts';

/**
 * Seconds after its connect at which a SYN that nobody answers is sent again: after 1, 3, 7 ... (RFC 6298, doubled each time), or each
 * second at first (`net.ipv4.tcp_syn_linear_timeouts`, Linux 6.5).
 */
const AGAIN_S: readonly number[] = [1, 2, 3, 4, 5, 7, 11, 15, 19, 31, 35, 63];
/** Timers are late by some per cent of what they wait, as measured. */
const LATE = 0.02;

/** So long after its connect a SYN may be sent again, microseconds. */
const SENT_AGAIN_US = 64_500_000;

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

interface Asking {
  readonly trail: Pick<Trail, 'host' | 'tuples' | 'via' | 'windowUs' | 'errorUs' | 'begun'>;
  readonly owners: readonly Pick<Owner, 'how' | 'isFirm' | 'process' | 'origin'>[];
}

/**
 * Without its source port nothing tells a packet that opens a connection from one of another connect that is sent again then: the share
 * of the processes that time names among all of them, those of one call together. 1 where the port is known.
 */
export type FirstSentShare = (asking: Asking) => number;

/** The records that would tell, in plain words. */
export const PORT_MISSING =
  'records of the flow with its source port: packets that others sent again may have gone to the destination at that moment';

export function openFirstSentShare(
  processes: Pick<ProcessTable, 'hostNames' | 'sockets'>,
  lineage: Pick<Lineage, 'origin'>,
): FirstSentShare {
  return ({ trail: { host, tuples, via, windowUs, errorUs, begun }, owners }) => {
    const [tuple] = tuples;
    const own = owners.filter(({ how, isFirm }) => how === 'destination' && isFirm);
    if (tuple === undefined || own.length === 0 || via !== 'direct' || windowUs > 0) return 1;
    if (tuple.srcPort !== 0 || (tuple.transport !== 'tcp' && tuple.transport !== 'ip')) return 1;
    const named = new Set(own.map(({ process, origin }) => causeOf(process, origin)));
    const all = new Set(named);
    for (const name of host === undefined ? processes.hostNames() : [host])
      for (const socket of processes.sockets.connectsTo(name, tuple.dstIp, tuple.dstPort, {
        from: begun - SENT_AGAIN_US,
        to: begun,
      })) {
        const slackUs = FIRM_WINDOW_US + errorUs + socket.errorUs;
        const { process } = socket;
        if ((process.exited ?? Infinity) >= begun - slackUs && fromSending(socket.at, begun) <= slackUs)
          all.add(causeOf(process, lineage.origin(process)));
      }
    return named.size / all.size;
  };
}

function causeOf({ id }: Process, { call, platform }: Origin): string {
  return platform !== undefined ? 'platform' : call === undefined ? `process ${id}` : `call ${call.key}`;
}
