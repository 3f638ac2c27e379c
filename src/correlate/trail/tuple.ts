import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

/** A flow as one side of a translation sees it. For ICMP the port is the ICMP id. */
export interface Tuple {
  readonly transport: string;
  readonly srcIp: string;
  readonly srcPort: number;
  readonly dstIp: string;
  readonly dstPort: number;
}

/** The life of one conntrack entry or NAT session. */
export interface NatEntry {
  readonly inside: Tuple;
  readonly outside: Tuple;
  readonly translates: boolean;
  readonly start: Micros;
  /** Last moment the entry is known to have lived; open when no end was logged. */
  end: Micros;
  readonly host: string | undefined;
  /** The record is a window, not a moment: its start may be a continuation. */
  readonly windowed: boolean;
  /** What its stamp is rounded to, microseconds. */
  readonly stepUs: number;
  /** How much later than `start` the flow may have begun, microseconds. */
  readonly lateUs?: number;
  /** Its start is that of no flow: it serves many, or was seen at one moment of its life. */
  readonly isNoBeginning?: true;
  readonly errorUs: number;
  readonly ref: SourceRef;
}

/** Undefined when an address is missing. A missing port is 0. */
export function toTuple(
  transport: string,
  src: { readonly ip?: string; readonly port?: number },
  dst: { readonly ip?: string; readonly port?: number },
  icmpId: number | undefined,
): Tuple | undefined {
  if (src.ip === undefined || dst.ip === undefined) return undefined;
  const icmp = transport === 'icmp' || transport === 'icmp6';
  return {
    transport,
    srcIp: src.ip,
    srcPort: icmp ? (icmpId ?? 0) : (src.port ?? 0),
    dstIp: dst.ip,
    dstPort: icmp ? 0 : (dst.port ?? 0),
  };
}

export function tupleKey({ transport, srcIp, srcPort, dstIp, dstPort }: Tuple): string {
  return `${transport}|${srcIp}|${srcPort}|${dstIp}|${dstPort}`;
}
