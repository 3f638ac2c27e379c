import { decoded, failed, foreign, no, yes } from '../../core/decoded.ts';
import { networkEvent, severityOf, timeOr, verdictOf } from '../../core/network/device.ts';
import { ciscoEvent } from '../../core/products/cisco.ts';
import { type CiscoLine, ciscoLine, isAsa } from '../../core/products/cisco-line.ts';
import { parseIso } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { MANAGEMENT, managementLine, ownNames } from './management.ts';

const MARK = /%(?:FTD|FDT|NGIPS)-(?:[a-z_-]+-)?\d-\d{5,6}\b/;
const PAIR = /(?:^|, )([A-Z][A-Za-z0-9_ /-]{1,40}): /g;

export const ciscoFtd: Format = {
  id: 'cisco-ftd',
  title: 'Cisco Firepower Threat Defense syslog',
  roles: ['violation', 'flow', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header; FirstPacketSecond is the start of the connection',
  traps: [
    '430001-430005 are `Key: value` lists with blanks in keys; the other ids are ASA messages in literal or initiator order',
    'a connection event is written at the end of the connection (430003)',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (MARK.test(text)) return yes(0.98, '%FTD-level-id');
  return MANAGEMENT.test(text) ? yes(0.97, 'connection of the management center') : no('no %FTD tag');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const line = ciscoLine(record, context) ?? managementLine(record, context);
  if (line === undefined) return failed('no %FTD tag');
  if (isAsa(line)) return foreign();
  if (!line.id.startsWith('4300')) return ciscoEvent('cisco-ftd', record, line, 'literal');
  return decoded(eventOf(record, line, ownNames(pairs(line.body), line.body)));
}

function pairs(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  let key: string | undefined;
  let from = 0;
  for (const match of text.matchAll(PAIR)) {
    // A quoted message may hold what looks like the next pair.
    if (text[from] === '"' && text.lastIndexOf('"', match.index) <= from) continue;
    if (key !== undefined) out[key] ??= text.slice(from, match.index).trim();
    key = match[1];
    from = match.index + match[0].length;
  }
  if (key !== undefined) out[key] ??= text.slice(from).trim();
  return out;
}

function eventOf(record: RawRecord, line: CiscoLine, f: Record<string, string>): NetworkEvent {
  const first = parseIso(f['FirstPacketSecond'] ?? '');
  const stamp = line.header?.stamp ?? first;
  const seconds = Number(f['ConnectionDuration'] ?? 0) || 0;
  const action = f['AccessControlRuleAction'] ?? f['InlineResult'] ?? f['FileAction'];
  const intrusion = line.id === '430001';
  const download = f['FileDirection'] === 'Download';
  return networkEvent('cisco-ftd', record, {
    time: timeOr(
      record,
      stamp,
      line.header?.rawTime ?? f['FirstPacketSecond'] ?? '',
      'event',
      (seconds + 1) * 1_000_000,
    ),
    clock: line.header?.stamp === undefined ? 'FirstPacketSecond' : 'syslog',
    type: intrusion ? 'alert' : 'flow',
    action: verdictOf(action),
    actionRaw: action,
    srcIp: f['SrcIP'] ?? f['InitiatorIP'],
    srcPort: f['SrcPort'],
    dstIp: f['DstIP'] ?? f['ResponderIP'],
    dstPort: f['DstPort'],
    natSrcIp: f['NAT_InitiatorIP'],
    natSrcPort: f['NAT_InitiatorPort'],
    natDstIp: f['NAT_ResponderIP'],
    natDstPort: f['NAT_ResponderPort'],
    transport: f['Protocol'],
    query: f['DNSQuery'],
    // The far end of a download is the source.
    domain: download ? undefined : (f['URL'] ?? f['URI'])?.replace(/^[a-z]+:\/\//i, '').replace(/[:/?].*$/, ''),
    rule: intrusion
      ? (f['Message']?.replace(/^"|"$/g, '') ?? f['SID'])
      : (f['AccessControlRuleName'] ?? f['FilePolicy']),
    ruleId: intrusion ? f['SID'] : undefined,
    inIf: f['IngressInterface'],
    outIf: f['EgressInterface'],
    zoneIn: f['IngressZone'],
    zoneOut: f['EgressZone'],
    host: line.header?.host,
    flowId: f['ConnectionID'],
    severity: severityOf(f['Priority'] ?? f['EventPriority']),
    severityRaw: f['Priority'] ?? f['EventPriority'],
    // Of a file event the source is who sent it.
    initiator: intrusion ? undefined : download ? 'dst' : 'src',
    bytesToDst: f['InitiatorBytes'],
    bytesToSrc: f['ResponderBytes'],
    url: f['URL'] ?? f['URI'],
    userAgent: f['UserAgent'],
  });
}
