import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { snortEvent } from '../../core/snort.ts';
import { eventTime, parseSlashed } from '../../core/time.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const START = /^\[\*\*\] \[\d+:\d+:\d+\]/;
const HEAD = /^\[\*\*\] \[\d+:(\d+):\d+\] (.*?) \[\*\*\]/;
const PACKET =
  /(?:^|\n)(\d\d\/\d\d(?:\/\d\d)?-\d\d:\d\d:\d\d\.\d{1,6}) (?:[0-9A-F:]{17} -> [0-9A-F:]{17} type:\S+ len:\S+\s+)?(\S+) -> (\S+)/;
const PROTOCOL = /\n([A-Z][A-Z0-9-]*) TTL:\d+ TOS:\S+ ID:(\d+)/;

/** Snort `alert_full`: blocks of several lines. */
export const snortFull: Format = {
  id: 'snort-full',
  title: 'Snort alert_full',
  roles: ['violation'],
  framing: { startsRecord: START },
  status: 'real',
  clock: 'packet time, sensor local, usually without a year',
  traps: ['one alert spans lines up to a blank one', 'ICMP without ports'],
  claims: ({ text }: SniffRecord): Sniff => {
    if (!START.test(text)) return no('no [**] [gid:sid:rev] at the start');
    return PACKET.test(text)
      ? yes(0.97, 'block with [**] head and packet line')
      : yes(0.5, 'head of an alert_full block');
  },
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const head = HEAD.exec(record.text);
  const packet = PACKET.exec(record.text);
  if (head === null || packet === null) return failed('not an alert_full block');
  const [, sid, name] = head;
  const [, raw = '', from = '', to = ''] = packet;
  const stamp = parseSlashed(raw, context.reference, context.zoneOffsetMin);
  if (stamp === undefined) return failed('the date is none');
  const protocol = PROTOCOL.exec(record.text);
  const icmp = /\nType:(\d+)\s+Code:(\d+)(?:\s+ID:(\d+))?/.exec(record.text);
  const event = snortEvent(record, {
    format: 'snort-full',
    clock: 'timestamp',
    time: eventTime(stamp, { raw, basis: 'packet', observed: record.observed }),
    sid,
    name,
    category: /\[Classification: ([^\]]*)\]/.exec(record.text)?.[1],
    priority: /\[Priority: (\d+)\]/.exec(record.text)?.[1],
    transport: protocol?.[1],
    ipId: protocol?.[2] === undefined ? undefined : Number(protocol[2]),
    from,
    to,
    ...(icmp === null
      ? {}
      : {
          icmp: {
            type: Number(icmp[1]),
            code: Number(icmp[2]),
            ...(icmp[3] === undefined ? {} : { id: Number(icmp[3]) }),
          },
        }),
  });
  return event === undefined ? failed('no addresses') : decoded(event);
}
