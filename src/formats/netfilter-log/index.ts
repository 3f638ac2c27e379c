import { decoded, no, yes } from '../../core/decoded.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { anyPacket, isPacket } from './any.ts';
import { lookAtPackets } from './look.ts';
import { plainPacket } from './plain.ts';

/** Kernel LOG target lines (iptables, nftables, ufw) and ulogd2 LOGEMU lines, under any syslog header. */
export const netfilterLog: Format = {
  id: 'netfilter-log',
  title: 'netfilter kernel LOG and ulogd2 LOGEMU lines',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header: often without year and zone, one second; dmesg ISO times are a guess of the wall clock',
  traps: [
    'LOG is not DROP: the prefix is free text and the verdict only a convention',
    'no separator between prefix and IN=',
    'ICMP errors embed the offending packet in brackets',
    'printk and limit drop lines silently',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
  look: lookAtPackets,
};

/** A JSON document that holds more than one line. */
const DOCUMENT = /^\s*\{.* OUT=.* OUT=/s;

function claims({ text }: SniffRecord): Sniff {
  if (DOCUMENT.test(text)) return no('a document of several lines');
  if (!text.includes('IN=') || !text.includes('SRC=')) return no('no IN= ... SRC=');
  return isPacket(text) ? yes(0.96, 'IN= OUT= SRC= DST= PROTO= of netfilter') : no('not a netfilter line');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const plain = plainPacket(record, context);
  return plain === undefined ? anyPacket(record, context) : decoded(plain);
}
