import { urlHost } from '../../core/network/ip.ts';
import { type FieldMap, flatFields, mappedFormat } from '../../core/tables/mapping.ts';

/** Tables of Azure Monitor have a `TimeGenerated` too. */
const MARK = /^(?=.*"(?:TimeGenerated|LogSourceID)"\s*:)(?=.*"(?:LogType|DeviceSN|LogSourceID|VendorSeverity)"\s*:)/s;

const TOLD = /(?:(?<name>[\w-]+(?:\.[\w-]+)+) )?(?:address|IP): (?<ip>[0-9a-fA-F.:]+)(?: port: (?<port>\d+))?/;

/** SYSTEM records name the far end in their prose only. */
function told(f: FieldMap): Partial<Record<string, string>> | undefined {
  return f['LogType'] === 'SYSTEM' ? TOLD.exec(f['EventDescription'] ?? '')?.groups : undefined;
}

export const panosJson = mappedFormat({
  format: {
    id: 'panos-json',
    title: 'Palo Alto Strata logging service (JSON)',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'TimeGenerated, ISO UTC',
    traps: ['TimeReceived is the cloud, not the firewall'],
  },
  mark: MARK,
  score: 0.9,
  fields: (text) => flatFields(text),
  facts: (f) => ({
    srcIp: f['SourceAddress'] ?? f['SourceIP'] ?? f['PublicIPv4'],
    srcPort: f['SourcePort'],
    dstIp: f['DestinationAddress'] ?? f['DestinationIP'] ?? f['DNSResolverIP'] ?? told(f)?.['ip'],
    dstPort: f['DestinationPort'] ?? told(f)?.['port'],
    natSrcIp: f['NATSource'],
    natSrcPort: f['NATSourcePort'],
    natDstIp: f['NATDestination'],
    natDstPort: f['NATDestinationPort'],
    transport: f['Protocol'],
    rule: f['Rule'],
    ruleId: f['RuleUUID'],
    actionRaw: f['Action'],
    query: f['FQDN'],
    queryType: f['RecordType'],
    url: f['URL'],
    method: f['HTTPMethod'],
    userAgent: f['UserAgent'],
    domain: urlHost(f['URL']) ?? told(f)?.['name'],
    zoneIn: f['FromZone'],
    zoneOut: f['ToZone'],
    inIf: f['InboundInterface'],
    outIf: f['OutboundInterface'],
    bytesToDst: f['BytesSent'],
    bytesToSrc: f['BytesReceived'],
    observer: f['DeviceName'],
    flowId: f['SessionID'],
    severityRaw: f['VendorSeverity'],
    state: f['SessionEndReason'],
  }),
  stamp: (f) => f['TimeGenerated'] ?? f['EventTime'],
});
