import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseSyslog } from '../../core/lines/syslog.ts';
import { parseIp } from '../../core/network/ip.ts';
import { eventTime, timeFromObserved } from '../../core/time/time.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const MESSAGE =
  /\b(DHCP(?:ACK|RELEASE|DECLINE|EXPIRE|DISCOVER|OFFER|REQUEST|NAK|INFORM|LEASEQUERY))\b(?:\([^)]{1,32}\))?(?: (?:on|of|for|from))? ([^\s(]+)(?: \([0-9.]+\))?(?: (?:(?:to|from) )?([0-9a-fA-F:]{11,17}))?(?: \(([^)]{1,255})\)| (?!via\b)([\w-]{1,63})\s*$)?/;
const GIVEN = new Set(['DHCPACK']);
const RETURNED = new Set(['DHCPRELEASE', 'DHCPDECLINE', 'DHCPEXPIRE']);

/** Messages of ISC dhcpd (and dnsmasq-dhcp) in syslog. */
export const dhcpdSyslog: Format = {
  id: 'dhcpd-syslog',
  title: 'DHCP server messages in syslog',
  roles: ['lease'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header: local time, one second, often without year and zone',
  traps: [
    'only ACK gives an address: requests and offers say nothing of who has it',
    'an expiry is not logged: a lease ends when the address goes to another client',
  ],
  claims,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (/\b(?:CEF|LEEF): ?\d/.test(text)) return no('message inside CEF or LEEF');
  if (!MESSAGE.test(text))
    return /\b(?:dhcpd|dnsmasq-dhcp)(?:\[\d+\])?: /.test(text) ? yes(0.9, 'dhcp tag') : no('no DHCP message');
  return yes(0.97, 'DHCP message');
}

function open(context: DecodeContext, held?: unknown): Decoder {
  // The lease that runs on each address; it is told when its end is known, or at the end of the file.
  const running: Map<string, LeaseEvent> = new Map(held instanceof Map ? held : []);
  const decode = (record: RawRecord): Decoded => {
    const message = MESSAGE.exec(record.text);
    if (message === null) return /dhcp/i.test(record.text) ? skipped('other message') : failed('no DHCP message');
    // ISC dhcpd puts the client's name in brackets, dnsmasq at the end.
    const [, word = '', address = '', hardware, named, name = named] = message;
    const ip = parseIp(address.replace(/,$/, ''));
    const mac = hardware?.toLowerCase();
    if ((!GIVEN.has(word) && !RETURNED.has(word)) || ip === undefined || mac === undefined)
      return skipped('message that gives no address');
    const lease = leaseOf(record, context, { word, ip, mac, name });
    const before = running.get(ip);
    if (RETURNED.has(word)) {
      running.delete(ip);
      const start = before?.mac === mac ? before.start : undefined;
      return decoded(compact({ ...lease, start, end: lease.start }));
    }
    if (before?.mac === mac) return skipped('renewal');
    running.set(ip, lease);
    if (before === undefined) return decoded();
    return decoded(compact({ ...before, end: lease.start }));
  };
  return { decode, flush: () => [...running.values()], held: () => running };
}

interface Given {
  readonly word: string;
  readonly ip: string;
  readonly mac: string;
  readonly name: string | undefined;
}

function leaseOf(record: RawRecord, context: DecodeContext, given: Given): LeaseEvent {
  const header = parseSyslog(record.text, context.reference, context.zoneOffsetMin);
  const { observed } = record;
  const time =
    header?.stamp === undefined
      ? timeFromObserved(observed)
      : eventTime(header.stamp, { raw: header.rawTime, basis: 'event', observed });
  return compact({
    kind: 'lease' as const,
    time,
    ref: record.ref,
    format: 'dhcpd-syslog',
    clock: 'syslog',
    sandboxId: given.name ?? given.mac,
    ip: given.ip,
    mac: given.mac,
    state: given.word.slice(4).toLowerCase(),
    start: time.basis === 'none' ? undefined : time.at,
  });
}
