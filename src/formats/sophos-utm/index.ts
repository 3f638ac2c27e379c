import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';

/** The device's own header, `2024:05:01-10:00:00 host program[pid]:`. */
const HEADER = /^(?:<\d{1,3}>)?(\d{4}):(\d\d):(\d\d)-(\d\d:\d\d:\d\d) (\S+) /;

function read(text: string): FieldMap {
  const [, year, month, day, clock, host = ''] = HEADER.exec(text) ?? [];
  const own = year === undefined ? {} : { '@stamp': `${year}-${month}-${day} ${clock}`, '@host': host };
  return { ...parseKeyValues(text), ...own };
}

export const sophosUtm = mappedFormat({
  format: {
    id: 'sophos-utm',
    title: 'Sophos UTM 9',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'header of its own (colons between year, month and day), local time; else the syslog header',
    traps: ['the id names the message kind'],
  },
  mark: /\bid="\d{4}" (?:severity|srcip)="/,
  score: 0.96,
  fields: read,
  facts: (f) => ({
    srcIp: f['srcip'],
    srcPort: f['srcport'],
    dstIp: f['dstip'],
    dstPort: f['dstport'] ?? f['port'],
    natSrcIp: f['localip'],
    transport: f['proto'],
    actionRaw: f['action'],
    // Of an intrusion: what the signature says and its number.
    rule: f['sub'] === 'ips' ? (f['reason'] ?? f['sid']) : (f['threatname'] ?? f['fwrule']),
    ruleId: f['sub'] === 'ips' ? f['sid'] : f['threatname'] === undefined ? undefined : f['fwrule'],
    domain: f['server'] ?? /^https?:\/\/([^/:]+)/.exec(f['url'] ?? '')?.[1],
    inIf: f['initf'],
    outIf: f['outitf'],
    url: f['url'],
    method: f['method'],
    host: f['@host'],
  }),
  type: (f) => (f['sub'] === 'ips' || f['threatname'] !== undefined ? 'alert' : 'flow'),
  stamp: (f) => f['@stamp'],
});
