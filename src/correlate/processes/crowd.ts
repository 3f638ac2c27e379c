import { anchorOf, type Group } from '../groups/group.ts';
import { type FlowsByPlace, flowOf } from '../trail/flows-by-place.ts';
import type { Trail } from '../trail/walk.ts';
import type { Owner } from './owner.ts';
import { FIRM_WINDOW_US, TIE_US } from './owners.ts';
import type { ProcessTable } from './processes.ts';
import { firstFrom } from './sockets.ts';

interface Asking {
  readonly group: Group;
  readonly trail: Pick<Trail, 'host' | 'tuples' | 'via' | 'windowUs' | 'errorUs'>;
  readonly owners: readonly Pick<Owner, 'how'>[];
}

/**
 * Of the flows to one place that one log tells of at one moment, the share that recorded connects explain: each connect opens one
 * flow. 1 where there are as many, and where a record of the flow itself names its process.
 */
export type ConnectedShare = (asking: Asking) => number;

/** The records that would tell, in plain words. */
export const CONNECTS_MISSING =
  'connect records with source ports: more flows to the destination began at that moment than connects are recorded';

export function openConnectedShare(
  flows: FlowsByPlace,
  processes: Pick<ProcessTable, 'hostNames' | 'sockets'>,
): ConnectedShare {
  return ({ group, trail, owners }) => {
    const [tuple] = trail.tuples;
    if (!owners.some(({ how }) => how === 'destination') || tuple === undefined) return 1;
    if (trail.via !== 'direct' || trail.windowUs > 0) return 1;
    const { at } = anchorOf(group);
    const slackUs = FIRM_WINDOW_US + trail.errorUs;
    const own = flowOf(group);
    const began = new Set<string>();
    const list = flows.around(group);
    for (let i = firstFrom(list, at - slackUs); i < list.length; i++) {
      const flow = list[i];
      if (flow === undefined || flow.at > at + slackUs) break;
      if (trail.host === undefined || flow.srcIp === own?.srcIp) began.add(`${flow.srcIp}|${flow.srcPort}`);
    }
    if (began.size < 2) return 1;
    // A connect of the last of these flows is as far from it again.
    const wide = 2 * slackUs + TIE_US;
    const stretch = { from: at - wide, to: at + wide };
    const hosts = trail.host === undefined ? processes.hostNames() : [trail.host];
    const sockets = hosts.flatMap((host) =>
      [tuple.dstPort, 0].flatMap((port) => processes.sockets.connectsTo(host, tuple.dstIp, port, stretch)),
    );
    const connects = sockets.filter((socket) => Math.abs(socket.at - at) <= wide + socket.errorUs);
    return Math.min(1, connects.length / began.size);
  };
}
