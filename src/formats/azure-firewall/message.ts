import { compact, type JsonObject, numberOf } from '../../core/json/json.ts';
import { domainName, splitHostPort, transportName } from '../../core/network/ip.ts';
import { actionOf, dnsEvent, endpointOf, natOf, networkEvent, ruleOf } from '../../core/network/network.ts';
import type { DnsEvent, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import { FORMAT, firewallName, recordTime, rulePath, transportOf } from './common.ts';

const REQUEST =
  /^(\w+)(?: Type=(\d+))?\s+request from (\S+?)(?: to (\S+?))?(?: was (DNAT)'ed to (\S+?))?(?:\.(?=\s|$)|$)/;
const CLAUSE =
  /\.\s+(?=(?:Action|Url|Policy|Rule Collection Group|Rule Collection|Rule|ThreatIntel|Signature|IDS|Priority|Classification|Reason|Web Category|Error): ?)/;
const QUERY =
  /^DNS Request: (\S+):(\d+) - (\d+) (\S+) (\S+) (\S+) (\w+) \d+ (?:true|false) \d+ (\S+) \S+ \d+ [\d.]+s?$/;
const QUERY_ERROR = /^\s*Error: \d+ (\S+) (\w+): (?:read|write|dial) (\w+) (\S+?)->(\S+?): (.*)$/;

/** Event of a legacy text message; undefined when it names no connection. */
export function messageEvent(
  record: RawRecord,
  entry: JsonObject,
  message: string,
): NetworkEvent | DnsEvent | undefined {
  const text = message.trim();
  if (/^(?:DNS Request|Error): /.test(text)) return queryEvent(record, entry, text);
  const request = REQUEST.exec(text);
  if (request === null) return undefined;
  const [, protocol = '', icmpType, source = '', target, dnat, translated] = request;
  const clauses = readClauses(text);
  const action = dnat ?? clauses['Action']?.split(/[.\s]/)[0];
  const type = clauses['IDS'] !== undefined || clauses['ThreatIntel'] !== undefined ? 'alert' : typeOf(protocol);
  const url = clauses['Url'];
  return networkEvent(record, {
    format: FORMAT,
    clock: 'time',
    time: recordTime(record, entry),
    type,
    action: dnat === undefined ? actionOf(action) : 'allow',
    actionRaw: action,
    src: sideOf(source),
    dst: sideOf(target ?? ''),
    initiator: 'src',
    transport: transportOf(protocol),
    nat: translated === undefined ? undefined : natOf({}, sideOf(translated)),
    rule: ruleOfClauses(clauses),
    severity: prioritySeverity(clauses['Priority']),
    severityRaw: clauses['Priority'],
    icmp: icmpType === undefined ? undefined : { type: Number(icmpType) },
    observer: firewallName(entry),
    http: url === undefined ? undefined : { url },
  });
}

function sideOf(text: string): Endpoint {
  const { host, port } = splitHostPort(text.replace(/:$/, ''));
  return endpointOf(host, port);
}

function typeOf(protocol: string): NetworkEvent['type'] {
  if (/^https?$/i.test(protocol)) return protocol.length === 5 ? 'tls' : 'http';
  return 'packet';
}

/** `Key: value` clauses after the request; values may hold dots, so a clause ends only before the next known key. */
function readClauses(text: string): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const clause of text.split(CLAUSE).slice(1)) {
    const colon = clause.indexOf(':');
    out[clause.slice(0, colon)] ??= clause
      .slice(colon + 1)
      .trim()
      .replace(/\.$/, '');
  }
  return out;
}

function ruleOfClauses(clauses: Readonly<Record<string, string>>): NetworkEvent['rule'] {
  if (clauses['IDS'] !== undefined || clauses['Signature'] !== undefined)
    return ruleOf(clauses['IDS'], clauses['Signature'], clauses['Classification']);
  if (clauses['ThreatIntel'] !== undefined) return ruleOf(clauses['ThreatIntel']);
  const collection = clauses['Rule Collection'];
  const path = rulePath(clauses['Policy'], clauses['Rule Collection Group'], collection, clauses['Rule']);
  return ruleOf(clauses['Rule'] ?? collection, path);
}

/** IDPS priority: 1 high .. 3 low. */
export function prioritySeverity(text: string | undefined): number | undefined {
  const priority = numberOf(text);
  return priority === undefined || priority < 1 ? undefined : Math.max(1, 4 - priority);
}

/** Query line of the firewall's DNS proxy, which is a CoreDNS. */
function queryEvent(record: RawRecord, entry: JsonObject, text: string): DnsEvent | undefined {
  const query = QUERY.exec(text);
  const common = { format: FORMAT, clock: 'time', time: recordTime(record, entry), host: firewallName(entry) };
  if (query !== null) {
    const [, ip, port, serial, qtype, , name = '', transport, rcode] = query;
    return dnsEvent(record, {
      ...common,
      op: 'query',
      name: domainName(name) ?? name,
      qtype,
      client: endpointOf(ip, port),
      serial,
      rcode,
      transport: transportName(transport),
    });
  }
  const error = QUERY_ERROR.exec(text);
  if (error === null) return undefined;
  const [, name = '', qtype, transport, sender = '', upstream = ''] = error;
  const server = compact({ upstream: sideOf(upstream).ip });
  return dnsEvent(record, {
    ...common,
    ...server,
    op: 'forward',
    client: sideOf(sender),
    name: domainName(name) ?? name,
    qtype,
    transport: transportName(transport),
  });
}
