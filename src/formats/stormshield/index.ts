import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { mappedFormat } from '../../core/tables/mapping.ts';

export const stormshield = mappedFormat({
  format: {
    id: 'stormshield',
    title: 'Stormshield network security',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'time with tz',
    traps: ['ipproto is the transport, proto the application'],
  },
  mark: /\bstartime="[^"]*" .*\blogtype="/,
  score: 0.97,
  fields: parseKeyValues,
  facts: (f) => ({
    srcIp: f['src'],
    srcPort: f['srcport'],
    dstIp: f['dst'],
    dstPort: f['dstport'],
    natSrcIp: f['modsrc'],
    natSrcPort: f['modsrcport'],
    natDstIp: f['origdst'],
    natDstPort: f['origdstport'],
    transport: f['ipproto'],
    rule: f['rulename'],
    ruleId: f['ruleid'],
    actionRaw: f['action'],
    domain: f['dstname'],
    inIf: f['srcifname'],
    outIf: f['dstifname'],
    bytesToDst: f['sent'],
    bytesToSrc: f['rcvd'],
    observer: f['fw'],
  }),
  stamp: (f) => (f['time'] === undefined ? undefined : `${f['time']}${f['tz'] ?? ''}`),
});
