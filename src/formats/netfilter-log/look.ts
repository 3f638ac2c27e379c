import { emptyTraffic, upTo, wholeNumberAt } from '../../core/look.ts';
import type { Glance, Look } from '../../model/format.ts';

/** Looks at kernel lines of TCP and UDP packets over IPv4, whose addresses have one spelling; the prefix begins behind the boot stamp. */
export function lookAtPackets(): Look {
  const glance = emptyTraffic();
  return (line): Glance | undefined => {
    const kernel = line.indexOf('kernel: ');
    const inIf = line.indexOf('IN=', kernel);
    if (kernel < 0 || inIf < 0) return undefined;
    const out = line.indexOf(' OUT=', inIf);
    const src = line.indexOf(' SRC=', out);
    const dst = line.indexOf(' DST=', src);
    const proto = line.indexOf(' PROTO=', dst);
    const spt = line.indexOf(' SPT=', proto);
    const dpt = line.indexOf(' DPT=', spt);
    // What an ICMP error has in brackets is another packet.
    if (out < 0 || src < 0 || dst < 0 || proto < 0 || spt < 0 || dpt < 0 || spt - proto > 12 || dpt - spt > 11)
      return undefined;
    const prefix = line.slice(afterBootStamp(line, kernel + 8), inIf);
    // The length of the syslog header: a header that is damaged is read as a part of the prefix.
    glance.key = `${kernel} ${prefix}${upTo(line, inIf, ' ')}${upTo(line, out + 1, ' ')}${upTo(line, dst + 1, ' ')}${line.slice(proto, spt)}${upTo(line, dpt + 1, ' ')}`;
    glance.clientIp = line.slice(src + 5, dst);
    if (glance.clientIp.includes(':')) return undefined;
    glance.port = wholeNumberAt(line, spt + 5);
    return glance.port < 0 ? undefined : glance;
  };
}

function afterBootStamp(line: string, from: number): number {
  if (line[from] !== '[') return from;
  const first = line.charCodeAt(from + 1);
  const isStamp = first === 32 || (first >= 48 && first <= 57);
  return isStamp ? line.indexOf(']', from) + 1 : from;
}
