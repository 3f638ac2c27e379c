/** What stands before the packet: when, on which interface, and of pflog what the firewall did. */
export interface Head {
  /** As written; empty where the line has none (`-t`, a packet within another). */
  readonly stamp: string;
  readonly inIf?: string;
  readonly outIf?: string;
  readonly rule?: string;
  readonly verdict?: string;
  /** Of whose socket the packet is, where pf knows it. */
  readonly uid?: number;
  readonly ipId?: number;
}

export interface Line {
  readonly head: Head;
  /** Undefined where `-v` writes the packet into the next line. */
  readonly packet: Packet | undefined;
}

export interface Packet {
  readonly src: string;
  readonly dst: string;
  readonly body: string;
}

/** `-tttt`, `-tt`, the default time of day (or a difference: `-ttt`), and `-ttt` of OpenBSD, which names the day. */
const STAMP =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{9,10}\.\d{1,9}| ?\d\d:\d\d:\d\d(?:\.\d{1,9})?) /;
/** `-i any`: interface and direction, in older versions only the direction. */
const CAPTURED = /^(?:([\w.@:-]{1,16}) +)?(In|Out|M|B|P) +/;
const PFLOG =
  /^rule ([\w./]+)\((?:match|[\w-]+)\)(?: \[[^\]]*\])?:? (block|pass|rdr|nat) (in|out) on (\S+?): (?:\[uid (\d+)[^\]]*\] )?/;
/** `-e`: `mac > mac, ethertype IPv4 (0x0800), length 74: `, tags of a VLAN between. */
const LINK = /^[^>]*(?:> \S+(?: \(oui [^)]*\))?, )?(?:[^>]*, )?ethertype IPv[46] \(0x[\da-f]+\)(?:, length \d+)?[:,] /;
/** Characters a link header may take: two addresses with their makers' names, tags. Its search is quadratic. */
const LINK_LENGTH = 512;
const VERBOSE = /^\((?:tos|class|flowlabel|hlim|ttl)[^()]*(?:\([^()]*\)[^()]*)*\) ?/;
const PACKET = /^(\S+) > (\S+): (.*)$/;
const CONTINUED = /^ {4,}(\S+ > \S+: .*)$/;

/** A line of a packet; undefined for any other. tcpdump(1), "Output Format". */
export function readLine(text: string): Line | undefined {
  const stamp = STAMP.exec(text);
  let rest = text.slice(stamp?.[0].length ?? 0);
  const captured = CAPTURED.exec(rest);
  rest = rest.slice(captured?.[0].length ?? 0);
  const log = PFLOG.exec(rest);
  rest = rest.slice(log?.[0].length ?? 0);
  const link = /^IP6? /.exec(rest) ?? linkOf(rest.slice(0, LINK_LENGTH));
  if (link === null && log === null) return undefined;
  rest = rest.slice(link?.[0].length ?? 0);
  const verbose = VERBOSE.exec(rest);
  rest = rest.slice(verbose?.[0].length ?? 0);
  const packet = packetOf(rest);
  if (packet === undefined && rest.trim() !== '') return undefined;
  const iface = captured?.[1] ?? log?.[4];
  const isIn = captured?.[2] === 'In' || log?.[3] === 'in';
  const ipId = /\bid (\d{1,5})\b/.exec(verbose?.[0] ?? '')?.[1];
  return {
    head: {
      stamp: (stamp?.[1] ?? '').trim(),
      ...(iface === undefined ? {} : { [isIn ? 'inIf' : 'outIf']: iface }),
      ...(log === null ? {} : { rule: log[1] ?? '', verdict: log[2] ?? '' }),
      ...(log?.[5] === undefined ? {} : { uid: Number(log[5]) }),
      ...(ipId === undefined ? {} : { ipId: Number(ipId) }),
    },
    packet,
  };
}

/** Most lines are no packet's: the search is spared where nothing can be found. */
function linkOf(text: string): RegExpExecArray | null {
  return text.includes('ethertype IPv') ? LINK.exec(text) : null;
}

/** The second line of a packet that `-v` tells more of. */
export function readContinued(text: string): Packet | undefined {
  return packetOf(CONTINUED.exec(text)?.[1] ?? '');
}

function packetOf(text: string): Packet | undefined {
  const [line, src = '', dst = '', body = ''] = PACKET.exec(text) ?? [];
  return line === undefined ? undefined : { src, dst, body };
}
