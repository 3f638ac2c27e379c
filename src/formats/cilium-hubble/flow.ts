import { arrayOf, at, compact, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { authorityOf } from '../../core/network/forward-proxy.ts';
import { transportName, urlHost } from '../../core/network/ip.ts';
import {
  clockOf,
  directionOf,
  endpointOf,
  isPlaced,
  nanoTimeOf,
  natOf,
  networkEvent,
  podName,
  ruleOf,
  wordOf,
} from '../../core/network/network.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Action, NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';

/** The datapath event is read from the perf ring within some ms. */
const BEFORE_US = 10_000;

/** flow.proto, enum Verdict: the older encoders write the number. */
const VERDICTS = ['VERDICT_UNKNOWN', 'FORWARDED', 'DROPPED', 'ERROR', 'AUDIT', 'REDIRECTED', 'TRACED', 'TRANSLATED'];

const ACTIONS = wordTable<Action>({
  FORWARDED: 'allow',
  REDIRECTED: 'allow',
  DROPPED: 'deny',
  AUDIT: 'alert',
});

/** Network event of a flow; undefined when the field mask left no address. */
export function flowEvent(record: RawRecord, json: JsonObject, flow: JsonObject): NetworkEvent | undefined {
  const { transport, l4 } = layer4(flow);
  const ip = flow['IP'] ?? flow['ip'];
  const src = endpointOf(at(ip, 'source'), pick(l4, 'source_port'), firstName(flow, 'source_names'));
  const l7 = flow['l7'];
  const http = httpOf(l7);
  const named = firstName(flow, 'destination_names') ?? askedHost(flow, http);
  const dst = endpointOf(at(ip, 'destination'), pick(l4, 'destination_port'), named);
  if (!isPlaced(src) && !isPlaced(dst)) return undefined;
  const verdict = verdictOf(flow['verdict']);
  const stamp = stampText(flow['time']) ?? stampText(json['time']);
  const host = wordOf(pick(flow, 'node_name')) ?? wordOf(json['node_name']);
  return networkEvent(record, {
    format: 'cilium-hubble',
    clock: clockOf('flow.time', host),
    time: nanoTimeOf(stamp, record, { basis: 'packet', beforeUs: BEFORE_US }),
    type: typeOf(l7, verdict),
    action: verdict === undefined ? 'unknown' : (ACTIONS[verdict] ?? 'unknown'),
    actionRaw: verdict,
    src,
    dst,
    initiator: initiatorOf(flow, l4),
    transport,
    direction: directionOf(pick(flow, 'traffic_direction')),
    nat: natOf(endpointOf(at(ip, 'source_xlated')), {}),
    rule: policyOf(flow),
    icmp: icmpOf(transport, l4),
    flowId: wordOf(flow['uuid']),
    inIf: wordOf(at(flow, 'interface', 'name')),
    host,
    dns: dnsOf(l7),
    http,
    srcPod: podOf(flow['source']),
    dstPod: podOf(flow['destination']),
  });
}

/** proto3 JSON names are snake_case with UseProtoNames and lowerCamelCase without. */
function pick(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  return value[name] ?? value[camelName(name)];
}

const CAMEL = new Map<string, string>();

function camelName(name: string): string {
  const known = CAMEL.get(name);
  if (known !== undefined) return known;
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  CAMEL.set(name, camel);
  return camel;
}

/** RFC 3339 text, or `{seconds, nanos}` of the older encoder as decimal seconds. */
export function stampText(value: unknown): string | undefined {
  if (!isObject(value)) return textOf(value);
  const seconds = textOf(value['seconds']);
  const nanos = numberOf(value['nanos']) ?? 0;
  return seconds === undefined ? undefined : `${seconds}.${String(nanos).padStart(9, '0')}`;
}

function verdictOf(value: unknown): string | undefined {
  return typeof value === 'number' ? VERDICTS[value] : wordOf(value);
}

function layer4(flow: JsonObject): { transport: string | undefined; l4: unknown } {
  const outer = flow['l4'];
  const layer = isObject(outer) && isObject(outer['Protocol']) ? outer['Protocol'] : outer;
  if (!isObject(layer)) return { transport: undefined, l4: undefined };
  const name = Object.keys(layer)[0];
  return { transport: transportName(name), l4: name === undefined ? undefined : layer[name] };
}

function typeOf(l7: unknown, verdict: string | undefined): NetworkEvent['type'] {
  if (isObject(at(l7, 'dns'))) return 'dns';
  if (isObject(at(l7, 'http'))) return 'http';
  return verdict === 'AUDIT' ? 'alert' : 'packet';
}

/** A reply names its destination as the opener; a lone SYN its source. Without either the record does not say. */
function initiatorOf(flow: JsonObject, l4: unknown): NetworkEvent['initiator'] {
  const reply = pick(flow, 'is_reply') ?? flow['reply'];
  if (typeof reply === 'boolean') return reply ? 'dst' : 'src';
  const flags = at(l4, 'flags');
  if (at(flags, 'SYN') !== true) return undefined;
  return at(flags, 'ACK') === true ? 'dst' : 'src';
}

function policyOf(flow: JsonObject): NetworkEvent['rule'] {
  for (const key of ['egress_denied_by', 'ingress_denied_by', 'egress_allowed_by', 'ingress_allowed_by']) {
    const policy = arrayOf(pick(flow, key))[0];
    const name = wordOf(at(policy, 'name'));
    if (name !== undefined) return ruleOf(name, podName(at(policy, 'namespace'), name), dropReason(flow));
  }
  return ruleOf(undefined, dropReason(flow));
}

function dropReason(flow: JsonObject): string | undefined {
  const reason = wordOf(pick(flow, 'drop_reason_desc'));
  return reason === 'DROP_REASON_UNKNOWN' ? undefined : reason;
}

function icmpOf(transport: string | undefined, l4: unknown): NetworkEvent['icmp'] {
  if (transport !== 'icmp' && transport !== 'icmp6') return undefined;
  // proto3 omits zeros: an empty object is type 0, an echo reply.
  return { type: numberOf(pick(l4, 'type')) ?? 0, code: numberOf(pick(l4, 'code')) ?? 0 };
}

function firstName(flow: JsonObject, key: string): unknown {
  return arrayOf(pick(flow, key))[0];
}

/** The host of a request is the destination's name; an answer goes to whoever asked. */
function askedHost(flow: JsonObject, http: NetworkEvent['http']): string | undefined {
  return pick(flow, 'is_reply') === true ? undefined : authorityOf(http?.host ?? '-').domain;
}

function podOf(endpoint: unknown): string | undefined {
  return podName(pick(endpoint, 'namespace'), pick(endpoint, 'pod_name'));
}

function dnsOf(l7: unknown): NetworkEvent['dns'] {
  const dns = at(l7, 'dns');
  const name = wordOf(at(dns, 'query'));
  if (name === undefined) return undefined;
  const answers = [...arrayOf(at(dns, 'cnames')), ...arrayOf(at(dns, 'ips'))].filter((x) => typeof x === 'string');
  return compact({
    name: name.toLowerCase().replace(/\.$/, ''),
    type: wordOf(arrayOf(at(dns, 'qtypes'))[0]),
    answers: answers.length === 0 ? undefined : answers,
  });
}

function httpOf(l7: unknown): NetworkEvent['http'] {
  const http = at(l7, 'http');
  if (!isObject(http)) return undefined;
  let userAgent: string | undefined;
  let host: string | undefined;
  for (const header of arrayOf(http['headers'])) {
    const key = textOf(at(header, 'key'))?.toLowerCase();
    if (key === 'user-agent') userAgent = textOf(at(header, 'value'));
    if (key === 'host' || key === ':authority') host = textOf(at(header, 'value'));
  }
  return compact({
    method: wordOf(http['method']),
    url: wordOf(http['url']),
    host: host ?? urlHost(wordOf(http['url'])),
    status: numberOf(http['code']),
    userAgent,
  });
}
