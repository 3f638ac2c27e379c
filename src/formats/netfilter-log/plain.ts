import { isIpv4, parsePort } from '../../core/network/ip.ts';
import { remembered } from '../../core/text/remembered.ts';
import { parseIso } from '../../core/time/time.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { freeText, saidBy } from './prefix.ts';
import { timeOf } from './time.ts';

/**
 * A packet of TCP or UDP over IPv4 as the kernel writes it, behind rsyslog's header with an ISO stamp: stamp, host, prefix, both
 * interfaces, both addresses, number of the packet, protocol, both ports, sequence number, flags. Each piece is the first of its name.
 */
export const PLAIN: RegExp =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) ([^\s:[\]=<]+) kernel: \[ *\d+\.\d{1,9}\](?: ?\[ *[TC]\d+\])? ([^=\n\r]*)IN=([^\s=]*) OUT=([^\s=]*) (?:PHYS(?:IN|OUT)=[^\s=]+ )*(?:MAC=[\da-f:]* )?SRC=([\d.]+) DST=([\d.]+) LEN=\d+ TOS=0x[\dA-F]+ PREC=0x[\dA-F]+ TTL=\d+ ID=(\d+) (?:CE )?(?:DF )?(?:MF )?PROTO=(TCP|UDP) SPT=(\d{1,5}) DPT=(\d{1,5}) (?:LEN=\d+ ?|(?:SEQ=(\d+) ACK=\d+ )?WINDOW=\d+ RES=0x[\dA-F]+ ((?:[A-Z]{3} )*)URGP=\d+ ?)(?:MARK=0x[\da-f]+ ?)?$/;

/** With ECN or without. */
const SYNS = new Set(['SYN ', 'ECE SYN ', 'CWR SYN ', 'CWR ECE SYN ']);

const plainSaidBy = remembered((free) => saidBy(freeText(free).replace(/:$/, '')));

/** What `anyPacket` makes of a line that most kernels write, in a fraction of the time; undefined for any other. */
export function plainPacket(record: RawRecord, { zoneOffsetMin }: DecodeContext): NetworkEvent | undefined {
  const match = PLAIN.exec(record.text);
  if (match === null) return undefined;
  const [, rawTime = '', host = '', free = '', inIf = '', outIf = '', srcIp = '', dstIp = '', ipId] = match;
  const stamp = parseIso(rawTime, zoneOffsetMin);
  const src = endpointOf(srcIp, match[10]);
  const dst = endpointOf(dstIp, match[11]);
  if (stamp === undefined || src === undefined || dst === undefined) return undefined;
  const { action, rule, text } = plainSaidBy(free);
  if (text === undefined || rule === undefined) return undefined;
  const transport = match[9] === 'TCP' ? 'tcp' : 'udp';
  const event: { -readonly [K in keyof NetworkEvent]: NetworkEvent[K] } = {
    kind: 'network',
    format: 'netfilter-log',
    clock: 'header',
    time: timeOf({ stamp, rawTime }, record),
    ref: record.ref,
    host,
    type: 'packet',
    action,
    actionRaw: text,
    src,
    dst,
    transport,
    rule: { ...rule },
  };
  const seq = match[12];
  if (seq !== undefined && transport === 'tcp') event.seq = Number(seq);
  if (SYNS.has(match[13] ?? '')) event.isSyn = true;
  event.ipId = Number(ipId);
  if (inIf !== '') event.inIf = inIf;
  if (outIf !== '') event.outIf = outIf;
  if (record.repeats !== undefined) event.count = record.repeats;
  return event;
}

function endpointOf(ip: string, port: string | undefined): Endpoint | undefined {
  const number = parsePort(port);
  return number === undefined || !isIpv4(ip) ? undefined : { ip, port: number };
}
