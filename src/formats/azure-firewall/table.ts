import { type JsonObject, textOf } from '../../core/json/json.ts';
import { beganBehind } from '../../core/network/answers.ts';
import { domainName, transportName } from '../../core/network/ip.ts';
import {
  actionOf,
  dnsEvent,
  endpointOf,
  isPlaced,
  natOf,
  networkEvent,
  ruleOf,
  wordOf,
} from '../../core/network/network.ts';
import type { DnsEvent, NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import { FORMAT, firewallName, recordTime, rulePath, transportOf } from './common.ts';
import { prioritySeverity } from './message.ts';

/** Event of a row of the structured tables (AZFWNetworkRule, AZFWApplicationRule, AZFWNatRule, ...). */
export function tableEvent(record: RawRecord, entry: JsonObject, row: JsonObject): NetworkEvent | DnsEvent | undefined {
  if (wordOf(row['QueryName']) !== undefined) return queryRow(record, entry, row);
  const src = endpointOf(row['SourceIp'], row['SourcePort']);
  const dst = endpointOf(row['DestinationIp'], row['DestinationPort'], row['Fqdn']);
  if (!isPlaced(src) && !isPlaced(dst)) return undefined;
  const action = wordOf(row['Action']);
  const translated = endpointOf(row['TranslatedIp'], row['TranslatedPort']);
  const signature = wordOf(row['SignatureId']);
  const threat = wordOf(row['ThreatDescription']);
  const url = wordOf(row['TargetUrl']);
  return networkEvent(record, {
    format: FORMAT,
    clock: 'time',
    time: recordTime(record, entry),
    type: signature !== undefined || threat !== undefined ? 'alert' : 'packet',
    action: isPlaced(translated) && action === undefined ? 'allow' : actionOf(action),
    actionRaw: action,
    src,
    dst,
    initiator: signature === undefined ? initiatorOf(row) : (beganBehind(src, dst) ?? initiatorOf(row)),
    transport: transportOf(wordOf(row['Protocol'])),
    nat: natOf({}, translated),
    rule: ruleOfRow(row, signature, threat),
    severity: prioritySeverity(textOf(row['Severity'])),
    severityRaw: textOf(row['Severity']),
    observer: firewallName(entry),
    http: url === undefined ? undefined : { url },
  });
}

/** Flow trace rows (AZFWFlowTrace) are packets of either side; only their flag tells. */
function initiatorOf(row: JsonObject): NetworkEvent['initiator'] {
  const flag = wordOf(row['Flag']);
  if (flag === undefined) return 'src';
  return flag === 'SYN' ? 'src' : flag === 'SYN-ACK' ? 'dst' : undefined;
}

function ruleOfRow(row: JsonObject, signature: string | undefined, threat: string | undefined): NetworkEvent['rule'] {
  if (signature !== undefined) return ruleOf(row['Description'], signature, row['Category']);
  if (threat !== undefined) return ruleOf(threat);
  const path = rulePath(row['Policy'], row['RuleCollectionGroup'], row['RuleCollection'], row['Rule']);
  return ruleOf(row['Rule'] ?? row['RuleCollection'], path, row['WebCategory']);
}

function queryRow(record: RawRecord, entry: JsonObject, row: JsonObject): DnsEvent {
  const name = textOf(row['QueryName']) ?? '';
  const client = endpointOf(row['SourceIp'], row['SourcePort']);
  return dnsEvent(record, {
    format: FORMAT,
    clock: 'time',
    time: recordTime(record, entry),
    op: 'query',
    name: domainName(name) ?? name,
    qtype: wordOf(row['QueryType']),
    client: isPlaced(client) ? client : undefined,
    serial: wordOf(row['QueryId']),
    rcode: wordOf(row['ResponseCode']),
    transport: transportName(textOf(row['Protocol'])),
    host: firewallName(entry),
  });
}
