import type { Endpoint, NatEvent, NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { compact } from '../json/json.ts';

export type Translation = Pick<NatEvent, 'phase' | 'transport' | 'src' | 'dst' | 'replySrc' | 'replyDst'>;

/** The firewall is no host of processes: its name is left out. */
export function natEvent(format: string, record: RawRecord, time: EventTime, translation: Translation): NatEvent {
  return { kind: 'nat', format, clock: 'syslog', time, ref: record.ref, ...translation };
}

/**
 * 305009, 305011, 305012: "the slot translates the source socket from the local side to the global side", whatever the far end.
 * Of ICMP the ports are ids, of which the event has no place without a type. Undefined where a side is none.
 */
export function slot(
  isBuilt: boolean,
  transport: string | undefined,
  { inside, outside }: { readonly inside: Endpoint; readonly outside: Endpoint },
): Translation | undefined {
  if (inside.ip === undefined || outside.ip === undefined || /^icmp/i.test(transport ?? '')) return undefined;
  const phase = isBuilt ? ('new' as const) : ('destroy' as const);
  return { phase, transport: transport?.toLowerCase() ?? 'ip', src: inside, dst: {}, replySrc: {}, replyDst: outside };
}

/** The translation of the client of a connection that was built; undefined where it kept its address. */
export function sessionOf({ src, dst, initiator, nat, transport }: NetworkEvent): Translation | undefined {
  const [client, server] = initiator === 'dst' ? [dst, src] : [src, dst];
  const ends =
    initiator === 'dst'
      ? { ip: nat?.dstIp, port: nat?.dstPort, farIp: nat?.srcIp, farPort: nat?.srcPort }
      : { ip: nat?.srcIp, port: nat?.srcPort, farIp: nat?.dstIp, farPort: nat?.dstPort };
  if (initiator === undefined || (transport !== 'tcp' && transport !== 'udp')) return undefined;
  if (client.ip === undefined || server.ip === undefined || ends.ip === undefined || ends.port === undefined)
    return undefined;
  if (ends.ip === client.ip && ends.port === client.port) return undefined;
  const asked = ends.farIp === undefined ? server : compact({ ip: ends.farIp, port: ends.farPort });
  const outer = { ip: ends.ip, port: ends.port };
  return { phase: 'new', transport, src: placeOf(client), dst: asked, replySrc: placeOf(server), replyDst: outer };
}

/** Without names: a translation knows addresses. */
const placeOf = ({ ip, port }: Endpoint): Endpoint => compact({ ip, port });
