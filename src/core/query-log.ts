import type { DnsEvent } from '../model/event.ts';
import type { RawRecord } from '../model/source.ts';
import type { EventTime } from '../model/time.ts';
import { parseIp, parsePort, transportName } from './ip.ts';
import { compact } from './json.ts';

/** What a DNS server's line states of one query. */
export interface QueryFacts {
  readonly format: string;
  readonly clock: string;
  readonly time: EventTime;
  readonly name: string;
  readonly ip: string;
  readonly port?: string | undefined;
  readonly qtype?: string | undefined;
  readonly transport?: string | undefined;
  readonly rcode?: string | undefined;
  readonly host?: string | undefined;
  readonly op?: DnsEvent['op'];
}

/** A query event; undefined when the client is no address. */
export function queryEvent(record: RawRecord, facts: QueryFacts): DnsEvent | undefined {
  const ip = parseIp(facts.ip.replace(/^\[|\]$/g, ''));
  if (ip === undefined) return undefined;
  return compact({
    kind: 'dns' as const,
    format: facts.format,
    clock: facts.clock,
    time: facts.time,
    ref: record.ref,
    host: facts.host ?? record.host,
    op: facts.op ?? ('query' as const),
    name: facts.name.toLowerCase().replace(/\.$/, ''),
    qtype: facts.qtype,
    client: compact({ ip, port: parsePort(facts.port) }),
    transport: transportName(facts.transport),
    rcode: facts.rcode,
  });
}
