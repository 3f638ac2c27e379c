import { compact } from '../../core/json/json.ts';
import { domainName, parseIp, parsePort } from '../../core/network/ip.ts';
import { nameOf } from '../../core/network/network.ts';
import { servicePort } from '../../core/network/services.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { Packet } from './line.ts';

/** Protocols that have no ports, by the word that their packets begin with. */
const PORTLESS = [
  [/^ICMP6/, 'icmp6'],
  [/^ICMP/, 'icmp'],
  [/^GREv/, 'gre'],
  [/^ESP\(/, 'esp'],
  [/^AH\(/, 'ah'],
  [/^igmp/i, 'igmp'],
] as const;

const QUESTION = /^\d+[+%*-]*(?: \[[^\]]*\])* ([A-Z]+)\? (\S+)/;
const ANSWER = /^\d+(?: [A-Z]\w+)?[*|%$-]*(?: [qn]: ([A-Z]+)\? (\S+))? \d+\/\d+\/\d+(.*)/;

/** TCP as OpenBSD and releases before 4.0 print it: `S 1:1(0) ack 5 win 16384`. */
const OLD_FLAGS = /^([SFPRUWE]+|\.)(?: (\d+):\d+\(\d+\))?( ack \d+)?(?= win | urg |$)/;

type Said = Pick<NetworkEvent, 'src' | 'dst'> & Partial<NetworkEvent>;

/** What a packet says of itself. Sequence numbers are absolute only in the first packets of each side. */
export function saidOf({ src, dst, body }: Packet): Said {
  const old = OLD_FLAGS.exec(body);
  const flags = /^Flags \[([^\]]*)\]/.exec(body)?.[1] ?? (old === null ? undefined : flagsOf(old));
  const isFirst = flags?.startsWith('S') === true;
  const seq = old?.[2] ?? /\bseq (\d+)/.exec(body)?.[1];
  return compact({
    src: endOf(src),
    dst: endOf(dst),
    transport: transportOf(body, flags, portIn(src) ?? portIn(dst)),
    initiator: !isFirst ? undefined : flags === 'S' || flags === 'SEW' ? ('src' as const) : ('dst' as const),
    seq: isFirst && seq !== undefined ? Number(seq) : undefined,
    icmp: icmpOf(body),
    dns: flags === undefined ? dnsOf(body.replace(/^\[[^\]]*\] /, '')) : undefined,
  }) as Said;
}

/** As later releases print them, where a dot stands for ACK. */
const flagsOf = ([, letters = '', , ack]: RegExpExecArray): string =>
  letters === '.' || ack === undefined ? letters : `${letters}.`;

/** Over TCP the flags come first, or `tcp` (`-q`): whatever else has ports is UDP. */
function transportOf(body: string, flags: string | undefined, port: number | undefined): string | undefined {
  if (flags !== undefined || /^tcp\b/.test(body)) return 'tcp';
  const portless = PORTLESS.find(([word]) => word.test(body))?.[1];
  if (portless !== undefined) return portless;
  if (/^sctp\b/i.test(body)) return 'sctp';
  return port === undefined ? undefined : 'udp';
}

function portIn(text: string): number | undefined {
  if (parseIp(text) !== undefined) return undefined;
  const tail = text.slice(text.lastIndexOf('.') + 1);
  // Without `-nn` a port is the name of its service.
  return servicePort(tail) ?? (/^\d+$/.test(tail) ? parsePort(tail) : undefined);
}

/** `address.port`, `name.port`, or either without a port. */
function endOf(text: string): Endpoint {
  const port = portIn(text);
  const host = port === undefined ? text : text.slice(0, text.lastIndexOf('.'));
  const ip = parseIp(host);
  return compact({ ip, domain: ip === undefined ? domainName(host) : undefined, port });
}

const ICMP: readonly (readonly [RegExp, number])[] = [
  [/^ICMP echo request/, 8],
  [/^ICMP echo reply/, 0],
  [/^ICMP .*unreachable/, 3],
  [/^ICMP6, echo request/, 128],
  [/^ICMP6, echo reply/, 129],
  [/^ICMP6, destination unreachable/, 1],
];

function icmpOf(body: string): NetworkEvent['icmp'] {
  const type = ICMP.find(([pattern]) => pattern.test(body))?.[1];
  const id = /^ICMP6?,? echo \w+, id (\d+)/.exec(body)?.[1];
  return type === undefined ? undefined : compact({ type, id: id === undefined ? undefined : Number(id) });
}

/** `28242+ A? pool.example.org. (34)`; an answer repeats its question with `-vv` only, and without it has no name. */
function dnsOf(body: string): NetworkEvent['dns'] {
  const text = body.replace(/^\[udp sum ok\] /, '');
  const [, asked, question] = QUESTION.exec(text) ?? [];
  if (question !== undefined) return compact({ name: nameOf(question), type: asked });
  const [, type, name, rest = ''] = ANSWER.exec(text) ?? [];
  if (name === undefined) return undefined;
  const answers = [...rest.matchAll(/\bA{1,4} ([\da-fA-F.:]+)/g)].flatMap(([, ip = '']) => parseIp(ip) ?? []);
  return compact({ name: nameOf(name), type, answers: answers.length === 0 ? undefined : answers });
}
