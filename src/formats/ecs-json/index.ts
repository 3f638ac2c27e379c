import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { ecs, ecsAll, openHit } from '../../core/json/ecs.ts';
import { compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { domainName, transportName } from '../../core/network/ip.ts';
import {
  bytesOf,
  clockOf,
  directionOf,
  endpointOf,
  isPlaced,
  natOf,
  networkEvent,
  podName,
  ruleOf,
  severityOf,
  wordOf,
} from '../../core/network/network.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { documentTime } from './time.ts';
import { actionOfDocument, typeOfDocument } from './verdict.ts';

/** Network documents in the Elastic Common Schema, from any pipeline or SIEM export. */
export const ecsJson: Format = {
  id: 'ecs-json',
  title: 'Elastic Common Schema documents',
  roles: ['violation', 'flow', 'dns', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: '@timestamp, of whatever clock the pipeline chose; event.start and event.end bound the cause',
  traps: [
    'keys are nested or dotted, values scalars or arrays',
    'event.outcome success says that the device worked, not that the packet passed',
    'source and destination follow the original product: source is not always the opener',
    'event.start of some pipelines is days off and is then not used',
  ],
  claims,
  open: () => ({ decode }),
};

const ADDRESSES = ['source.ip', 'destination.ip', 'client.ip', 'server.ip', 'source.address', 'destination.address'];

function claims({ json }: SniffRecord): Sniff {
  const document = openHit(json);
  if (document === undefined || !('@timestamp' in document)) return no('no @timestamp');
  if (!ADDRESSES.some((name) => ecs(document, name) !== undefined)) return no('no source or destination');
  const isEcs = ecs(document, 'ecs.version') !== undefined || ecs(document, 'event.kind') !== undefined;
  return isEcs ? yes(0.85, '@timestamp, ecs.version and addresses') : yes(0.6, '@timestamp and source or destination');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const document = openHit(json);
  if (document === undefined || !isObject(json)) return failed('not a JSON object');
  const src = sideOf(document, 'source', 'client');
  const dst = sideOf(document, 'destination', 'server');
  if (!isPlaced(src) && !isPlaced(dst)) return skipped('document without addresses');
  return decoded(documentEvent(record, document, src, dst));
}

function sideOf(document: JsonObject, side: string, role: string): Endpoint {
  const of = (name: string): unknown => ecs(document, `${side}.${name}`) ?? ecs(document, `${role}.${name}`);
  return endpointOf(of('ip') ?? of('address'), of('port'), of('domain'));
}

function documentEvent(record: RawRecord, document: JsonObject, src: Endpoint, named: Endpoint): NetworkEvent {
  const word = (name: string): string | undefined => wordOf(ecs(document, name));
  const observer = word('observer.name') ?? word('observer.hostname');
  const host = word('host.name') ?? word('host.hostname');
  const direction = directionOf(ecs(document, 'network.direction'));
  const pod = podName(ecs(document, 'kubernetes.namespace'), ecs(document, 'kubernetes.pod.name'));
  const domain = domainName(word('url.domain') ?? word('tls.client.server_name'));
  const dst = named.domain === undefined && domain !== undefined ? { ...named, domain } : named;
  const transport = word('network.transport') ?? word('network.iana_number');
  return networkEvent(record, {
    format: 'ecs-json',
    clock: clockOf('@timestamp', observer ?? host),
    time: documentTime(record, document),
    type: typeOfDocument(document),
    action: actionOfDocument(document),
    actionRaw: word('event.action'),
    src,
    dst,
    initiator: initiatorOf(document, src, named),
    transport: transportName(transport),
    direction,
    nat: natOf(translatedOf(document, 'source'), translatedOf(document, 'destination')),
    rule: ruleOf(word('rule.name'), word('rule.id') ?? word('rule.uuid'), word('rule.category')),
    severity: severityOf(word('kibana.alert.severity')),
    severityRaw: textOf(ecs(document, 'event.severity')),
    icmp: icmpOf(document),
    communityId: word('network.community_id'),
    ...passage(document),
    observer: observer ?? word('observer.product'),
    host,
    containerId: word('container.id'),
    srcPod: direction === 'outbound' ? pod : undefined,
    dstPod: direction === 'inbound' ? pod : undefined,
    pid: numberOf(ecs(document, 'process.pid')),
    comm: word('process.name'),
    dns: dnsOf(document),
    http: httpOf(document),
    bytes: bytesOf(ecs(document, 'source.bytes'), ecs(document, 'destination.bytes')),
  });
}

function translatedOf(document: JsonObject, side: string): Endpoint {
  return endpointOf(ecs(document, `${side}.nat.ip`), ecs(document, `${side}.nat.port`));
}

/** Interfaces and zones that the packet passed. */
function passage(document: JsonObject) {
  const name = (side: string): string | undefined =>
    wordOf(ecs(document, `observer.${side}.interface.name`)) ??
    wordOf(ecs(document, `observer.${side}.interface.alias`));
  return {
    inIf: name('ingress'),
    outIf: name('egress'),
    zoneIn: wordOf(ecs(document, 'observer.ingress.zone')),
    zoneOut: wordOf(ecs(document, 'observer.egress.zone')),
  };
}

/** `client` is the opener by definition; it is told only where the document has it. */
function initiatorOf(document: JsonObject, src: Endpoint, dst: Endpoint): NetworkEvent['initiator'] {
  const client = endpointOf(ecs(document, 'client.ip'), ecs(document, 'client.port'));
  if (client.ip === undefined || src.ip === dst.ip) return undefined;
  if (client.ip === src.ip) return 'src';
  return client.ip === dst.ip ? 'dst' : undefined;
}

function icmpOf(document: JsonObject): NetworkEvent['icmp'] {
  const type = numberOf(ecs(document, 'icmp.type'));
  return type === undefined ? undefined : compact({ type, code: numberOf(ecs(document, 'icmp.code')) });
}

function dnsOf(document: JsonObject): NetworkEvent['dns'] {
  const question = wordOf(ecs(document, 'dns.question.name'));
  if (question === undefined) return undefined;
  const answers = ecsAll(document, 'dns.resolved_ip').filter((answer) => typeof answer === 'string');
  return compact({
    name: domainName(question) ?? question,
    type: wordOf(ecs(document, 'dns.question.type')),
    id: numberOf(ecs(document, 'dns.id')),
    answers: answers.length === 0 ? undefined : answers,
  });
}

function httpOf(document: JsonObject): NetworkEvent['http'] {
  const http = compact({
    method: wordOf(ecs(document, 'http.request.method')),
    url: wordOf(ecs(document, 'url.full')) ?? wordOf(ecs(document, 'url.original')),
    host: domainName(wordOf(ecs(document, 'url.domain'))),
    status: numberOf(ecs(document, 'http.response.status_code')),
    userAgent: wordOf(ecs(document, 'user_agent.original')),
  });
  return http.method === undefined && http.url === undefined && http.status === undefined ? undefined : http;
}
