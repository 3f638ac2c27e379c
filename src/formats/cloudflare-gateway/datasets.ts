import { arrayOf, at, compact, integerText, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { dnsTypeName } from '../../core/network/dns-types.ts';
import { domainName, transportName } from '../../core/network/ip.ts';
import {
  actionOf,
  bytesOf,
  endpointOf,
  instantOf,
  isPlaced,
  natOf,
  networkEvent,
  ruleOf,
  timeOf,
  wordOf,
} from '../../core/network/network.ts';
import type { Action, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';

const FORMAT = 'cloudflare-gateway';
/** The record is made when the policy is applied. */
const BEFORE_US = 1_000_000;

/** Nanosecond numbers lose digits in `JSON.parse`; they are taken from the text. */
function stampOf(record: RawRecord, json: JsonObject, key: string): unknown {
  const value = json[key];
  return typeof value === 'number' && value > Number.MAX_SAFE_INTEGER ? integerText(record.text, key) : value;
}

/** `block`, `blockedByCategory`, `allowedOnNoRuleMatch`, ...; isolation and scanning let the request through. */
function gatewayAction(word: string | undefined): Action {
  const action = actionOf(word);
  if (action !== 'unknown' || word === undefined) return action;
  if (/^quarantine/i.test(word)) return 'deny';
  return /^(?:bypass|isolate|noisolate|scan|noscan|on|off|do_?not)/i.test(word) ? 'allow' : 'unknown';
}

/** A port of 0 stands for none. */
function sideOf(ip: unknown, port: unknown, domain?: unknown): Endpoint {
  return endpointOf(ip, numberOf(port) === 0 ? undefined : port, domain);
}

/** Fields that all policy datasets share. */
function policyFields(record: RawRecord, json: JsonObject) {
  const action = wordOf(json['Action']);
  return {
    format: FORMAT,
    clock: 'Datetime',
    time: timeOf(stampOf(record, json, 'Datetime'), record, { basis: 'event' as const, beforeUs: BEFORE_US }),
    action: gatewayAction(action),
    actionRaw: action,
    src: sideOf(json['SourceIP'], json['SourcePort']),
    initiator: 'src' as const,
    rule: ruleOf(json['PolicyName'], json['PolicyID']),
    host: wordOf(json['DeviceName']),
  };
}

/** Inner address of the device, and the destination that an override policy put in place. */
function innerOf(json: JsonObject): NetworkEvent['nat'] {
  return natOf(endpointOf(json['SourceInternalIP']), sideOf(json['OverrideIP'], json['OverridePort']));
}

/** gateway_network: a connection that a network policy decided. */
export function networkPolicyEvent(record: RawRecord, json: JsonObject): NetworkEvent | undefined {
  const fields = policyFields(record, json);
  const dst = sideOf(json['DestinationIP'], json['DestinationPort'], json['SNI']);
  if (!isPlaced(fields.src) && !isPlaced(dst)) return undefined;
  return networkEvent(record, {
    ...fields,
    type: 'packet',
    dst,
    transport: transportName(wordOf(json['Transport'])),
    nat: innerOf(json),
    flowId: wordOf(json['SessionID']),
  });
}

/** gateway_http: a request that an HTTP policy decided. */
export function httpEvent(record: RawRecord, json: JsonObject): NetworkEvent | undefined {
  const fields = policyFields(record, json);
  const url = wordOf(json['URL']);
  const host = domainName(wordOf(json['HTTPHost']));
  const asked = url === undefined ? undefined : /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@?#]*@)?([^/:?#]+)/i.exec(url)?.[1];
  const dst = sideOf(json['DestinationIP'], json['DestinationPort'], asked ?? host ?? json['SNI']);
  if (!isPlaced(fields.src) && !isPlaced(dst)) return undefined;
  return networkEvent(record, {
    ...fields,
    type: 'http',
    dst,
    nat: innerOf(json),
    flowId: wordOf(json['RequestID']),
    http: compact({
      method: wordOf(json['HTTPMethod']),
      url,
      host,
      status: numberOf(json['HTTPStatusCode']) || undefined,
      userAgent: wordOf(json['UserAgent']),
    }),
  });
}

/** gateway_dns: a query and the resolver's decision. */
export function queryEvent(record: RawRecord, json: JsonObject): NetworkEvent | undefined {
  const name = textOf(json['QueryName']);
  if (name === undefined) return undefined;
  const decision = wordOf(json['ResolverDecision']);
  const answers = [...arrayOf(json['ResolvedIPs']), ...arrayOf(json['RData']).map((entry) => at(entry, 'data'))];
  const texts = answers.filter((answer) => typeof answer === 'string').filter((answer) => answer !== '');
  return networkEvent(record, {
    format: FORMAT,
    clock: 'Datetime',
    time: timeOf(stampOf(record, json, 'Datetime'), record, { basis: 'event', beforeUs: BEFORE_US }),
    type: 'dns',
    action: gatewayAction(decision),
    actionRaw: decision,
    src: sideOf(json['SrcIP'], json['SrcPort']),
    dst: sideOf(json['DstIP'], json['DstPort']),
    initiator: 'src',
    transport: transportOf(wordOf(json['Protocol'])),
    rule: ruleOf(wordOf(json['PolicyName']) ?? json['Policy'], json['PolicyID']),
    observer: wordOf(json['Location']),
    host: wordOf(json['DeviceName']),
    dns: compact({
      name: domainName(name) ?? name,
      type: wordOf(json['QueryTypeName']) || dnsTypeName(numberOf(json['QueryType'])),
      answers: texts.length === 0 ? undefined : texts,
    }),
  });
}

/** DNS over HTTPS and TLS are written `https` and `tls`. */
function transportOf(word: string | undefined): string | undefined {
  const text = word?.toLowerCase();
  return text === 'https' || text === 'tls' ? 'tcp' : transportName(text);
}

/** zero_trust_network_sessions: one proxied connection from start to end. */
export function sessionEvent(record: RawRecord, json: JsonObject): NetworkEvent | undefined {
  const src = sideOf(json['SourceIP'], json['SourcePort']);
  const dst = sideOf(json['OriginIP'], json['OriginPort'], json['SNI']);
  if (!isPlaced(src) && !isPlaced(dst)) return undefined;
  const egress = sideOf(json['EgressIP'], json['EgressPort']);
  const inner = endpointOf(json['SourceInternalIP']);
  const reason = wordOf(json['ConnectionCloseReason']);
  return networkEvent(record, {
    format: FORMAT,
    clock: 'SessionStartTime',
    time: timeOf(stampOf(record, json, 'SessionStartTime'), record, {
      basis: 'flow-start',
      hi: instantOf(stampOf(record, json, 'SessionEndTime')),
    }),
    type: 'proxy',
    action: 'unknown',
    actionRaw: reason,
    src,
    dst,
    initiator: 'src',
    transport: transportName(wordOf(json['Protocol'])),
    nat: natOf(isPlaced(egress) ? egress : inner, {}),
    rule: ruleOf(json['EgressRuleName']),
    flowId: wordOf(json['SessionID']),
    host: wordOf(json['DeviceName']),
    bytes: bytesOf(json['BytesSent'], json['BytesReceived']),
  });
}
