import { decoded, failed, no, yes } from '../../core/decoded.ts';
import type { SyslogHeader } from '../../core/lines/syslog.ts';
import { headerOf, networkEvent, timeOr } from '../../core/network/device.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Action, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Family, why it was logged, what was done, ruleset and rule, direction, length, protocol, why it ended, both ends, flags, tag. */
const BODY =
  /\bINET6? (?<why>[A-Za-z][\w-]*) (?:(?<verdict>PASS|DROP|REJECT|NAT|NONAT|RDR|NORDR|PUNT|REDIRECT|COPY|PBR|LB) )?(?<rule>[\w.-]+(?:\/\d+)?) (?<way>IN|OUT) (?:\d+ )?(?<proto>PROTO \d+|[A-Z][A-Za-z\d]*) (?:(?<end>RST|FIN|TIMEOUT) )?(?<src>[\da-fA-F.:]+)(?:\/(?<sport>\d{1,5}))?->(?<dst>[\da-fA-F.:]+)(?:\/(?<dport>\d{1,5}))?(?<tail>(?: .*)?)$/;
const TAIL = /^(?: ([SAPUFREWC]{1,8})(?= |$))?(?: \d+\/\d+ \d+\/\d+)? ?(.*)$/;

const ACTIONS = wordTable<Action>({ PASS: 'allow', COPY: 'allow', DROP: 'deny', REJECT: 'deny' });

/** Packets that the distributed firewall of VMware NSX logs on each ESXi host (dfwpktlogs), and those of its gateways. */
export const nsxDfw: Format = {
  id: 'nsx-dfw',
  title: 'VMware NSX firewall packet log (dfwpktlogs)',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'stamp of the ESXi host or edge, milliseconds, UTC',
  traps: [
    'IN and OUT are seen from the VM, whose both ends may be on one host: then a packet is logged twice',
    'only rules with logging are told, and of a connection only its first packet and its end (TERM)',
    'NAT rules write the addresses before the translation',
  ],
  claims: ({ text }: SniffRecord): Sniff =>
    BODY.test(text) ? yes(0.97, 'INET, rule, direction and two ends of NSX') : no('no INET ... a->b'),
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const groups = BODY.exec(record.text)?.groups;
  if (groups === undefined) return failed('no INET ... a->b');
  const { why = '', verdict, rule = '', way, proto = '', end, src, sport, dst, dport, tail = '' } = groups;
  const header = headerOf(record, context);
  const isEnd = why === 'TERM';
  const [, flags, tag] = TAIL.exec(tail) ?? [];
  return decoded(
    networkEvent('nsx-dfw', record, {
      time: timeOr(record, header.stamp, header.rawTime, isEnd ? 'flow-end' : 'packet'),
      clock: 'header',
      host: hostOf(header),
      type: isEnd ? 'flow' : 'packet',
      // What ends was let through before, by a rule that this line may not name.
      action: isEnd ? 'unknown' : (ACTIONS[verdict ?? ''] ?? 'unknown'),
      actionRaw: verdict ?? why,
      srcIp: src,
      srcPort: sport,
      dstIp: dst,
      dstPort: dport,
      transport: proto.replace('PROTO ', ''),
      ...ruleOf(rule, tag),
      direction: way === 'OUT' ? 'outbound' : 'inbound',
      initiator: initiatorOf(isEnd, flags),
      state: end,
    }),
  );
}

/** `mainrs/1024`, `domain-c7/1002`, or the number alone; a rule may have a label, which stands last. */
function ruleOf(text: string, label: string | undefined): { readonly rule?: string; readonly ruleId: string } {
  const ruleId = text.slice(text.lastIndexOf('/') + 1);
  return label === undefined || label === '' ? { ruleId } : { ruleId, rule: label };
}

/** Connections are written from who opened them. */
function initiatorOf(isEnd: boolean, flags: string | undefined): NetworkEvent['initiator'] {
  if (isEnd) return 'src';
  return flags === undefined || !flags.includes('S') ? undefined : flags.includes('A') ? 'dst' : 'src';
}

/** Without a program's name the word behind the stamp is the number of the filter; ESXi 8 writes facility and level there. */
function hostOf({ tag, version, host }: SyslogHeader): string | undefined {
  if (tag === undefined && version === undefined) return undefined;
  return host?.includes('(') === true ? undefined : host;
}
