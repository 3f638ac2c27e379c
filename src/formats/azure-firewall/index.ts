import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, tryJson } from '../../core/json/json.ts';
import { wordOf } from '../../core/network/network.ts';
import { azureRecords } from '../../core/products/azure.ts';
import type { DnsEvent, NetworkEvent } from '../../model/event.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { messageEvent } from './message.ts';
import { tableEvent } from './table.ts';

/** Azure Firewall diagnostic logs: the legacy text messages and the structured AZFW tables. */
export const azureFirewall: Format = {
  id: 'azure-firewall',
  title: 'Azure Firewall logs',
  roles: ['violation', 'flow', 'dns'],
  framing: 'auto',
  status: 'real',
  clock: 'time (TimeGenerated): 100 ns, UTC; when the rule was applied',
  traps: [
    'application rules name the host, not its address',
    'ICMP has empty ports',
    'DNS proxy records come from the CoreDNS inside the firewall',
    'threat intelligence and IDPS records repeat the connection that a rule already logged',
  ],
  describesHosts: true,
  claims,
  open: () => ({
    decode(record) {
      const json = tryJson(record.text);
      const records = azureRecords(json).filter(isFirewallRecord);
      if (records.length === 0) return failed('no Azure Firewall record');
      const events = records.flatMap((entry) => recordEvent(record, entry) ?? []);
      return events.length === 0 ? skipped('record without a connection') : decoded(...events);
    },
  }),
};

function isFirewallRecord(record: JsonObject): boolean {
  const name = wordOf(record['category']) ?? wordOf(record['Category']) ?? wordOf(record['Type']) ?? '';
  if (/^(?:AzureFirewall|AZFW)/.test(name)) return true;
  return (
    /\/AZUREFIREWALLS\//i.test(wordOf(record['resourceId']) ?? wordOf(record['_ResourceId']) ?? '') && hasBody(record)
  );
}

function hasBody(record: JsonObject): boolean {
  return isObject(record['properties']) || 'msg_s' in record || 'SourceIp' in record;
}

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not a JSON object');
  return azureRecords(json).some(isFirewallRecord)
    ? yes(0.98, 'category of Azure Firewall')
    : no('no Azure Firewall record');
}

function recordEvent(record: RawRecord, entry: JsonObject): NetworkEvent | DnsEvent | undefined {
  const message = wordOf(at(entry, 'properties', 'msg')) ?? wordOf(entry['msg_s']) ?? wordOf(entry['msg']);
  if (message !== undefined) return messageEvent(record, entry, message);
  const properties = entry['properties'];
  return tableEvent(record, entry, isObject(properties) ? properties : entry);
}
