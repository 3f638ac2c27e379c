import { flatFields, mappedFormat } from '../../core/mapping.ts';

export const netflowJson = mappedFormat({
  format: {
    id: 'netflow-json',
    title: 'NetFlow or IPFIX records as JSON',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'flowStartMilliseconds; SysUpTime alone is no wall time',
    traps: ['flowStartSysUpTime counts from boot'],
  },
  mark: /"sourceIPv[46]Address"\s*:/,
  score: 0.96,
  fields: (text) => flatFields(text),
  facts: (f) => ({
    srcIp: f['sourceIPv4Address'] ?? f['sourceIPv6Address'],
    srcPort: f['sourceTransportPort'],
    dstIp: f['destinationIPv4Address'] ?? f['destinationIPv6Address'],
    dstPort: f['destinationTransportPort'],
    transport: f['protocolIdentifier'],
    natSrcIp: f['postNATSourceIPv4Address'],
    natSrcPort: f['postNAPTSourceTransportPort'],
  }),
  stamp: (f) => f['flowStartMilliseconds'] ?? f['flowStartSeconds'],
});
