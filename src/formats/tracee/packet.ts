import { arrayOf, at, compact, integerText, numberOf, textOf } from '../../core/json/json.ts';
import { domainName, parseIp, transportName } from '../../core/network/ip.ts';
import type { NetworkEvent } from '../../model/event.ts';
import { endpoint, type TraceeRecord } from './fields.ts';

type NetworkPart = Omit<NetworkEvent, 'time' | 'ref' | 'format' | 'clock'>;
/** A packet that the sensor saw of a process's flow. */
export function packetPart(found: TraceeRecord, text: string): NetworkPart | undefined {
  const protocol = /^net_packet_(tcp|udp|icmp|icmpv6|dns|http|ipv4|ipv6)\w*$/.exec(found.name)?.[1];
  if (protocol === undefined) return undefined;
  const { args, who } = found;
  const tcp = args['proto_tcp'];
  const ends = endsOf(args);
  const asked = initiatorOf(found.name, args);
  const type = protocol === 'dns' || protocol === 'http' ? protocol : 'packet';
  const transport = { tcp: 'tcp', udp: 'udp', icmp: 'icmp', icmpv6: 'icmp6', http: 'tcp' }[protocol];
  return compact({
    kind: 'network' as const,
    type,
    action: 'unknown' as const,
    ...ends,
    initiator: asked,
    transport: transport ?? transportName(numberOf(at(args['metadata'], 'protocol'))?.toString()),
    seq: tcp === undefined ? undefined : numberOf(integerText(text, 'seq')),
    dns: dnsOf(args['proto_dns']) ?? lookupOf(args),
    http: httpOf(args['http_request'] ?? args['proto_http_request'] ?? args['proto_http']),
    pid: who.pid,
    ppid: who.ppid,
    uid: who.uid,
    comm: who.comm,
    containerId: who.containerId,
    srcPod: asked === 'src' ? who.pod : undefined,
  });
}

/** `net_packet_dns_request` and its kin have all of a packet's ends in one argument. */
function endsOf(args: TraceeRecord['args']): Pick<NetworkEvent, 'src' | 'dst'> {
  const meta = args['metadata'];
  return {
    src: endpoint(args['src'] ?? at(meta, 'src_ip'), args['src_port'] ?? at(meta, 'src_port')),
    dst: endpoint(args['dst'] ?? at(meta, 'dst_ip'), args['dst_port'] ?? at(meta, 'dst_port')),
  };
}

function initiatorOf(name: string, args: TraceeRecord['args']): 'src' | 'dst' | undefined {
  const said = /_(request|response)$/.exec(name)?.[1];
  if (said !== undefined) return said === 'request' ? 'src' : 'dst';
  const [tcp, dns] = [args['proto_tcp'], args['proto_dns']];
  if (dns !== undefined) return at(dns, 'QR') === 1 ? 'dst' : 'src';
  if (at(tcp, 'SYN') !== 1) return undefined;
  return at(tcp, 'ACK') === 1 ? 'dst' : 'src';
}

/** A lookup as `net_packet_dns_request` and `net_packet_dns_response` tell it. */
function lookupOf(args: TraceeRecord['args']): NetworkEvent['dns'] | undefined {
  const response = arrayOf(args['dns_response'])[0];
  const query = arrayOf(args['dns_questions'])[0] ?? at(response, 'query_data');
  const name = domainName(textOf(at(query, 'query')));
  if (name === undefined) return undefined;
  const answers = arrayOf(at(response, 'dns_answer')).map((item) => parseIp(textOf(at(item, 'answer')) ?? '') ?? '');
  const found = answers.filter((ip) => ip !== '');
  return compact({ name, type: textOf(at(query, 'query_type')), answers: found.length === 0 ? undefined : found });
}

function dnsOf(dns: unknown): NetworkEvent['dns'] | undefined {
  const question = arrayOf(at(dns, 'questions'))[0];
  const name = domainName(textOf(at(question, 'name')));
  if (name === undefined) return undefined;
  const answers = arrayOf(at(dns, 'answers')).map((a) => parseIp(textOf(at(a, 'IP')) ?? '') ?? '');
  const found = answers.filter((ip) => ip !== '');
  return compact({
    name,
    type: textOf(at(question, 'type')),
    id: numberOf(at(dns, 'ID')),
    answers: found.length === 0 ? undefined : found,
  });
}

function httpOf(request: unknown): NetworkEvent['http'] | undefined {
  const said = compact({
    method: textOf(at(request, 'method')),
    host: textOf(at(request, 'host')),
    url: textOf(at(request, 'uri_path')),
  });
  return Object.keys(said).length === 0 ? undefined : said;
}
