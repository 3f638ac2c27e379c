import type { Endpoint, NatEvent, NetworkEvent } from '../../model/event.ts';
import { compact } from '../json/json.ts';

/**
 * The translation that a firewall's record of a flow states: as the client sent it, and as it went on. A record of the whole flow is a
 * `session`, any other a moment of it (`update`). Undefined where nothing was translated, or not every port is told. Proxies are left
 * out: what they state is a connection of their own.
 */
export function statedTranslation(event: NetworkEvent): NatEvent | undefined {
  const { nat, transport, type, time } = event;
  if (nat === undefined || type === 'proxy' || time.basis === 'none') return undefined;
  if (transport !== 'tcp' && transport !== 'udp') return undefined;
  const isTurned = event.initiator === 'dst';
  const [client, server] = isTurned ? [event.dst, event.src] : [event.src, event.dst];
  const [near, far] = isTurned ? [dstOf(nat), srcOf(nat)] : [srcOf(nat), dstOf(nat)];
  const [src, dst] = [placeOf(client), placeOf(server)];
  const [replyDst, replySrc] = [
    { ...src, ...near },
    { ...dst, ...far },
  ];
  if (![src, dst, replyDst, replySrc].every(isWhole)) return undefined;
  // With the address but not the port of the new source, who had which port is not told.
  if (near.ip !== undefined && near.port === undefined) return undefined;
  if (isSame(src, replyDst) && isSame(dst, replySrc)) return undefined;
  const { format, clock, ref } = event;
  const phase = time.basis === 'flow-end' || time.basis === 'window' ? 'session' : 'update';
  return { kind: 'nat', phase, format, clock, time, ref, transport, src, dst, replySrc, replyDst };
}

type Nat = NonNullable<NetworkEvent['nat']>;

const srcOf = ({ srcIp, srcPort }: Nat): Endpoint => compact({ ip: srcIp, port: srcPort });
const dstOf = ({ dstIp, dstPort }: Nat): Endpoint => compact({ ip: dstIp, port: dstPort });

/** Without names: a translation knows addresses. */
const placeOf = ({ ip, port }: Endpoint): Endpoint => compact({ ip, port });

const isWhole = ({ ip, port }: Endpoint): boolean => ip !== undefined && port !== undefined && port !== 0;

const isSame = (a: Endpoint, b: Endpoint): boolean => a.ip === b.ip && a.port === b.port;
