import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { decoded, skipped } from '../decoded.ts';
import { compact } from '../json/json.ts';
import { type NetworkFacts, networkEvent, timeOr } from '../network/device.ts';
import { givenLease } from '../network/given-lease.ts';
import { parseIp, parsePort } from '../network/ip.ts';
import { isPlaced } from '../network/network.ts';
import { type CiscoLine, ciscoHost, HOST_NAME } from './cisco-line.ts';
import { natEvent, sessionOf, slot } from './cisco-nat.ts';
import { portNumber } from './cisco-ports.ts';

const ADDRESS = String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]*)`;
/** `ifname:address/port (mapped/port)`; the interface name and all but the address may be missing. */
const PEER = String.raw`(?:(NP Identity Ifc|[^\s:()<>]+)(?:\([^\s)]*\))?:)?(${ADDRESS}|[\w.-]+)(?:\([^()\s]*\)(?=\/))?(?:[/(](\d+(?![\d.])|[a-z][\w-]*)\)?)?(?:\s*\((${ADDRESS}|[\w.-]+)\/(\d+)\))?(?:\s*\([^)]*\))?`;
const re = (text: string): RegExp => new RegExp(text, 'i');
const BUILT = re(
  String.raw`^(?:\w+ )?(Built|Teardown)(?: (inbound|outbound))?(?: \w+)*? (TCP|UDP|SCTP|GRE|ICMP|ICMPv6)(?: state-bypass)? connection (\d+)? ?(?:for|from) ${PEER}(?: \S+)? to ${PEER}`,
);
const FADDR = re(
  String.raw`^(Built|Teardown)(?: (inbound|outbound))? (ICMPv6|ICMP|TCP|UDP) connection .{0,20}?for faddr (${ADDRESS}|[\w.-]+)(?:\/(\d+))?(?:\([^)]*\))? gaddr (${ADDRESS}|[\w.-]+)(?:\/(\d+))? laddr (${ADDRESS}|[\w.-]+)(?:\/(\d+))?`,
);
const XLATE = re(
  String.raw`^(Built|Teardown) (?:dynamic|static|portmap|NAT)\s?(?:\w+)? (?:translation|NAT) from ${PEER}(?:\([^)]*\))? to ${PEER}`,
);
const ACL = re(
  String.raw`^access-list (\S+) (permitted|denied|est-allowed) (\S+)(?: for user (?:'[^']*'|\S+))? ([^/\s]+)\/(${ADDRESS}|[\w.-]+)\((\d+)\)(?:\([^)]*\))? ?-> ?([^/\s]+)\/(${ADDRESS}|[\w.-]+)\((\d+)\)`,
);
const SRC_DST = re(String.raw`(?:^|\s)src ${PEER} de?st ${PEER}`);
const FROM_TO = re(
  String.raw`(?:(?:\s|,)from|, for) (?:\()?(?:laddr )?${PEER}\)?(?:,? on interface \S+)? (?:to|at) (?:PAT address )?${PEER}`,
);
const TRANSPORT = /\b(?:(tcp|udp|icmpv6|ipv6-icmp|icmp|igmp|gre|esp|sctp)\b|protocol (\d{1,3}) src\b)/i;
/** `(type 8, code 0)`, `type=8, code=0`, `type 8 code 0`. */
const ICMP = /\btype[ =](\d{1,3})(?:,? code[ =](\d{1,3}))?\b/;

/** `name` commands print names in the place of addresses. */
function nameOf(host: string | undefined): string | undefined {
  return host !== undefined && parseIp(host) === undefined && HOST_NAME.test(host) ? host : undefined;
}

type Peer = Pick<NetworkFacts, 'srcIp' | 'srcPort'> & { name?: string | undefined; iface?: string | undefined };

function peer(
  match: RegExpExecArray,
  index: number,
): Peer & { natIp?: string | undefined; natPort?: string | undefined } {
  const host = match[index + 1];
  return {
    iface: match[index],
    srcIp: host,
    name: nameOf(host),
    srcPort: portNumber(match[index + 2]),
    natIp: match[index + 3],
    natPort: match[index + 4],
  };
}

