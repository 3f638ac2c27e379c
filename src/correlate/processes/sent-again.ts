import type { Group } from '../groups/group.ts';
import { mayBePadded } from '../padded.ts';
import type { Trail } from '../trail/walk.ts';
import type { Lineage, Origin } from './lineage.ts';
import type { Owner } from './owner.ts';
import { FIRM_WINDOW_US } from './owners.ts';
import type { Process } from './process.ts';
import type { ProcessTable } from './processes.ts';
import { fromSending, mayBeSentAgain, SENT_AGAIN_US } from './resends.ts';

interface Asking {
  readonly group: Pick<Group, 'members'>;
  readonly trail: Pick<Trail, 'host' | 'tuples' | 'via' | 'windowUs' | 'errorUs' | 'begun'>;
  readonly owners: readonly Pick<Owner, 'how' | 'isFirm' | 'process' | 'origin'>[];
}

/**
 * Without its source port nothing tells a packet that opens a connection from one of another connect that is sent again then: the share
 * of the processes that time names among all of them, those of one call together. 1 where the port is known.
 */
export type FirstSentShare = (asking: Asking) => number;

/** What a second that was cut off and written as zeros hides. */
const PADDED_US = 1_000_000;

/** The records that would tell, in plain words. */
export const PORT_MISSING =
  'records of the flow with its source port: packets that others sent again may have gone to the destination at that moment';

export function openFirstSentShare(
  processes: Pick<ProcessTable, 'hostNames' | 'sockets'>,
  lineage: Pick<Lineage, 'origin'>,
): FirstSentShare {
  return ({ group, trail: { host, tuples, via, windowUs, errorUs, begun }, owners }) => {
    const [tuple] = tuples;
    const own = owners.filter(({ how, isFirm }) => how === 'destination' && isFirm);
    if (tuple === undefined || own.length === 0 || !mayBeSentAgain(tuple, { via, windowUs })) return 1;
    const paddedUs = group.members.some(({ timed: { event } }) => mayBePadded(event)) ? PADDED_US : 0;
    const named = new Set(own.map(({ process, origin }) => causeOf(process, origin)));
    const all = new Set(named);
    for (const name of host === undefined ? processes.hostNames() : [host])
      for (const socket of processes.sockets.connectsTo(name, tuple.dstIp, tuple.dstPort, {
        from: begun - SENT_AGAIN_US,
        to: begun,
      })) {
        const slackUs = FIRM_WINDOW_US + errorUs + socket.errorUs + paddedUs + (socket.isWhole ? PADDED_US : 0);
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
