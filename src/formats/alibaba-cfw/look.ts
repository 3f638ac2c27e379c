import { areFewBytes, emptyTraffic, noteClient, noteRequest } from '../../core/looks/look.ts';
import { Shapes } from '../../core/looks/shapes.ts';
import type { Glance, Look } from '../../model/format.ts';

const VALUES = [['src_ip'], ['src_port'], ['url'], ['in_packet_bytes'], ['out_packet_bytes'], ['rule_result']] as const;
const USES = ['client', 'port', 'same', 'few', 'few', 'literal'] as const;
const COMPARED = [
  ['dst_ip'],
  ['dst_port'],
  ['ip_protocol'],
  ['log_type'],
  ['direction'],
  ['domain'],
  ['dst_domain'],
  ['vul_level'],
  ['acl_rule_id'],
  ['acl_rule_name'],
  ['ips_rule_id'],
  ['ips_ai_rule_id'],
  ['ips_rule_name'],
  ['ips_rule_name_en'],
  ['attack_type_name'],
  ['attack_type_name_en'],
  ['loose_allow_acl_id'],
] as const;

/** Looks at sessions that were let through, in the JSON lines of the log service. */
export function lookAtSessions(): Look {
  const shapes = new Shapes({ values: VALUES, compared: COMPARED });
  const glance = emptyTraffic();
  const look = (line: string): Glance | undefined => {
    const cut = shapes.cut(line);
    if (cut === undefined) return undefined;
    const [key = '', client = '', port = '', url = '', inward = '', outward = '', result] = cut;
    if (result !== 'pass' || !noteClient(glance, client, port) || !areFewBytes(inward, outward)) return undefined;
    if (url === '' || url === '-') glance.url = undefined;
    else if (!noteRequest(glance, url, '')) return undefined;
    glance.userAgent = undefined;
    glance.key = key;
    return glance;
  };
  return Object.assign(look, { templateOf: (line: string) => shapes.template(line, USES) });
}
