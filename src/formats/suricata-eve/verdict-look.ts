import { noteAlert } from '../../core/looks/look.ts';
import { Shapes } from '../../core/looks/shapes.ts';
import { isPrivateIp } from '../../core/network/ip.ts';
import type { AlertGlance, VerdictLook } from '../../model/format.ts';

/** Records with a verdict of their own. */
const TYPES: ReadonlySet<string> = new Set(['alert', 'drop']);

const VALUES = [
  ['timestamp'],
  ['event_type'],
  ['src_ip'],
  ['src_port'],
  ['direction'],
  ['flow', 'src_ip'],
  ['flow', 'src_port'],
  ['pkt_src'],
  ['http', 'url'],
  ['http', 'http_user_agent'],
] as const;
const USES = ['moment', 'literal', 'same', 'port', 'literal', 'same', 'natPort', 'same', 'url', 'same'] as const;
const COMPARED = [
  ['dest_ip'],
  ['dest_port'],
  ['proto'],
  ['host'],
  ['in_iface'],
  ...['action', 'gid', 'signature_id', 'rev', 'signature', 'category', 'severity'].map(
    (name) => ['alert', name] as const,
  ),
  ['drop', 'reason'],
  ['verdict', 'action'],
  ['verdict', 'reject'],
  ...['type', 'rrname', 'rrtype', 'rdata', 'answers', 'grouped', 'queries', 'query'].map(
    (name) => ['dns', name] as const,
  ),
  ['tls', 'sni'],
  ['quic', 'sni'],
  ['sni'],
  ['http', 'hostname'],
  ['http', 'http_method'],
] as const;
const REFUSED = [
  ['netflow', 'src_ip'],
  ['http', 'request_headers'],
] as const;

/** Clients inside ask from ephemeral ports; any other sender may answer. */
const mayAnswer = (ip: string, port: string): boolean =>
  Number(port) < 1024 || (Number(port) < 32_768 && !isPrivateIp(ip));

/** Looks at verdicts on packets of the asking side. */
export function lookAtVerdicts(): VerdictLook {
  const shapes = new Shapes({ values: VALUES, compared: COMPARED, refused: REFUSED });
  const look = (line: string): AlertGlance | undefined => {
    const cut = shapes.cut(line);
    if (cut === undefined) return undefined;
    const [
      key = '',
      stamp = '',
      type = '',
      ip = '',
      port = '',
      direction = '',
      opener = '',
      openerPort = '',
      from = '',
    ] = cut;
    const isAnswer =
      opener === '' ? direction === 'to_client' : opener !== ip || (openerPort !== '' && openerPort !== port);
    // Without a side the ports may tell an answer.
    if (opener === '' && direction === '' && mayAnswer(ip, port)) return undefined;
    // Such an alert is late: its cause lies anywhere in the flow.
    if (isAnswer || !TYPES.has(type) || from.includes('flow timeout')) return undefined;
    return noteAlert({
      key: `${key} ${type} ${ip} ${direction} ${opener} ${from}`,
      stamp,
      port,
      url: cut[9] ?? '',
      userAgent: cut[10] ?? '',
    });
  };
  return { look, templateOf: (line) => shapes.template(line, USES) };
}
