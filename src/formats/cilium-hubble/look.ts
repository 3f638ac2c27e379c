import { emptyTraffic, noteClient } from '../../core/looks/look.ts';
import { Shapes } from '../../core/looks/shapes.ts';
import type { Glance, Look } from '../../model/format.ts';
import type { Template } from '../../model/template.ts';

const VALUES = [
  ['flow', 'IP', 'source'],
  ['flow', 'IP', 'destination'],
  ['flow', 'l4', 'TCP', 'source_port'],
  ['flow', 'l4', 'TCP', 'destination_port'],
  ['flow', 'l4', 'UDP', 'source_port'],
  ['flow', 'l4', 'UDP', 'destination_port'],
  ['flow', 'is_reply'],
  ['flow', 'reply'],
  ['flow', 'l4', 'TCP', 'flags'],
] as const;
/** Ends and ports in turn; what tells the asking end is part of the template. */
const USES = ['client', 'same', 'port', 'same', 'port', 'same', 'literal', 'literal', 'literal'] as const;
const USES_OF_REPLY = ['same', 'client', 'same', 'port', 'same', 'port', 'literal', 'literal', 'literal'] as const;
const COMPARED = [
  ['flow', 'verdict'],
  ['flow', 'traffic_direction'],
  ['flow', 'source_names'],
  ['flow', 'destination_names'],
  ['flow', 'l7', 'dns', 'query'],
  ['flow', 'l7', 'dns', 'qtypes'],
  ['flow', 'l7', 'dns', 'cnames'],
  ['flow', 'l7', 'dns', 'ips'],
] as const;

/** What is known of the pods: it differs by pod, and no rule looks at it. */
const LOOSE = [
  ['flow', 'source'],
  ['flow', 'destination'],
] as const;

/** What other encoders write, records that are no flow, and what a rule on requests or denials looks at. */
const REFUSED = [
  ['lost_events'],
  ['result'],
  ['flow', 'ip'],
  ['flow', 'isReply'],
  ['flow', 'trafficDirection'],
  ['flow', 'sourceNames'],
  ['flow', 'destinationNames'],
  ['flow', 'l4', 'Protocol'],
  ['flow', 'l7', 'http'],
  ['flow', 'drop_reason_desc'],
  ['flow', 'egress_denied_by'],
  ['flow', 'ingress_denied_by'],
] as const;

/** Time, identity and addresses take more. */
const BEFORE_POD = 150;

/** Looks at TCP and UDP flows over IPv4 that were let through, as jsonpb writes them. */
export function lookAtFlows(): Look {
  const shapes = new Shapes({ values: VALUES, compared: COMPARED, loose: LOOSE, refused: REFUSED });
  const glance = emptyTraffic();
  const cutLine = (line: string): readonly string[] | undefined => {
    // Which end the pod is at parts the shapes best.
    const pod = line.indexOf('"source":{', BEFORE_POD) + 10;
    return shapes.cut(line, line.slice(pod, pod + 4));
  };
  const look = (line: string): Glance | undefined => {
    const cut = cutLine(line);
    if (cut === undefined) return undefined;
    const [key, source = '', destination = '', tcpFrom = '', tcpTo = '', udpFrom = '', udpTo = ''] = cut;
    const isReply = replyIn(cut);
    const from = tcpFrom || udpFrom;
    const to = tcpTo || udpTo;
    if (from === '' || to === '' || (isReply !== 'true' && isReply !== 'false')) return undefined;
    const [client, port, server, serverPort] =
      isReply === 'true' ? [destination, to, source, from] : [source, from, destination, to];
    if (!noteClient(glance, client, port)) return undefined;
    glance.key = `${isReply}"${server}"${serverPort}"${key}`;
    return glance;
  };
  const templateOf = (line: string): Template | undefined =>
    shapes.template(line, replyIn(cutLine(line) ?? []) === 'true' ? USES_OF_REPLY : USES);
  return Object.assign(look, { templateOf });
}

function replyIn(cut: readonly string[]): string {
  return cut[7] || cut[8] || replyOf(cut[9] ?? '');
}

/** Whether the flags show an answer where nothing else tells; '' when that takes more than a look. */
function replyOf(flags: string): 'true' | 'false' | '' {
  if (flags === '{"SYN":true,"ACK":true}') return 'true';
  return flags.includes('SYN') && flags !== '{"SYN":true}' ? '' : 'false';
}
