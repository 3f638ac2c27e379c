import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseSyslog } from '../../core/lines/syslog.ts';
import { parseIp } from '../../core/network/ip.ts';
import { eventTime, parseIso, timeFromObserved } from '../../core/time/time.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const MESSAGE =
  /\b(DHCP(?:ACK|RELEASE|DECLINE|EXPIRE|DISCOVER|OFFER|REQUEST|NAK|INFORM|LEASEQUERY))\b(?:\([^)]{1,32}\))?(?: (?:on|of|for|from))? ([^\s(]+)(?: \([0-9.]+\))?(?: (?:(?:to|from) )?([0-9a-fA-F:]{11,17}))?(?: \(([^)]{1,255})\)| (?!via\b)([\w-]{1,63})\s*$)?/;
const GIVEN = new Set(['DHCPACK', 'ALLOC', 'RENEW', 'assigned']);
const RETURNED = new Set(['DHCPRELEASE', 'DHCPDECLINE', 'DHCPEXPIRE', 'RELEASE', 'DECLINE', 'deassigned']);
/** Kea 2.x and 3.x: `DHCP4_LEASE_ALLOC [hwtype=1 MAC], cid=[..], tid=..: lease IP has been allocated for N seconds`, `DHCP4_RELEASE [..]: address IP was released properly.` */
const KEA =
  /\bDHCP[46]_(?:LEASE_)?(\w{1,32}) .{0,200}?\[hwtype=\d+ ([0-9a-fA-F:]{17})\](?:.{0,300}?: (?:lease for address|lease|address) ([0-9a-fA-F.:]+) )?/;
/** RouterOS: `dhcp,info SERVER assigned IP for MAC NAME`, `to` and no name before version 7. */
const ROUTER_OS =
  /\bdhcp,info(?:,[\w,]+)?(?: |\|.{1,200}?\bmsg=)\S+ (assigned|deassigned) ([0-9a-fA-F.:]+) (?:for|to|from) ([0-9a-fA-F:]{17})(?: (\S+))?/;

/** Messages of ISC dhcpd (and dnsmasq-dhcp), Kea and RouterOS in syslog, and Kea's own log. */
export const dhcpdSyslog: Format = {
  id: 'dhcpd-syslog',
  title: 'DHCP server messages in syslog',
  roles: ['lease'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header: local time, one second, often without year and zone; own log of Kea: local time, milliseconds',
  traps: [
    'only ACK gives an address: requests and offers say nothing of who has it',
    'an expiry is not logged: a lease ends when the address goes to another client',
  ],
  claims,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (ROUTER_OS.test(text)) return yes(0.97, 'DHCP message of RouterOS');
  if (KEA.test(text)) return yes(0.97, 'DHCP message of Kea');
  if (/\b(?:CEF|LEEF): ?\d/.test(text)) return no('message inside CEF or LEEF');
  if (!MESSAGE.test(text))
    return /\b(?:dhcpd|dnsmasq-dhcp)(?:\[\d+\])?: |\[kea-dhcp[46]\./.test(text)
      ? yes(0.9, 'dhcp tag')
      : no('no DHCP message');
  return yes(0.97, 'DHCP message');
}

function open(context: DecodeContext, held?: unknown): Decoder {
  // The lease that runs on each address; it is told when its end is known, or at the end of the file.
  const running: Map<string, LeaseEvent> = new Map(held instanceof Map ? held : []);
  const decode = (record: RawRecord): Decoded => {
    const message = messageIn(record.text);
    if (message === undefined) return /dhcp/i.test(record.text) ? skipped('other message') : failed('no DHCP message');
    const { word, name } = message;
    const ip = parseIp(message.address);
    const mac = message.hardware?.toLowerCase();
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

interface Message {
  readonly word: string;
  readonly address: string;
  readonly hardware: string | undefined;
  readonly name: string | undefined;
}

function messageIn(text: string): Message | undefined {
  const router = ROUTER_OS.exec(text);
  if (router !== null) return { word: router[1] ?? '', address: router[2] ?? '', hardware: router[3], name: router[4] };
  const kea = KEA.exec(text);
  if (kea !== null) return { word: kea[1] ?? '', address: kea[3] ?? '', hardware: kea[2], name: undefined };
  const message = MESSAGE.exec(text);
  if (message === null) return undefined;
  // ISC dhcpd puts the client's name in brackets, dnsmasq at the end.
  const [, word = '', address = '', hardware, named, name = named] = message;
  return { word, address: address.replace(/,$/, ''), hardware, name };
}

interface Given {
  readonly word: string;
  readonly ip: string;
  readonly mac: string;
  readonly name: string | undefined;
}

function leaseOf(record: RawRecord, context: DecodeContext, given: Given): LeaseEvent {
  const { observed } = record;
  const { stamp, raw } = stampOf(record.text, context);
  const time = stamp === undefined ? timeFromObserved(observed) : eventTime(stamp, { raw, basis: 'event', observed });
  return compact({
    kind: 'lease' as const,
    time,
    ref: record.ref,
    format: 'dhcpd-syslog',
    clock: 'syslog',
    sandboxId: given.name ?? given.mac,
    ip: given.ip,
    mac: given.mac,
    state: given.word.replace(/^DHCP/, '').toLowerCase(),
    start: time.basis === 'none' ? undefined : time.at,
  });
}

/** Kea writes its own time of milliseconds, also behind the header that the journal puts before it. */
const KEA_TIME = /(?:^|: )(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}) [A-Z]+ +\[kea-/;

function stampOf(text: string, { reference, zoneOffsetMin }: DecodeContext) {
  const raw = KEA_TIME.exec(text)?.[1];
  if (raw !== undefined) return { raw, stamp: parseIso(raw, zoneOffsetMin) };
  const header = parseSyslog(text, reference, zoneOffsetMin);
  return { raw: header?.rawTime ?? '', stamp: header?.stamp };
}
