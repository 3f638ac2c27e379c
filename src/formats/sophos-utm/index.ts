import { parseKeyValues } from '../../core/keyvalue.ts';
import { mappedFormat } from '../../core/mapping.ts';

export const sophosUtm = mappedFormat({
  format: {
    id: 'sophos-utm',
    title: 'Sophos UTM 9',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'syslog header',
    traps: ['the id names the message kind'],
  },
  mark: /\bid="\d{4}" (?:severity|srcip)="/,
  score: 0.96,
  fields: parseKeyValues,
  facts: (f) => ({
    srcIp: f['srcip'],
    srcPort: f['srcport'],
    dstIp: f['dstip'],
    dstPort: f['dstport'] ?? f['port'],
    natSrcIp: f['localip'],
    transport: f['proto'],
    actionRaw: f['action'],
    rule: f['fwrule'],
    domain: f['server'] ?? /^https?:\/\/([^/:]+)/.exec(f['url'] ?? '')?.[1],
    inIf: f['initf'],
    outIf: f['outitf'],
    url: f['url'],
  }),
  stamp: () => undefined,
});
