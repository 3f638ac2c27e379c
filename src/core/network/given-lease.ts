import type { LeaseEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime, Micros } from '../../model/time.ts';
import { compact } from '../json/json.ts';
import { parseIp } from './ip.ts';

/** What a record says of an address that a DHCP server gave. */
export interface GivenAddress {
  readonly format: string;
  readonly clock: string;
  readonly time: EventTime;
  readonly ip: string | undefined;
  readonly mac: string | undefined;
  /** The client's name for itself. */
  readonly name?: string | undefined;
  /** How long the address is given for, seconds; unknown where none. */
  readonly seconds?: number | undefined;
}

/** Names by which devices say that the client told none. */
const NO_NAME = /^(?:|-|\*|n\/a|\[?unavailable\]?|unknown|none)$/i;

/**
 * The lease: the address belongs to the client from the acknowledgement on. Undefined without an address or a holder.
 * It names no host: the server's, or the sensor's, is not the one that the client runs on.
 */
export function givenLease(record: RawRecord, given: GivenAddress): LeaseEvent | undefined {
  const ip = parseIp(given.ip ?? '');
  const mac = given.mac?.toLowerCase();
  const name = given.name === undefined || NO_NAME.test(given.name) ? undefined : given.name;
  const sandboxId = name ?? mac;
  if (ip === undefined || ip === '0.0.0.0' || sandboxId === undefined || sandboxId === '') return undefined;
  const { time, seconds = 0 } = given;
  const start = time.basis === 'none' ? undefined : time.at;
  const lengthUs = Math.round(seconds * 1_000_000);
  const end = start === undefined || !(lengthUs > 0) ? undefined : ((start + lengthUs) as Micros);
  const base = { kind: 'lease' as const, format: given.format, clock: given.clock, time, ref: record.ref };
  return compact({ ...base, sandboxId, ip, mac, state: 'ack', start, end });
}
