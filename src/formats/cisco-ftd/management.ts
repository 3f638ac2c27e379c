import { parseSyslog } from '../../core/lines/syslog.ts';
import type { CiscoLine } from '../../core/products/cisco-line.ts';
import { wordTable } from '../../core/word-table.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Connections as the management center (FMC) sends them: the pairs of the sensor, or in older releases words and the ends. */
export const MANAGEMENT = /\bSFIMS: (?=Protocol: \w+, SrcIP: |\[[^\]]*\]\[[^\]]*\] Connection Type: )/;
const ENDS = /\{(\w+)\} ([0-9a-fA-F.:]+):(\d+) -> ([0-9a-fA-F.:]+):(\d+)\s*$/;

export function managementLine(record: RawRecord, context: DecodeContext): CiscoLine | undefined {
  const match = MANAGEMENT.exec(record.text);
  if (match === null) return undefined;
  return {
    family: 'ftd',
    level: undefined,
    id: '430003',
    body: record.text.slice(match.index + match[0].length).replace(/^\[[^\]]*\]\[[^\]]*\] /, ''),
    header: parseSyslog(record.text, context.reference, context.zoneOffsetMin),
  };
}

/** The pairs under the sensor's own names. */
export function ownNames(f: Readonly<Record<string, string>>, body: string): Record<string, string> {
  const ends = ENDS.exec(body);
  if (ends === null) return { ...f };
  const [, protocol = '', srcIp = '', srcPort = '', dstIp = '', dstPort = ''] = ends;
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(f)) if (!NIL.test(value)) out[NAMES[key] ?? key] = value;
  return { ...out, Protocol: protocol, SrcIP: srcIp, SrcPort: srcPort, DstIP: dstIp, DstPort: dstPort };
}

const NIL = /^(?:Unknown|None|N\/A|\(null\))$/;
const NAMES = wordTable<string>({
  'Firewall Rule Name': 'AccessControlRuleName',
  'Access Control Rule Name': 'AccessControlRuleName',
  'Firewall Rule Action': 'AccessControlRuleAction',
  'Access Control Rule Action': 'AccessControlRuleAction',
  'Interface Ingress': 'IngressInterface',
  'Interface Egress': 'EgressInterface',
  'Security Zone Ingress': 'IngressZone',
  'Security Zone Egress': 'EgressZone',
  'Initiator Bytes': 'InitiatorBytes',
  'Responder Bytes': 'ResponderBytes',
});
