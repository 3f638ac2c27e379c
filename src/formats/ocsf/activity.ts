import { arrayOf, at, compact, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { domainName, transportName } from '../../core/network/ip.ts';
import {
  bytesOf,
  clockOf,
  endpointOf,
  instantOf,
  natOf,
  networkEvent,
  podName,
  ruleOf,
  stampOf,
  timeOf,
  wordOf,
} from '../../core/network/network.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { actionOfEvent } from './verdict.ts';

const TYPES = wordTable<NetworkEvent['type']>({
  '2001': 'finding',
  '2002': 'finding',
  '2003': 'finding',
  '2004': 'finding',
  '2005': 'finding',
  '4002': 'http',
  '4003': 'dns',
  '4007': 'ssh',
});
const DIRECTIONS = wordTable<NetworkEvent['direction']>({ 1: 'inbound', 2: 'outbound', 3: 'internal' });

/** Event of a class, its tuple taken from `body`: the event itself or one of a finding's evidences. */
export function activityEvent(record: RawRecord, json: JsonObject, body: JsonObject): NetworkEvent | undefined {
  const src = sideOf(body['src_endpoint']);
  const dst = withDomain(sideOf(body['dst_endpoint']), body);
  if (src.ip === undefined && dst.ip === undefined && src.domain === undefined && dst.domain === undefined)
    return undefined;
  const link = body['connection_info'] ?? json['connection_info'];
  const host = wordOf(at(json, 'device', 'hostname')) ?? wordOf(at(json, 'device', 'name'));
  const action = actionOfEvent(json);
  const process = at(body, 'process') ?? at(body, 'actor', 'process') ?? at(json, 'actor', 'process');
  return networkEvent(record, {
    format: 'ocsf',
    clock: clockOf('time', host),
    time: activityTime(record, json),
    type: TYPES[String(json['class_uid'])] ?? 'flow',
    action: action.action,
    actionRaw: action.raw,
    src,
    dst,
    initiator: initiatorOf(json),
    transport: transportOf(link),
    direction: DIRECTIONS[textOf(at(link, 'direction_id')) ?? ''],
    nat: natOf(proxyOf(body['src_endpoint']), proxyOf(body['dst_endpoint'])),
    rule: ruleOfEvent(json),
    severity: severityOf(numberOf(json['severity_id'])),
    severityRaw: wordOf(json['severity']),
    count: numberOf(json['count']),
    flowId: wordOf(at(link, 'uid')),
    communityId: wordOf(at(link, 'community_uid')),
    observer: wordOf(at(json, 'metadata', 'product', 'name')),
    host,
    containerId: wordOf(at(process, 'container', 'uid')),
    srcPod: podName(at(process, 'namespace'), at(process, 'container', 'pod_name')),
    pid: numberOf(at(process, 'pid')),
    comm: wordOf(at(process, 'name')),
    dns: dnsOf(body),
    http: httpOf(body),
    bytes: trafficOf(json['traffic']),
  });
}

function sideOf(endpoint: unknown): Endpoint {
  return endpointOf(at(endpoint, 'ip'), at(endpoint, 'port'), at(endpoint, 'hostname') ?? at(endpoint, 'domain'));
}

/** The name that the client asked for stands in the request, not in the endpoint. */
function withDomain(dst: Endpoint, body: JsonObject): Endpoint {
  if (dst.domain !== undefined) return dst;
  const url = at(body, 'http_request', 'url') ?? body['url'];
  const name = wordOf(at(url, 'hostname')) ?? wordOf(at(body, 'tls', 'sni'));
  const domain = domainName(name);
  return domain === undefined ? dst : { ...dst, domain };
}

/** Translated side of an endpoint. */
function proxyOf(endpoint: unknown): Endpoint {
  const proxy = at(endpoint, 'proxy_endpoint');
  return endpointOf(at(proxy, 'ip'), at(proxy, 'port'));
}

function activityTime(record: RawRecord, json: JsonObject): EventTime {
  const start = instantOf(json['start_time'] ?? at(json, 'finding_info', 'first_seen_time'));
  const end = instantOf(json['end_time'] ?? at(json, 'finding_info', 'last_seen_time'));
  const stamps = [json['time'], json['time_dt'], json['start_time'], json['end_time']];
  const stamp = stamps.find((value) => stampOf(value) !== undefined);
  const ordered = start === undefined || end === undefined || start <= end;
  return timeOf(stamp, record, {
    basis: start !== undefined && end !== undefined && ordered ? 'window' : 'event',
    lo: ordered ? start : undefined,
    hi: ordered ? end : undefined,
    observed: instantOf(at(json, 'metadata', 'logged_time')) ?? record.observed,
  });
}

/** 1 = source, 2 = destination opened the connection. */
function initiatorOf(json: JsonObject): NetworkEvent['initiator'] {
  const id = numberOf(json['initiator_id'] ?? at(json, 'connection_info', 'initiator_id'));
  return id === 1 ? 'src' : id === 2 ? 'dst' : undefined;
}

function transportOf(link: unknown): string | undefined {
  const name = wordOf(at(link, 'protocol_name'));
  if (name !== undefined && !/^(?:unknown|other)$/i.test(name)) return transportName(name);
  const number = numberOf(at(link, 'protocol_num'));
  return number === undefined || number < 0 ? undefined : transportName(number);
}

function ruleOfEvent(json: JsonObject): NetworkEvent['rule'] {
  const rule = json['firewall_rule'];
  if (isObject(rule)) return ruleOf(rule['name'], rule['uid'], rule['category']);
  const info = json['finding_info'] ?? json['finding'];
  return ruleOf(at(info, 'title'), at(info, 'analytic', 'uid') ?? at(info, 'uid'), arrayOf(at(info, 'types'))[0]);
}

/** 1 informational .. 5 critical, 6 fatal. */
function severityOf(id: number | undefined): number | undefined {
  return id === undefined || id < 1 || id > 6 ? undefined : Math.min(4, id - 1);
}

function dnsOf(body: JsonObject): NetworkEvent['dns'] {
  const name = wordOf(at(body, 'query', 'hostname'));
  if (name === undefined) return undefined;
  const answers = arrayOf(body['answers'])
    .map((answer) => wordOf(at(answer, 'rdata')))
    .filter((text) => text !== undefined);
  return compact({
    name: domainName(name) ?? name,
    type: wordOf(at(body, 'query', 'type')),
    id: numberOf(at(body, 'query', 'packet_uid')),
    answers: answers.length === 0 ? undefined : answers,
  });
}

function httpOf(body: JsonObject): NetworkEvent['http'] {
  const request = body['http_request'];
  if (!isObject(request)) return undefined;
  const http = compact({
    method: wordOf(request['http_method']),
    url: wordOf(at(request, 'url', 'url_string')) ?? wordOf(at(request, 'url', 'path')),
    host: domainName(wordOf(at(request, 'url', 'hostname'))),
    status: numberOf(at(body, 'http_response', 'code')),
    userAgent: wordOf(request['user_agent']),
  });
  return Object.keys(http).length === 0 ? undefined : http;
}

function trafficOf(traffic: unknown): NetworkEvent['bytes'] {
  return bytesOf(at(traffic, 'bytes_out') ?? at(traffic, 'bytes'), at(traffic, 'bytes_in'));
}
