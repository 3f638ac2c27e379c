import { parseKeyValues } from '../../core/keyvalue.ts';
import { mappedFormat } from '../../core/mapping.ts';

export const clavister = mappedFormat({
  format: {
    id: 'clavister',
    title: 'Clavister NetWall',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'syslog header',
    traps: ['conn* fields are the connection, srcip and destip the packet'],
  },
  mark: /\bid=\d{5,8} event=\w+ /,
  score: 0.96,
  fields: (text) => parseKeyValues(text.replace(/[[\]]/g, ' ')),
  facts: (f) => ({
    srcIp: f['connsrcip'] ?? f['srcip'] ?? f['knownip'] ?? f['senderip'] ?? f['ipaddr'] ?? f['local_ip'],
    srcPort: f['connsrcport'] ?? f['srcport'],
    dstIp: f['conndestip'] ?? f['destip'] ?? f['remote_ip'],
    dstPort: f['conndestport'] ?? f['destport'],
    natSrcIp: f['newconnsrcip'] ?? f['connnewsrcip'],
    natSrcPort: f['newconnsrcport'] ?? f['connnewsrcport'],
    natDstIp: f['newconndestip'] ?? f['connnewdestip'],
    natDstPort: f['newconndestport'] ?? f['connnewdestport'],
    transport: f['connipproto'],
    rule: f['rule'] ?? f['connrule'],
    ruleId: f['id'],
    bytesToDst: f['origsent'],
    bytesToSrc: f['termsent'],
    actionRaw: f['action'],
    inIf: f['connrecvif'] ?? f['recvif'],
  }),
  stamp: () => undefined,
});
