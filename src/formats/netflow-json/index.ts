import { type FieldMap, flatFields, mappedFormat } from '../../core/tables/mapping.ts';

/** Names of one value, those of IPFIX first, then NetFlow v9, goflow2, nfdump and pmacct. */
const NAMES = {
  srcIp: [
    'sourceIPv4Address',
    'sourceIPv6Address',
    'IPV4_SRC_ADDR',
    'IPV6_SRC_ADDR',
    'src_addr',
    'src4_addr',
    'src6_addr',
    'ip_src',
  ],
  srcPort: ['sourceTransportPort', 'L4_SRC_PORT', 'SRC_PORT', 'src_port', 'port_src'],
  dstIp: [
    'destinationIPv4Address',
    'destinationIPv6Address',
    'IPV4_DST_ADDR',
    'IPV6_DST_ADDR',
    'dst_addr',
    'dst4_addr',
    'dst6_addr',
    'ip_dst',
  ],
  dstPort: ['destinationTransportPort', 'L4_DST_PORT', 'DST_PORT', 'dst_port', 'port_dst'],
  transport: ['protocolIdentifier', 'PROTOCOL', 'PROTO', 'proto', 'ip_proto'],
  bytesToDst: ['octetDeltaCount', 'IN_BYTES', 'IN_OCTETS', 'bytes', 'in_bytes'],
  natSrcIp: ['postNATSourceIPv4Address', 'src4_xlt_ip', 'post_nat_ip_src'],
  natSrcPort: ['postNAPTSourceTransportPort', 'src_xlt_port', 'post_nat_port_src'],
  observer: ['sampler_address'],
} as const;
const STARTS = [
  'flowStartMilliseconds',
  'flowStartSeconds',
  'time_flow_start_ns',
  't_first',
  'timestamp_start',
  'FIRST_SWITCHED',
];

/** The collector of Logstash nests the names of NetFlow v9, in small letters. */
const firstOf = (f: FieldMap, names: readonly string[]): string | undefined =>
  names.map((name) => f[name] ?? f[`netflow.${name.toLowerCase()}`]).find((value) => value !== undefined);

export const netflowJson = mappedFormat({
  format: {
    id: 'netflow-json',
    title: 'NetFlow, IPFIX and sFlow records as JSON (goflow2, nfdump, pmacct, Logstash)',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'flowStartMilliseconds, time_flow_start_ns, t_first, timestamp_start; SysUpTime alone is no wall time',
    traps: [
      'flowStartSysUpTime counts from boot',
      'nfdump and pmacct write local time without a zone',
      'a sampled packet (sFlow) is no flow: start and end are when it was seen',
    ],
  },
  mark: /"(?:sourceIPv[46]Address|IPV[46]_SRC_ADDR|ipv[46]_src_addr|time_flow_start_ns|src[46]_addr)"\s*:|"ip_src"\s*:[^{}]*"port_src"\s*:/,
  score: 0.96,
  fields: (text) => flatFields(text),
  facts: (f) => Object.fromEntries(Object.entries(NAMES).map(([fact, names]) => [fact, firstOf(f, names)])),
  stamp: (f) => firstOf(f, STARTS),
});
