import { headed } from '../../core/lines/headed.ts';
import { urlHost } from '../../core/network/ip.ts';
import { type FieldMap, flatFields, mappedFormat } from '../../core/tables/mapping.ts';

/** The level fills a column of nine characters, then box, source and message follow. */
const LINE =
  /(?:^|\w: )(?:Info {5}|Notice {3}|Warning {2}|Error {4}|Security |Fatal {4}|Panic {4})(?<box>\S+) (?<message>\S.*)/;
/** Members in any order. */
const JSON_MARK = /(?=[\s\S]*"fw_rule"\s*:)[\s\S]*"app_rule"\s*:|(?=[\s\S]*"app_target"\s*:)[\s\S]*"trans_proto"\s*:/;
/** Activity log: `Allow: type|proto|..`, as plain cells or as `name=value` cells. */
const ACTIVITY =
  /^(?:firewall: )?(?:\[\w+\] )?(?<word>Allow|Block|Deny|Drop|Detect|Remove|Fail|Request)\w*: +(?<cells>\S+\|.*)/;
const CELLS = [
  'type',
  'proto',
  'inIf',
  'src',
  'sport',
  'mac',
  'dst',
  'dport',
  'service',
  'outIf',
  'rule',
  'info',
  'natSrc',
  'natDst',
];
const NAMED: FieldMap = {
  srcIF: 'inIf',
  srcIP: 'src',
  srcPort: 'sport',
  dstIP: 'dst',
  dstPort: 'dport',
  dstIF: 'outIf',
  srcNAT: 'natSrc',
  dstNAT: 'natDst',
};
const IP = String.raw`\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:]{2,40}`;
const PROSE: readonly RegExp[] = [
  new RegExp(
    String.raw`(?<word>Allow|Block|Deny|Drop|Detect)\w*: +(?:\S+ )?(?<proto>[A-Z]+)(?:\(\d+\))? (?<src>${IP})(?::(?<sport>\d+))? -> (?<dst>${IP})(?::(?<dport>\d+))?`,
  ),
  new RegExp(
    String.raw`\b(?<proto>TCP|UDP|ICMP) (?<src>${IP})(?::(?<sport>\d+))?(?: \([^)]*\))? -> (?<dst>${IP})(?::(?<dport>\d+))?`,
  ),
  new RegExp(String.raw`\bto Control Center (?<dst>${IP})`),
  new RegExp(String.raw`\[\w+@(?<src>${IP})_(?<sport>\d+)\]`),
  new RegExp(String.raw`\bGCSID_\S+?_(?<src>${IP})_(?<sport>\d+)_`),
  new RegExp(String.raw`\b(?:peer=|source IP |[Ff]rom )(?<src>${IP})(?::(?<sport>\d+))?`),
  new RegExp(String.raw`^(?<src>${IP}):(?<sport>\d+) login`),
];

export const barracudaCgfw = headed(
  mappedFormat({
    format: {
      id: 'barracuda-cgfw',
      title: 'Barracuda CloudGen Firewall',
      roles: ['violation', 'flow', 'nat'],
      status: 'real',
      clock: 'timestamp (epoch s or ms, ISO) of JSON streams, else the syslog header',
      traps: ['exported box logs carry no time of their own', 'activity rows are cells without names'],
    },
    mark: new RegExp(`^\\s*\\{(?:${JSON_MARK.source})|${LINE.source}`),
    score: 0.93,
    fields: read,
    facts: (f) => ({
      srcIp: f['src'] ?? f['src_ip'] ?? f['source_ip'],
      srcPort: f['sport'] ?? f['src_port'] ?? f['source_port'],
      dstIp: f['dst'] ?? f['dst_ip'] ?? f['destination_ip'],
      dstPort: f['dport'] ?? f['dst_port'] ?? f['destination_port'] ?? f['port'],
      natSrcIp: f['natSrc'] ?? f['src_ip_nat'],
      natDstIp: f['natDst'] ?? f['dst_ip_nat'],
      // ALLIP is a rule's "any protocol", not what the packet was.
      transport: f['proto']?.replace(/^ALLIP$/, '') ?? f['ip_proto'] ?? f['trans_proto'],
      rule: f['rule'] ?? f['fw_rule'] ?? f['description'],
      actionRaw: f['word'] ?? f['operation'] ?? (f['action'] === '0' ? 'allow' : f['action']),
      domain: f['domain'] ?? urlHost(f['name']),
      inIf: f['inIf'] ?? f['src_iface'],
      outIf: f['outIf'] ?? f['dst_iface'],
      observer: f['box'],
      url: f['status_code'] === undefined ? undefined : f['name'],
      method: f['method'],
      userAgent: f['user_agent'],
    }),
    stamp: (f) => f['timestamp'],
  }),
);

function read(text: string): FieldMap | undefined {
  if (text.trimStart().startsWith('{')) return flatFields(text);
  const line = LINE.exec(text)?.groups;
  if (line === undefined) return undefined;
  const { box = '', message = '' } = line;
  const activity = ACTIVITY.exec(message)?.groups;
  if (activity !== undefined) return { box, word: activity['word'] ?? '', ...cellsOf(activity['cells'] ?? '') };
  for (const pattern of PROSE) {
    const groups = pattern.exec(message)?.groups;
    if (groups !== undefined) return { box, ...said(groups) };
  }
  return { box };
}

function said(groups: Record<string, string | undefined>): FieldMap {
  const out: FieldMap = {};
  for (const [key, value] of Object.entries(groups)) if (value !== undefined) out[key] = value;
  return out;
}

function cellsOf(text: string): FieldMap {
  const out: FieldMap = {};
  text.split('|').forEach((cell, index) => {
    const named = /^(\w+)=(.*)$/.exec(cell);
    const key = named === null ? CELLS[index] : (NAMED[named[1] ?? ''] ?? named[1]);
    const value = named === null ? cell : named[2];
    if (key !== undefined && value !== undefined && value !== '') out[key] = value;
  });
  return out;
}
