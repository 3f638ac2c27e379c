import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';
import type { NetworkEvent } from '../../model/event.ts';

/** `address:port:interface:host`. IPv6 addresses stand in brackets or alone. */
function side(text: string | undefined): readonly (string | undefined)[] {
  if (text === undefined) return [];
  const v6 = /^\[([^\]]+)\](?::(\d+))?/.exec(text);
  return v6 === null ? text.split(':') : [v6[1], v6[2]];
}

/** Where others have ports, ICMP has its type or an id. */
const isIcmp = (f: FieldMap): boolean => /^icmp/i.test(f['proto'] ?? '');

function icmpOf(f: FieldMap): NetworkEvent['icmp'] {
  const code = f['code'] ?? f['icmpCode'];
  if (!isIcmp(f) || !/^\d+$/.test(f['type'] ?? '')) return undefined;
  return { type: Number(f['type']), ...(/^\d+$/.test(code ?? '') ? { code: Number(code) } : {}) };
}

/** What a scanner saw: its name stands in the message, behind `IPS Detection Alert: ` and its like. */
function seenIn(f: FieldMap): string | undefined {
  return /\b(?:Detection|Prevention|Blocked|Virus) Alert: (.{1,200}?)(?: (?:blocked|detected)\.?)?$/i
    .exec(f['msg'] ?? '')?.[1]
    ?.trim();
}

export const sonicwall = mappedFormat({
  format: {
    id: 'sonicwall',
    title: 'SonicWall syslog',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'time, device local unless it ends in UTC',
    traps: ['src and dst are address:port:interface:host'],
  },
  mark: /\bid=\S+ .{0,40}?\bsn=\w{4,20} .*\bfw=/,
  score: 0.97,
  fields: parseKeyValues,
  facts: (f) => ({
    srcIp: side(f['src'])[0] || f['srcV6'],
    srcPort: isIcmp(f) ? undefined : side(f['src'])[1],
    inIf: side(f['src'])[2],
    dstIp: side(f['dst'])[0] || f['dstV6'],
    dstPort: isIcmp(f) ? undefined : side(f['dst'])[1],
    outIf: side(f['dst'])[2],
    natSrcIp: side(f['natSrc'])[0] || f['natSrcV6'],
    natSrcPort: side(f['natSrc'])[1],
    natDstIp: side(f['natDst'])[0] || f['natDstV6'],
    natDstPort: side(f['natDst'])[1],
    transport: f['proto']?.split('/')[0],
    icmp: icmpOf(f),
    rule: seenIn(f) ?? f['rule'],
    ruleCategory: f['Category'] ?? f['ipscat'] ?? f['spycat'],
    ruleId: f['m'],
    actionRaw:
      f['fw_action'] ??
      /\b(dropped|denied|blocked|allowed|(?:Detection|Prevention)(?= Alert))\b/i.exec(f['msg'] ?? '')?.[1],
    domain: f['dstname'] ?? side(f['dst'])[3],
    bytesToDst: f['sent'],
    bytesToSrc: f['rcvd'],
    observer: f['fw'],
    severityRaw: f['pri'],
  }),
  type: (f) => (seenIn(f) === undefined ? undefined : 'alert'),
  lasted: (f) => Number(f['cdur'] ?? 0) / 1000,
  stamp: (f) => f['time'],
});
