import type { NetworkFacts } from '../../core/network/device.ts';
import { parseKeyValues } from '../../core/tables/keyvalue.ts';

export type AclFacts = Omit<NetworkFacts, 'time' | 'clock'> & {
  /** The line stands for the packets of an interval, not for the first one. */
  readonly isSummary: boolean;
};

const MNEMONIC = /^(?:IP|IPV6_)?ACCESSLOG(?:P|DP|NP|RP|SP|S|RL)$|^ACLLOG_(?:NEW_FLOW|FLOW_INTERVAL)$/;

export function isAclMessage(mnemonic: string): boolean {
  return MNEMONIC.test(mnemonic);
}

const IP = '[0-9A-Fa-f.:]+';
/** Interface and hardware address of the packet (`log-input`), or the latter alone. */
const LAYER2 = String.raw`(?: \(([^\s()]+)(?: [^()]*)?\)| (?:[0-9a-f]{4}\.){2}[0-9a-f]{4})?`;
/** The number of the entry stands in parentheses (IOS XR) or behind a slash (IPv6 lists). */
const LIST = String.raw`(?:list|access-list) (\S+?)(?: \((\d+)\)|\/(\d+))? (permit|den)(?:ted|ied|y)?`;
/** `list N denied tcp a(1) -> b(2), 1 packet`: protocols with ports. `icmp a -> b (8/0)` and others without. */
const PACKET = new RegExp(
  String.raw`\b${LIST} ([\w-]+)(?: (?:[0-9a-f]{4}\.){2}[0-9a-f]{4})? (${IP})(?:\((\d+)\))?${LAYER2} ?-> ?(${IP})(?:\((\d+)\))?(?: \((\d+)\/(\d+)\))?\s*,? +(\d+) packets?`,
);
/** Standard lists know the source alone. */
const SOURCE = new RegExp(String.raw`\b${LIST} (${IP}) +(\d+) packets?`);

const actionOf = (verb: string | undefined) => (verb === 'permit' ? ('allow' as const) : ('deny' as const));

export function packetLine(body: string): AclFacts | undefined {
  const packet = PACKET.exec(body);
  if (packet !== null) {
    const [, rule, ace, entry, verb, transport, srcIp, srcPort, iface, dstIp, dstPort, type, code, count = '1'] =
      packet;
    return {
      ...verdict(verb),
      rule,
      ruleId: ace ?? entry,
      transport,
      srcIp,
      dstIp,
      ...ports(srcPort, dstPort),
      inIf: iface,
      icmp: type === undefined ? undefined : icmpOf(Number(type), Number(code)),
      ...counted(Number(count)),
    };
  }
  const [, rule, ace, entry, verb, srcIp, count = '1'] = SOURCE.exec(body) ?? [];
  if (srcIp === undefined) return undefined;
  return { ...verdict(verb), rule, ruleId: ace ?? entry, srcIp, ...counted(Number(count)) };
}

const verdict = (verb: string | undefined) => ({
  action: actionOf(verb),
  actionRaw: verb === 'permit' ? 'permitted' : 'denied',
  initiator: 'src' as const,
});

const counted = (count: number) => ({ count: count > 1 ? count : undefined, isSummary: count > 1 });

/** Both are 0 where the list looks at no ports. */
function ports(src: string | undefined, dst: string | undefined): Pick<NetworkFacts, 'srcPort' | 'dstPort'> {
  return Number(src) === 0 && Number(dst) === 0 ? {} : { srcPort: src, dstPort: dst };
}

/** The forwarding manager of IOS XE writes both in one number. */
function icmpOf(type: number, code: number): NetworkFacts['icmp'] {
  return type > 255 ? { type: type >> 8, code: type & 255 } : { type, code };
}

/** NX-OS: `Src IP: a, Dst IP: b, Src Port: 1, Dst Port: 2, Src Intf: c, Protocol: "TCP"(6), ACL Name: n, ACE Action: Deny, Hit-count: 3`. */
export function flowInterval(body: string): AclFacts | undefined {
  const fields = parseKeyValues(
    body
      .replace(
        /\b(S|D)(?:ource|estination|rc|st) ?(IP|Port|Intf|Interface)\b/g,
        (_, side: string, what: string) => side + what,
      )
      .replace(/\b(ACL|ACE|Appl) (\w+)/g, '$1$2')
      .replace(/ ?[:=] ?"?([^,"]*)"?(?:\((\d+)\))?/g, '="$1"'),
  );
  const srcIp = fields['SIP'];
  const dstIp = fields['DIP'];
  if (srcIp === undefined || dstIp === undefined) return undefined;
  const action = fields['ACEAction'];
  const count = Number(fields['Hit-count'] ?? '1');
  return {
    ...(action === undefined ? {} : verdict(/^permit/i.test(action) ? 'permit' : 'deny')),
    initiator: 'src',
    rule: fields['ACLName'],
    // Where a list looks at the network layer only, all protocols are "IP".
    transport: fields['Protocol'] === 'IP' ? undefined : fields['Protocol'],
    srcIp,
    dstIp,
    ...ports(fields['SPort'], fields['DPort']),
    inIf: fields['SIntf'] ?? fields['SInterface'],
    ...counted(count),
  };
}
