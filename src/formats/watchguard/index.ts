import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';

const IP = '[0-9A-Fa-f]{0,4}[.:][0-9A-Fa-f.:]+';
/** Verdict, both interfaces (names may have blanks), length, protocol, header length and TTL, both addresses, ports or ICMP type and code. */
const SYSLOG = new RegExp(
  String.raw`msg_id="([0-9A-F]{4}-[0-9A-F]{4})" (Allow|Deny)[a-z]* (.+?) (?:(\d+) )?(tcp|udp|icmp|icmpv6|igmp|gre|esp|ah|\d{1,3}) (?:\d+ \d+ )?(${IP}) (${IP})(?: (\d+) (\d+))?(?= |$)`,
);
/** As the Traffic Monitor prints and saves it. */
const MONITOR = new RegExp(
  String.raw`^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:\S+ )?(Allow|Deny)[a-z]* (${IP}) (${IP}) \S+?\/(\w+) (\d+) (\d+) (.+?) (?:Allowed|Denied|[A-Z]\w+) \d+ \d+ .*\bmsg_id="`,
);
/** The policy stands in parentheses; the number behind it tells policies of several rules apart. */
const POLICY = /\(([^()]+?)(?:-\d\d)?\)(?=\s*$|\s+proc_id=)/;

function read(text: string): FieldMap | undefined {
  const policy = POLICY.exec(text)?.[1];
  const named = policy === undefined ? {} : { '@policy': policy };
  const monitor = MONITOR.exec(text);
  if (monitor !== null) {
    const [, stamp = '', action = '', src = '', dst = '', proto = '', sport = '', dport = '', ifaces = ''] = monitor;
    return { ...parseKeyValues(text), ...named, ...ends({ stamp, action, src, dst, proto, sport, dport, ifaces }) };
  }
  const line = SYSLOG.exec(text);
  if (line === null) return undefined;
  const [, , action = '', ifaces = '', , proto = '', src = '', dst = '', sport = '', dport = ''] = line;
  return { ...parseKeyValues(text), ...named, ...ends({ action, src, dst, proto, sport, dport, ifaces }) };
}

/** Where both names are single words the first is the packet's way in. */
function ends({ ifaces = '', ...rest }: Readonly<Record<string, string>>): FieldMap {
  const words = ifaces.split(' ');
  const names = words.length === 2 ? { '@in': words[0] ?? '', '@out': words[1] ?? '' } : {};
  return { ...names, ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [`@${key}`, value])) };
}

const isIcmp = (f: FieldMap): boolean => /^icmp/.test(f['@proto'] ?? '');

/** WatchGuard Firebox traffic. WatchGuard "Fireware Log Catalog" and "Read a Log Message". */
export const watchguard = mappedFormat({
  format: {
    id: 'watchguard',
    title: 'WatchGuard Firebox traffic log',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'syslog header, device local time; the Traffic Monitor’s lines begin with theirs',
    traps: [
      'what stands where tells what it is: interfaces may have blanks in their names',
      'where ports stand, ICMP has its type and code',
    ],
  },
  mark: /\bmsg_id="[0-9A-F]{4}-[0-9A-F]{4}" (?:Allow|Deny)|^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:\S+ )?(?:Allow|Deny)\w* .*\bmsg_id="/,
  others: /\bmsg_id="[0-9A-F]{4}-[0-9A-F]{4}"/,
  score: 0.97,
  fields: read,
  facts: (f) => ({
    srcIp: f['@src'],
    dstIp: f['@dst'],
    ...(isIcmp(f) && f['@sport'] !== ''
      ? { icmp: { type: Number(f['@sport']), code: Number(f['@dport']) } }
      : { srcPort: f['@sport'], dstPort: f['@dport'] }),
    natSrcIp: f['src_ip_nat'],
    natSrcPort: f['src_port_nat'],
    natDstIp: f['dst_ip_nat'],
    natDstPort: f['dst_port_nat'],
    transport: f['@proto'],
    rule: f['signature_name'] ?? f['virus'] ?? f['@policy'],
    ruleCategory: f['signature_cat'],
    ruleId: f['msg_id'],
    actionRaw: f['@action'],
    inIf: f['@in'],
    outIf: f['@out'],
    domain: f['dstname'] ?? f['sni'],
    url: f['dstname'] === undefined || f['arg'] === undefined ? undefined : `http://${f['dstname']}${f['arg']}`,
    bytesToDst: f['sent_bytes'],
    bytesToSrc: f['rcvd_bytes'],
  }),
  type: (f) => (f['signature_name'] === undefined && f['virus'] === undefined ? undefined : 'alert'),
  lasted: (f) => Number(f['duration'] ?? 0),
  stamp: (f) => f['@stamp'],
});