/** One message of the ASA and FTD LINA engine: connection, translation, access rule and denial messages by their grammar. */
export function ciscoEvent(
  format: string,
  record: RawRecord,
  line: CiscoLine,
  order: 'initiator' | 'literal',
): Decoded {
  const duration = /\bduration (\d+):(\d\d):(\d\d)/.exec(line.body);
  const seconds = duration === null ? 0 : Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]);
  const repeat = line.id === '106100' && /\d+-second interval/.test(line.body) ? 300 : 0;
  const header = line.header;
  const basis = seconds > 0 ? 'flow-end' : 'event';
  const time = timeOr(record, header?.stamp, header?.rawTime ?? '', basis, (seconds + repeat + 1) * 1_000_000);
  const lease = leaseOf(format, record, time, line);
  if (lease !== undefined) return decoded(lease);
  const xlate = XLATE.exec(line.body);
  if (xlate !== null) return translated(format, record, time, xlate);
  const event = networkEvent(format, record, {
    time,
    clock: 'syslog',
    host: ciscoHost(header),
    severity: line.level === undefined ? undefined : Math.min(4, Math.max(0, 6 - line.level)),
    severityRaw: line.level === undefined ? undefined : String(line.level),
    action: ciscoAction(line),
    ruleId: line.id,
    url: /\bhttps?:\/\/\S+/i.exec(line.body)?.[0],
    icmp: icmpOf(line.body),
    // The intrusion signatures of the firewall itself.
    ...(/^4000\d\d$/.test(line.id) ? { type: 'alert' as const, action: ciscoAction(line) ?? ('alert' as const) } : {}),
    ...(/^(?:Deny )?inbound\b/i.test(line.body) ? { direction: 'inbound' as const } : {}),
    ...tuple(line, order),
  });
  if (!isPlaced(event.src) && !isPlaced(event.dst)) return skipped('Cisco message without an address');
  const session = /^(?:\w+ )?Built\b/.test(line.body) ? sessionOf(event) : undefined;
  return session === undefined ? decoded(event) : decoded(event, natEvent(format, record, time, session));
}

/** Message 604103: a client's identifier is its hardware type, 01, and its address, in groups of four digits. */
const GRANTED = /\baddress granted (?:01)?([0-9a-f.]{14,18}) \(([0-9.]+)\)/i;

/** An address that the DHCP server of an ASA gave; for how long it does not say. */
function leaseOf(format: string, record: RawRecord, time: EventTime, line: CiscoLine) {
  const [, client = '', ip] = line.id === '604103' ? (GRANTED.exec(line.body) ?? []) : [];
  const mac = client.replaceAll('.', '').match(/../g)?.join(':');
  return givenLease(record, { format, clock: 'syslog', time, ip, mac });
}

function translated(format: string, record: RawRecord, time: EventTime, match: RegExpExecArray): Decoded {
  const inner = peer(match, 2);
  const outer = peer(match, 7);
  const translation = slot(match[1] === 'Built', TRANSPORT.exec(match.input)?.[1], {
    inside: compact({ ip: parseIp(inner.srcIp ?? ''), port: parsePort(inner.srcPort) }),
    outside: compact({ ip: parseIp(outer.srcIp ?? ''), port: parsePort(outer.srcPort) }),
  });
  return translation === undefined
    ? skipped('translation of names or of ICMP')
    : decoded(natEvent(format, record, time, translation));
}

function icmpOf(body: string): NetworkEvent['icmp'] {
  const match = /icmp/i.test(body) ? ICMP.exec(body) : null;
  if (match === null) return undefined;
  return { type: Number(match[1]), ...(match[2] === undefined ? {} : { code: Number(match[2]) }) };
}

function ciscoAction({ body, id }: CiscoLine): NetworkEvent['action'] | undefined {
  if (
    /^access-list \S+ (?:permitted|est-allowed)|^Dynamic Filter permitted|\bLogin permitted|\baccess permitted/i.test(
      body,
    )
  )
    return 'allow';
  if (
    /^(?:\w+ )?(?:access )?den(?:y|ied)|\bdenied\b|\bdiscarded|requested to drop|\bdropped (?:black|grey)|\bDropping\b|^Drop |^Discard |^Shunned packet/i.test(
      body,
    )
  )
    return 'deny';
  if (/\bdropped?\b/i.test(body) && id.startsWith('4')) return id === '434004' ? undefined : 'deny';
  return undefined;
}

