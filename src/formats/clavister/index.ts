import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';

/** The time that the system writes before its category. */
const OWN_TIME = /^(?:<\d{1,3}>)?\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] /;

function read(text: string): FieldMap {
  const own = OWN_TIME.exec(text)?.[1];
  return { ...parseKeyValues(text.replace(/[[\]]/g, ' ')), ...(own === undefined ? {} : { '@stamp': own }) };
}

export const clavister = mappedFormat({
  format: {
    id: 'clavister',
    title: 'Clavister NetWall',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'syslog header, or a time of its own in brackets',
    traps: ['conn* fields are the connection, srcip and destip the packet'],
  },
  mark: /\bid=\d{5,8} (?:rev=\d+ )?event=\w+ /,
  score: 0.96,
  fields: read,
  facts: (f) => ({
    srcIp: f['connsrcip'] ?? f['srcip'] ?? f['knownip'] ?? f['senderip'] ?? f['ipaddr'] ?? f['local_ip'],
    srcPort: f['connsrcport'] ?? f['srcport'],
    dstIp: f['conndestip'] ?? f['destip'] ?? f['remote_ip'],
    dstPort: f['conndestport'] ?? f['destport'],
    natSrcIp: f['newconnsrcip'] ?? f['connnewsrcip'],
    natSrcPort: f['newconnsrcport'] ?? f['connnewsrcport'],
    natDstIp: f['newconndestip'] ?? f['connnewdestip'],
    natDstPort: f['newconndestport'] ?? f['connnewdestport'],
    transport: f['connipproto'] ?? f['ipproto'],
    rule: f['rule'] ?? f['connrule'],
    ruleId: f['id'],
    bytesToDst: f['origsent'],
    bytesToSrc: f['termsent'],
    actionRaw: f['action'],
    inIf: f['connrecvif'] ?? f['recvif'],
  }),
  stamp: (f) => f['@stamp'],
});
