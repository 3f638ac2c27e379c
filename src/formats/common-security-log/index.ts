import { verdictOf } from '../../core/network/device.ts';
import { urlHost } from '../../core/network/ip.ts';
import { carriedType, severityOfTen } from '../../core/tables/extension.ts';
import { type FieldMap, flatFields, mappedFormat } from '../../core/tables/mapping.ts';
import { parseIso } from '../../core/time/time.ts';

const MARK = /^\s*\{(?=.*"DeviceVendor"\s*:)(?=.*"DeviceProduct"\s*:)(?=.*"(?:SourceIP|DestinationIP)"\s*:)/s;

/** Devices name their rule in one of six texts with a label each. */
function ruleOf(f: FieldMap): string | undefined {
  for (let i = 1; i <= 6; i++)
    if (/\brule(?: ?name)?$/i.test(f[`DeviceCustomString${i}Label`] ?? '')) return f[`DeviceCustomString${i}`];
  return undefined;
}

/** Seconds between the two times of a flow, where both are told. */
function lasted(f: FieldMap): number | undefined {
  const [start, end] = [parseIso(f['StartTime'] ?? ''), parseIso(f['EndTime'] ?? '')];
  return start === undefined || end === undefined ? undefined : (end.at - start.at) / 1_000_000;
}

const actionOf = (f: FieldMap): string | undefined => f['DeviceAction'] ?? f['SimplifiedDeviceAction'];

/** CEF messages as Azure Monitor and Microsoft Sentinel keep them. Azure Monitor reference, table CommonSecurityLog. */
export const commonSecurityLog = mappedFormat({
  format: {
    id: 'common-security-log',
    title: 'Azure CommonSecurityLog rows (Sentinel)',
    roles: ['violation', 'flow', 'nat'],
    status: 'documented',
    clock:
      '`EndTime` where `StartTime` is told too, else `TimeGenerated`: UTC, of the collector where the device told none',
    traps: ['what the device said beyond the table’s columns stands in `AdditionalExtensions` and is not read'],
  },
  mark: MARK,
  score: 0.95,
  fields: (text) => flatFields(text),
  type: (f) => carriedType(verdictOf(actionOf(f)), severityOfTen(f['LogSeverity'])) ?? 'flow',
  action: (f) => verdictOf(actionOf(f)),
  facts: (f) => ({
    srcIp: f['SourceIP'],
    srcPort: f['SourcePort'],
    dstIp: f['DestinationIP'],
    dstPort: f['DestinationPort'],
    domain: f['DestinationHostName'] ?? urlHost(f['RequestURL']),
    natSrcIp: f['SourceTranslatedAddress'],
    natSrcPort: f['SourceTranslatedPort'],
    natDstIp: f['DestinationTranslatedAddress'],
    natDstPort: f['DestinationTranslatedPort'],
    transport: f['Protocol']?.toLowerCase(),
    rule: ruleOf(f) ?? f['Activity'],
    ruleId: f['DeviceEventClassID'],
    ruleCategory: f['DeviceEventCategory'],
    actionRaw: actionOf(f),
    severityRaw: f['LogSeverity'],
    inIf: f['DeviceInboundInterface'],
    outIf: f['DeviceOutboundInterface'],
    observer: f['DeviceName'],
    host: f['Computer'],
    url: f['RequestURL'],
    method: f['RequestMethod'],
    userAgent: f['RequestClientApplication'],
    bytesToDst: f['SentBytes'],
    bytesToSrc: f['ReceivedBytes'],
  }),
  stamp: (f) => (lasted(f) === undefined ? f['TimeGenerated'] : f['EndTime']),
  lasted,
});
