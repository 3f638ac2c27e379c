import { parseKeyValues } from '../../core/keyvalue.ts';
import { mappedFormat } from '../../core/mapping.ts';

/** Subtypes of mail, virus and web filter logs that stand for a verdict (SFOS log guide). */
function word(subtype: string | undefined): string | undefined {
  if (subtype === undefined) return undefined;
  if (/^(?:Virus|DLP|.*Spam$)/.test(subtype)) return `blocked: ${subtype}`;
  return /^(?:Warned|Clean)$/.test(subtype) ? `allowed: ${subtype}` : subtype;
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
  mark: /\bdevice(?:_name)?="?[^"]+"? .*\blog_type="/,
  score: 0.97,
  fields: parseKeyValues,
  facts: (f) => ({
    srcIp: f['src_ip'] ?? f['sourceip'],
    srcPort: f['src_port'],
    dstIp: f['dst_ip'] ?? f['localip'] ?? f['source'],
    dstPort: f['dst_port'],
    natSrcIp: f['tran_src_ip'] ?? f['src_trans_ip'],
    natSrcPort: f['tran_src_port'],
    natDstIp: f['tran_dst_ip'] ?? f['dst_trans_ip'],
    natDstPort: f['tran_dst_port'],
    transport: f['protocol'],
    rule: f['signature_msg'] ?? f['fw_rule_name'],
    ruleId: f['fw_rule_id'],
    actionRaw: f['status'] || word(f['log_subtype']),
    domain: f['domain'] ?? f['domainname'],
    inIf: f['in_interface'],
    outIf: f['out_interface'],
    zoneIn: f['src_zone'],
    zoneOut: f['dst_zone'],
    observer: f['device_name'],
    severityRaw: f['priority'],
    url: f['url'],
  }),
  stamp: (f) => f['timestamp'] ?? (f['date'] === undefined ? undefined : `${f['date']} ${f['time'] ?? ''}`),
});
