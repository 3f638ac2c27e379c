import { urlHost } from '../../core/network/ip.ts';
import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';

/** Subtypes of mail, virus and web filter logs that stand for a verdict (SFOS log guide). */
function word(subtype: string | undefined): string | undefined {
  if (subtype === undefined) return undefined;
  if (/^(?:Virus|DLP|.*Spam$)/.test(subtype)) return `blocked: ${subtype}`;
  return /^(?:Warned|Clean)$/.test(subtype) ? `allowed: ${subtype}` : subtype;
}

/** The site of a web, sandbox or mail log; `source` holds an address in other logs, which is no domain. */
function domainOf(f: FieldMap): string | undefined {
  return (
    f['domain'] ||
    f['domainname'] ||
    urlHost(f['url']) ||
    f['sni'] ||
    f['server_name'] ||
    (f['log_type'] === 'Sandbox' ? f['source'] : undefined) ||
    /@([\w.-]+)$/.exec(f['from_email_address'] ?? '')?.[1]
  );
}

/** Zones without an abbreviation are written as an offset. */
const offset = (zone: string | undefined): string => (/^[+-]\d\d(?::?\d\d)?$/.test(zone ?? '') ? (zone ?? '') : '');

function icmpOf({ icmp_type: type, icmp_code: code = '' }: FieldMap): { type: number; code?: number } | undefined {
  if (type === undefined || !/^\d+$/.test(type)) return undefined;
  return { type: Number(type), ...(/^\d+$/.test(code) ? { code: Number(code) } : {}) };
}

export const sophosXg = mappedFormat({
  format: {
    id: 'sophos-xg',
    title: 'Sophos XG firewall',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'date and time with a zone abbreviation, or timestamp with an offset',
    traps: ['timezone abbreviations are ambiguous: without an offset the zone is assumed'],
  },
  mark: /\bdevice(?:_name|_model)?="?[^"]+"? .*\blog_type="/,
  score: 0.97,
  fields: parseKeyValues,
  facts: (f) => ({
    srcIp: f['src_ip'] ?? f['sourceip'] ?? f['remoteinterfaceip'],
    srcPort: f['src_port'],
    dstIp: f['dst_ip'] ?? f['destinationip'] ?? f['localip'] ?? f['localinterfaceip'] ?? f['source'],
    dstPort: f['dst_port'],
    natSrcIp: f['tran_src_ip'] ?? f['src_trans_ip'],
    natSrcPort: f['tran_src_port'] ?? f['src_trans_port'],
    natDstIp: f['tran_dst_ip'] ?? f['dst_trans_ip'],
    natDstPort: f['tran_dst_port'] ?? f['dst_trans_port'],
    transport: f['protocol'],
    icmp: icmpOf(f),
    rule: f['signature_msg'] ?? f['threatname'] ?? f['fw_rule_name'] ?? f['rule_name'],
    ruleId: f['signature_id'] ?? f['fw_rule_id'] ?? f['rule_id'],
    actionRaw: f['status'] || word(f['log_subtype']),
    domain: domainOf(f),
    inIf: f['in_interface'],
    outIf: f['out_interface'],
    zoneIn: f['src_zone'],
    zoneOut: f['dst_zone'],
    bytesToDst: f['sent_bytes'] ?? f['bytes_sent'],
    bytesToSrc: f['recv_bytes'] ?? f['bytes_received'],
    observer: f['device_name'],
    severityRaw: f['priority'],
    url: f['url'] ?? (f['log_component'] === 'Web' ? f['source'] : undefined),
    method: f['method'],
    userAgent: f['user_agent'] ?? f['http_user_agent'] ?? f['useragent'],
  }),
  type: (f) => (/^(?:IDP|ATP)$/.test(f['log_type'] ?? '') ? 'alert' : 'flow'),
  lasted: (f) => Number(f['duration'] ?? 0),
  stamp: (f) =>
    f['timestamp'] ?? (f['date'] === undefined ? undefined : `${f['date']} ${f['time'] ?? ''}${offset(f['timezone'])}`),
});
