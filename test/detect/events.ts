import type { DnsEvent, Event, InventoryEvent, NetworkEvent, ProcessEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import { timeOf } from '../event-time.ts';

const at = 1_767_225_600_000_000 as Micros;
const base = {
  time: timeOf(at),
  ref: { source: 'x.log', line: 1, offset: 0, bytes: 1 },
  format: 'example',
  clock: 'time',
} as const;

export function dnsQuery(name: string, fields: Partial<DnsEvent> = {}): DnsEvent {
  return { ...base, kind: 'dns', op: 'query', name, ...fields };
}

export function network(fields: Partial<NetworkEvent>): NetworkEvent {
  return { ...base, kind: 'network', type: 'packet', action: 'unknown', src: {}, dst: {}, ...fields };
}

export function proxied(url: string, fields: Partial<NetworkEvent> = {}): NetworkEvent {
  const http = { method: 'GET', url, ...fields.http };
  return network({ type: 'proxy', action: 'allow', src: { ip: '10.20.1.5' }, ...fields, http });
}

export function processEvent(fields: Partial<ProcessEvent>): ProcessEvent {
  return { ...base, kind: 'process', op: 'exec', ...fields };
}

export function approved(...domains: readonly string[]): InventoryEvent[] {
  return domains.map((domain) => ({ ...base, kind: 'inventory', role: 'approved', domain }));
}

/** An event out of a pack's example, which states the telling fields only. */
export function exampleEvent(fields: object): Event {
  return { ...base, src: {}, dst: {}, action: 'unknown', ...fields } as Event;
}
