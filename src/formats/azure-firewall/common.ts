import type { JsonObject } from '../../core/json/json.ts';
import { transportName } from '../../core/network/ip.ts';
import { timeOf, wordOf } from '../../core/network/network.ts';
import { resourceName } from '../../core/products/azure.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

/** A rule is applied to the first packets; the record may be a second late. */
const BEFORE_US = 1_000_000;

export function recordTime(record: RawRecord, entry: JsonObject): EventTime {
  const stamp = entry['time'] ?? entry['TimeGenerated'] ?? entry['timeGenerated'];
  return timeOf(stamp, record, { basis: 'event', beforeUs: BEFORE_US });
}

/** Name of the firewall. */
export function firewallName(entry: JsonObject): string | undefined {
  return resourceName(entry['resourceId'] ?? entry['ResourceId'] ?? entry['_ResourceId']);
}

/** Transport of the protocol column; HTTP, HTTPS and MSSQL name an application and say nothing about it. */
export function transportOf(protocol: string | undefined): string | undefined {
  const name = transportName(protocol?.split(' ')[0]);
  return name !== undefined && /^(?:tcp|udp|icmp6?|sctp|gre|esp|ah|\d+)$/.test(name) ? name : undefined;
}

export const FORMAT = 'azure-firewall';

/** `policy/group/collection/rule` of what is named. */
export function rulePath(...parts: readonly unknown[]): string | undefined {
  const named = parts.map(wordOf).filter((part) => part !== undefined);
  return named.length < 2 ? undefined : named.join('/');
}
