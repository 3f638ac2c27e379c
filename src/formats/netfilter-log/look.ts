import { behindWord, freeNumbers, freeStamp, freeWords, freeWordsWithout } from '../../core/looks/line-template.ts';
import { emptyTraffic, upTo, wholeNumberAt } from '../../core/looks/look.ts';
import type { Glance, Look } from '../../model/format.ts';
import type { Template } from '../../model/template.ts';
import { verdicts } from './verdict-look.ts';

/** Where the words of a packet stand. */
interface Places {
  readonly kernel: number;
  readonly inIf: number;
  readonly out: number;
  readonly src: number;
  readonly dst: number;
  readonly proto: number;
  readonly spt: number;
  readonly dpt: number;
}

/** Looks at kernel lines of TCP and UDP packets over IPv4, whose addresses have one spelling; the prefix begins behind the boot stamp. */
export function lookAtPackets(): Look {
  const glance = emptyTraffic();
  const look = (line: string): Glance | undefined => {
    const places = placesIn(line);
    if (places === undefined) return undefined;
    const { kernel, inIf, out, src, dst, proto, spt, dpt } = places;
    const prefix = line.slice(afterBootStamp(line, kernel + 8), inIf);
    // The length of the syslog header: a header that is damaged is read as a part of the prefix.
    glance.key = `${kernel} ${prefix}${upTo(line, inIf, ' ')}${upTo(line, out + 1, ' ')}${upTo(line, dst + 1, ' ')}${line.slice(proto, spt)}${upTo(line, dpt + 1, ' ')}`;
    glance.clientIp = line.slice(src + 5, dst);
    if (glance.clientIp.includes(':')) return undefined;
    glance.port = wholeNumberAt(line, spt + 5);
    return glance.port < 0 ? undefined : glance;
  };
  return Object.assign(look, { templateOf, verdicts });
}

function placesIn(line: string): Places | undefined {
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
  return { kernel, inIf, out, src, dst, proto, spt, dpt };
}

/** The first of each word is the one that is looked at: before it only numbers, values, and words that cannot be it, may differ. What is behind the last is not looked at. */
function templateOf(line: string): Template | undefined {
  const places = placesIn(line);
  if (places === undefined) return undefined;
  const { kernel, out, src, dst, proto, spt } = places;
  const behindStamp = afterBootStamp(line, kernel + 8);
  const behindOut = behindWord(line, out + 1);
  const behindDst = behindWord(line, dst + 1);
  return [
    ...freeStamp(line.slice(0, kernel)),
    ...freeNumbers(line.slice(kernel, behindStamp)),
    { literal: line.slice(behindStamp, behindOut) },
    ...freeWords(line.slice(behindOut, src)),
    { literal: ' SRC=' },
    { kind: 'field', use: 'client', stop: ' ' },
    { literal: ' DST=' },
    { kind: 'field', use: 'same', stop: ' ' },
    ...freeWordsWithout('P', line.slice(behindDst, proto)),
    { literal: line.slice(proto, spt + 5) },
    { kind: 'field', use: 'port', stop: ' ' },
    { literal: ' DPT=' },
    { kind: 'field', use: 'same', stop: ' ' },
    { kind: 'rest', use: 'free' },
  ];
}

/** The thread or processor that a kernel may tell behind its stamp. */
const CALLER = /^ ?\[ *[TC]\d+\]/;
const LONGEST_CALLER = 20;

function afterBootStamp(line: string, from: number): number {
  if (line[from] !== '[') return from;
  const first = line.charCodeAt(from + 1);
  const isStamp = first === 32 || (first >= 48 && first <= 57);
  const end = isStamp ? line.indexOf(']', from) + 1 : from;
  return isStamp ? end + (CALLER.exec(line.slice(end, end + LONGEST_CALLER))?.[0].length ?? 0) : from;
}
