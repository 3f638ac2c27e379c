import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { domainName, transportName } from '../../core/network/ip.ts';
import { actionOf, dnsEvent, endpointOf, timeOf, wordOf } from '../../core/network/network.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Route 53 Resolver query logs, with DNS Firewall actions. */
export const awsRoute53Resolver: Format = {
  id: 'aws-route53-resolver',
  title: 'AWS Route 53 Resolver query logs',
  roles: ['violation', 'dns'],
  framing: 'auto',
  status: 'real',
  clock: 'query_timestamp: s, UTC',
  traps: ['answers from the cache are not logged', 'query names end in a dot', 'the source may be a resolver endpoint'],
  describesHosts: true,
  claims,
  open: () => ({ decode }),
};

function isQuery(json: unknown): json is JsonObject {
  return isObject(json) && 'query_timestamp' in json && 'query_name' in json;
}

function claims({ json }: SniffRecord): Sniff {
  if (!isQuery(json)) return no('no query_timestamp and query_name');
  return 'vpc_id' in json || 'srcids' in json || 'rcode' in json
    ? yes(0.98, 'query_timestamp, query_name and vpc_id')
    : yes(0.7, 'query_timestamp and query_name');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  if (!isQuery(json)) return failed('no query_timestamp and query_name');
  const name = textOf(json['query_name']);
  if (name === undefined) return failed('no query name');
  const client = endpointOf(json['srcaddr'], json['srcport']);
  const action = wordOf(json['firewall_rule_action']);
  const answers = arrayOf(json['answers'])
    .map((answer) => textOf(at(answer, 'Rdata')))
    .filter((text) => text !== undefined);
  return decoded(
    dnsEvent(record, {
      format: 'aws-route53-resolver',
      clock: 'query_timestamp',
      time: timeOf(json['query_timestamp'], record, { basis: 'request-start', beforeUs: 1_000_000 }),
      op: 'query',
      name: domainName(name) ?? name,
      qtype: wordOf(json['query_type']),
      client: Object.keys(client).length === 0 ? undefined : client,
      answers: answers.length === 0 ? undefined : answers,
      rcode: wordOf(json['rcode']),
      action: action === undefined ? undefined : actionOf(action),
      rule: 'firewall_rule_group_id' in json ? groupOf(json) : undefined,
      transport: transportName(textOf(json['transport'])),
      host: wordOf(at(json, 'srcids', 'instance')),
    }),
  );
}

/** The rule group, and the domain list that matched. */
function groupOf(json: JsonObject): { id?: string; name?: string } {
  return compact({ id: wordOf(json['firewall_rule_group_id']), name: wordOf(json['firewall_domain_list_id']) });
}