function tuple(line: CiscoLine, order: 'initiator' | 'literal'): Partial<NetworkFacts> {
  const { body } = line;
  const built = BUILT.exec(body);
  if (built !== null) return connection(built, order);
  const faddr = FADDR.exec(body);
  if (faddr !== null) return foreign(faddr);
  const acl = ACL.exec(body);
  if (acl !== null) {
    const [, rule, , transport, inIf, srcIp, srcPort, outIf, dstIp, dstPort] = acl;
    const hits = Number(/hit-cnt (\d+)/.exec(body)?.[1]);
    // Where ports stand in other lines, ICMP has its type and code.
    const isIcmp = /^(?:icmp|1$|58$)/i.test(transport ?? '');
    return {
      rule,
      transport,
      inIf,
      srcIp,
      outIf,
      dstIp,
      ...(isIcmp ? { icmp: { type: Number(srcPort), code: Number(dstPort) } } : { srcPort, dstPort }),
      domain: nameOf(dstIp),
      initiator: 'src',
      count: hits > 1 ? hits : undefined,
    };
  }
  const rule =
    /by access-group "?([^"\s]+)"?/.exec(body)?.[1] ??
    /resolved from (dynamic|local) list/.exec(body)?.[1] ??
    /^TunnelGroup <[^>]*> GroupPolicy <([^>]+)>/.exec(body)?.[1];
  const match = SRC_DST.exec(body) ?? FROM_TO.exec(body);
  const named = TRANSPORT.exec(body);
  const transport = named?.[1] ?? named?.[2];
  if (match === null) return { transport, rule, domain: quotedName(body), ...loose(body) };
  const first = peer(match, 1);
  const second = peer(match, 6);
  const ends = { ...sides(first, second), ...embedded(body, first, second) };
  const query = /^Intercepted DNS reply for domain (\S+) from /.exec(body)?.[1];
  return { transport, rule, query, ...ends, domain: ends.domain ?? quotedName(body) };
}

/** ICMP errors quote the packet they answer: its ports are the only ones there. */
function embedded(body: string, first: Peer, second: Peer): Partial<NetworkFacts> {
  const inner = /Original IP payload: \w+ src ([\w.:-]+)\/(\d+) dst ([\w.:-]+)\/(\d+)/.exec(body);
  if (inner === null || inner[1] !== first.srcIp || inner[3] !== second.srcIp) return {};
  return { srcPort: inner[2], dstPort: inner[4] };
}

function sides(src: ReturnType<typeof peer>, dst: ReturnType<typeof peer>): Partial<NetworkFacts> {
  return {
    srcIp: src.srcIp,
    srcPort: src.srcPort,
    inIf: src.iface,
    dstIp: dst.srcIp,
    dstPort: dst.srcPort,
    outIf: dst.iface,
    domain: dst.name ?? src.name,
    natSrcIp: src.natIp,
    natSrcPort: src.natPort,
    natDstIp: dst.natIp,
    natDstPort: dst.natPort,
  };
}

/** "Built outbound": the second peer opened the connection; "inbound": the first. A teardown does not tell. */
function connection(match: RegExpExecArray, order: 'initiator' | 'literal'): Partial<NetworkFacts> {
  const first = peer(match, 5);
  const second = peer(match, 10);
  const direction = match[2]?.toLowerCase();
  const outbound = direction === 'outbound';
  // Messages 302303 and 302304 name the interface of who began first.
  const bypassed = / state-bypass connection /i.test(match[0]);
  return {
    ...(outbound && order === 'initiator' ? sides(second, first) : sides(first, second)),
    transport: match[3],
    flowId: match[4],
    ...(direction === undefined
      ? bypassed
        ? { initiator: 'src' as const }
        : {}
      : {
          initiator: outbound && order === 'literal' ? ('dst' as const) : ('src' as const),
          direction: outbound ? ('outbound' as const) : ('inbound' as const),
        }),
  };
}

