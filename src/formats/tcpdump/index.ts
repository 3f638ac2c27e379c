import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { missing } from '../../core/findings/coverage.ts';
import { isPlaced, networkEvent } from '../../core/network/network.ts';
import { eventTime, parseEpoch, parseIso, parseMonthDay, timeFromObserved } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Action } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { saidOf } from './body.ts';
import { type Head, type Packet, readContinued, readLine } from './line.ts';

/** What tcpdump says of itself, and the bytes of a packet (`-x`, `-X`, `-A` none of which begins like a packet). */
const OWN =
  /^(?:tcpdump: |listening on |reading from file |dropped privs to |\d+ packets? (?:captured|received|dropped)|\s+0x[\da-f]{4}: )/;
const OTHER = /^[\d :.-]{8,26} (?:[\w.@:-]+ +)?(?:(?:In|Out|M|B|P) +)?(?:ARP, |[\da-f:]{17} .*ethertype (?!IPv[46] ))/;
const DROPPED = /^(\d+) packets? dropped by (?:kernel|interface)/;

/** tcpdump's text, of an interface, a file, or pflog. tcpdump(1), "Output Format". */
export const tcpdump: Format = {
  id: 'tcpdump',
  title: 'tcpdump text output',
  roles: ['flow', 'dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock:
    '`-tttt`: local time of the host; `-tt`: epoch; OpenBSD’s `-ttt`: day and local time without the year; a time of day (the default) names no day and is not used',
  traps: [
    'a packet is seen once on each interface (`-i any`), before and after its translation',
    'sequence numbers are relative behind the first packet of each side',
    'an answer of a resolver names no question but with `-vv`',
    'only pflog tells a verdict',
  ],
  claims,
  open,
  isInOrder: true,
};

function claims({ text }: SniffRecord): Sniff {
  const line = readLine(text);
  if (line !== undefined)
    return line.head.stamp === '' ? yes(0.8, 'IP a > b: of tcpdump') : yes(0.95, 'time, IP and two ends of tcpdump');
  if (OTHER.test(text)) return yes(0.6, 'time and link of a packet of tcpdump');
  if (/^(?:tcpdump: |listening on )/.test(text)) return yes(0.9, 'message of tcpdump');
  return readContinued(text) === undefined ? no('no packet of tcpdump') : yes(0.6, 'second line of a packet');
}

function open(context: DecodeContext, held?: unknown): Decoder {
  // A packet in two lines (`-v`), or within another (VXLAN), has its time in the line before.
  let last = isHead(held) ? held : undefined;
  const decode = (record: RawRecord): Decoded => {
    const continued = readContinued(record.text);
    if (continued !== undefined) return packetEvent(record, context, last ?? { stamp: '' }, continued);
    const line = readLine(record.text);
    if (line === undefined) return otherLine(record);
    const head = line.head.stamp === '' ? { ...last, ...line.head, stamp: last?.stamp ?? '' } : line.head;
    last = head;
    return line.packet === undefined ? decoded() : packetEvent(record, context, head, line.packet);
  };
  return { decode, held: () => last };
}

const isHead = (held: unknown): held is Head => typeof held === 'object' && held !== null && 'stamp' in held;

function otherLine(record: RawRecord): Decoded {
  const count = Number(DROPPED.exec(record.text)?.[1] ?? 0);
  if (count > 0)
    return missing(record, {
      format: 'tcpdump',
      clock: 'none',
      time: timeFromObserved(record.observed),
      reason: 'dropped',
      count,
    });
  if (OWN.test(record.text)) return skipped('message of tcpdump, or bytes of a packet');
  return OTHER.test(record.text) ? skipped('packet without IP addresses') : failed('no packet of tcpdump');
}

const ACTIONS = wordTable<Action>({ block: 'deny', pass: 'allow' });

function packetEvent(record: RawRecord, context: DecodeContext, head: Head, packet: Packet): Decoded {
  const said = saidOf(packet);
  if (!isPlaced(said.src) && !isPlaced(said.dst)) return skipped('packet without IP addresses');
  const { time, clock } = timeOf(record, context, head.stamp);
  return decoded(
    networkEvent(record, {
      format: 'tcpdump',
      clock,
      time,
      type: 'packet',
      action: (head.verdict === undefined ? undefined : ACTIONS[head.verdict]) ?? 'unknown',
      actionRaw: head.verdict,
      rule: head.rule === undefined ? undefined : { id: head.rule },
      inIf: head.inIf,
      outIf: head.outIf,
      ipId: head.ipId,
      uid: head.uid,
      ...said,
    }),
  );
}

function timeOf(record: RawRecord, context: DecodeContext, raw: string): { time: EventTime; clock: string } {
  const stamp = /^\d{4}-/.test(raw)
    ? parseIso(raw, context.zoneOffsetMin)
    : /^[A-Z]/.test(raw)
      ? parseMonthDay(raw, context.reference, context.zoneOffsetMin)
      : /^\d{9}/.test(raw)
        ? parseEpoch(raw)
        : undefined;
  if (stamp === undefined) return { time: timeFromObserved(record.observed), clock: 'none' };
  const clock = stamp.zone === 'epoch' ? '-tt' : /^[A-Z]/.test(raw) ? '-ttt' : '-tttt';
  return { time: eventTime(stamp, { raw, basis: 'packet', observed: record.observed }), clock };
}
