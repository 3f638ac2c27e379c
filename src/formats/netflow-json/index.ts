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
  mark: /"(?:sourceIPv[46]Address|IPV[46]_SRC_ADDR)"\s*:/,
  score: 0.96,
  fields: (text) => flatFields(text),
  facts: (f) => ({
    srcIp: f['sourceIPv4Address'] ?? f['sourceIPv6Address'] ?? f['IPV4_SRC_ADDR'] ?? f['IPV6_SRC_ADDR'],
    srcPort: f['sourceTransportPort'] ?? f['L4_SRC_PORT'] ?? f['SRC_PORT'],
    dstIp: f['destinationIPv4Address'] ?? f['destinationIPv6Address'] ?? f['IPV4_DST_ADDR'] ?? f['IPV6_DST_ADDR'],
    dstPort: f['destinationTransportPort'] ?? f['L4_DST_PORT'] ?? f['DST_PORT'],
    transport: f['protocolIdentifier'] ?? f['PROTOCOL'] ?? f['PROTO'],
    bytesToDst: f['octetDeltaCount'] ?? f['IN_BYTES'] ?? f['IN_OCTETS'],
    natSrcIp: f['postNATSourceIPv4Address'],
    natSrcPort: f['postNAPTSourceTransportPort'],
  }),
  stamp: (f) => f['flowStartMilliseconds'] ?? f['flowStartSeconds'],
});