/** faddr is the foreign, laddr the local side; only a "Built" line tells who began. */
function foreign(match: RegExpExecArray): Partial<NetworkFacts> {
  const [, , word, transport, dstIp, dstPort, gaddr, natSrcPort, srcIp, srcPort] = match;
  const direction = word?.toLowerCase();
  return {
    transport,
    srcIp,
    srcPort,
    dstIp,
    dstPort,
    domain: nameOf(dstIp),
    natSrcIp: gaddr === srcIp ? undefined : gaddr,
    natSrcPort,
    ...(direction === 'outbound' ? { initiator: 'src' as const, direction: 'outbound' as const } : {}),
    ...(direction === 'inbound' ? { initiator: 'dst' as const, direction: 'inbound' as const } : {}),
  };
}

/** Host of a URL the message quotes, or the name a botnet filter resolved. */
function quotedName(body: string): string | undefined {
  return (
    /\bhttps?:\/\/([^/:\s]+)/i.exec(body)?.[1] ??
    /resolved from \w+ list: ([A-Za-z][\w-]*(?:\.[\w-]+)+)/.exec(body)?.[1]
  );
}

/** Interface name before an address; the first group of an IPv6 address is none. */
const IFACE = String.raw`(?:(?![0-9a-f]{1,4}:[0-9a-f]{0,4}:)[^\s:]+:)?`;
const LOOSE: readonly RegExp[] = [
  re(String.raw`\bsrc (?<s>${ADDRESS}) (?<sp>\d+) dest (?<d>${ADDRESS}) (?<dp>\d+)`),
  re(String.raw`channel for ${IFACE}(?<d>${ADDRESS})\/(?<dp>\d+) to ${IFACE}(?<s>${ADDRESS})`),
  re(String.raw`\bbetween (?<s>${ADDRESS}) and (?<d>${ADDRESS})`),
  re(String.raw`\bLocal:(?<s>[\d.]+):(?<sp>\d+) Remote:(?<d>[\w.-]+):(?<dp>\d+)`),
  re(String.raw`^(?<s>${ADDRESS}) Accessed URL (?:\S+@)?(?<d>${ADDRESS}):`),
  re(`server = +(?<d>${ADDRESS})(?:.*user IP = (?<s>${ADDRESS}))?`),
  re(
    String.raw`\b(?:peer|client|server) (?:client )?${IFACE}(?<s>${ADDRESS})\/(?<sp>\d+) to ${IFACE}(?<d>${ADDRESS})\/(?<dp>\d+)`,
  ),
  re(String.raw`\bsrc = (?<s>${ADDRESS}), dest = (?<d>${ADDRESS})`),
  re(`^Shunned packet: (?<s>${ADDRESS}) ==> (?<d>${ADDRESS})`),
  re(String.raw`^Packet denied \S+ ${IFACE}(?<s>${ADDRESS})\/(?<sp>\d+) ${IFACE}(?<d>${ADDRESS})\/(?<dp>\d+)`),
  re(String.raw`\bassigned (?<s>${ADDRESS})`),
  re(String.raw`\b(?:client|host|peer|from) ${IFACE}(?<s>${ADDRESS})\/(?<sp>\d+)(?![\d.])`),
  re(String.raw`^(?:\S+@)?(?<s>${ADDRESS})(?:\([^)]*\))? Accessed (?:JAVA )?URL (?:\S+@)?(?:(?<d>${ADDRESS}):)?`),
  re(String.raw`URL \S+ SRC (?<s>${ADDRESS}) DEST (?<d>${ADDRESS})`),
  re(String.raw`\bIP(?: address)?(?: ?=|:)? ?<?(?<s>${ADDRESS})>?`),
  re(String.raw`\b(?:from|local-host|address|Addr|host)[ =:]+${IFACE}(?<s>${ADDRESS})`),
  re(String.raw`\bfrom (?<s>${ADDRESS}) on interface`),
];

/** Session messages name one address in one of a few phrases. */
function loose(body: string): Partial<NetworkFacts> {
  for (const pattern of LOOSE) {
    const groups = pattern.exec(body)?.groups;
    if (groups !== undefined)
      return {
        srcIp: groups['s'],
        srcPort: groups['sp'],
        dstIp: groups['d'],
        dstPort: groups['dp'],
        ...(nameOf(groups['d']) === undefined ? {} : { domain: nameOf(groups['d']) }),
      };
  }
  return {};
}
